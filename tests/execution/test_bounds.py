"""What a request can take and cost at most, whatever model gets it."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.media import pdf, wav
from support.pictures import data_url
from support.virtual import START

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Message, Request, Tool, Usage
from modelroute_cli.base.shipped import shipped_table
from modelroute_cli.catalog.prices import PriceStep, PriceWindow, Rate, RateCard, cost, dearest
from modelroute_cli.execution.bounds import InputBound, input_bound, worst_case
from modelroute_cli.features.tokens import TokenFamily, count_o200k

REQUEST = Request(custom_id="r0", prompt="write")


def bound(**fields: object) -> InputBound:
    """The bound of the plain request with these fields, whose files are known: ten pages, thirty seconds."""
    return input_bound(msgspec.structs.replace(REQUEST, **fields), {"a.pdf": 10, "a.wav": 30})


@given(st.text(max_size=400), st.text(max_size=50))
@settings(deadline=None)  # the vocabulary is loaded on the first call
def test_the_input_bound_is_above_the_true_count(prompt: str, system: str) -> None:
    """No text has more o200k tokens than bytes, with room for any chat frame."""
    request = Request(custom_id="r", messages=(Message("user", prompt),), system=system or None)
    assert input_bound(request, {}).tokens >= sum(count_o200k([prompt, system])) + 32


def test_a_better_count_of_the_text_lowers_its_bound_and_never_raises_it() -> None:
    """Bytes bound it still; what stands around the text is added as before."""
    request = Request(custom_id="r", prompt="write " * 100)
    assert input_bound(request, {}).tokens == 768 + 600 + 32
    assert input_bound(request, {}, 101).tokens == 768 + 101 + 32
    assert input_bound(request, {}, 601) == input_bound(request, {})


def test_schemas_and_images_are_in_the_input_bound() -> None:
    """Both are billed as input."""
    plain = bound().tokens
    assert bound(images=("https://example.invalid/a.png",)).tokens == plain + 16_384
    assert bound(response_schema={"type": "object"}).tokens == plain + len(b'{"type":"object"}') + 512


def test_tools_are_in_the_input_bound() -> None:
    """Their text, byte by byte, and what vendors write around them."""
    tools = (Tool(name="find", parameters={"type": "object"}),)
    assert bound(tools=tools).tokens == bound().tokens + len(msgspec.json.encode(tools)) + 1_024


@pytest.mark.parametrize(
    ("fields", "more", "sound"),
    [
        ({"files": ("a.pdf",)}, 10 * 10_000, 0),
        ({"files": ("a.pdf", "unknown.pdf")}, 30 * 10_000, 0),
        ({"files": ("https://example.invalid/a.pdf",)}, 20 * 10_000, 0),
        ({"files": (data_url(pdf(3)).replace("image/png", "application/pdf"),)}, 3 * 10_000, 0),
        ({"audio": ("a.wav",)}, 30 * 40, 30 * 40),
        ({"audio": ("https://example.invalid/a.mp3",)}, 600 * 40, 600 * 40),
        ({"audio": (data_url(wav(7)).replace("image/png", "audio/wav"),)}, 7 * 40, 7 * 40),
    ],
)
def test_pages_and_seconds_are_in_the_input_bound(fields: dict[str, object], more: int, sound: int) -> None:
    """Known from the plan for files, counted in data URLs, and the most that is sent for what stands at an address."""
    assert bound(**fields) == InputBound(bound().tokens + more, sound)


def test_no_family_takes_more_than_the_bound() -> None:
    """For a page, a second, a picture and tools, as they are planned on any model."""
    families = shipped_table("tokenizers.yaml", dict[str, TokenFamily]).values()
    assert max(each.page_tokens_high for each in families) <= 10_000
    assert max(rule.high for each in families for rule in each.pages) <= 10_000
    assert max(each.audio_tokens_high for each in families) <= 40
    assert max(each.image_tokens_high for each in families) <= 16_384
    assert max(each.tools_base for each in families) <= 1_024


prices = st.integers(0, 10**8).map(PicoUSD)
rates_drawn = st.builds(
    lambda a, b, c, d, e: Rate(input_pusd=a, output_pusd=b, cache_read_pusd=c, cache_write_pusd=d, audio_pusd=e),
    prices,
    prices,
    prices,
    prices,
    st.none() | prices,
)
steps_drawn = st.lists(rates_drawn, min_size=1, max_size=3).map(
    lambda rates: tuple(PriceStep(above_input_tokens=1000 * place, rate=rate) for place, rate in enumerate(rates))
)
cards_drawn = st.builds(
    lambda steps, night: RateCard(
        model="m",
        service_tier="standard",
        steps=steps,
        windows=(PriceWindow(start_minute=540, end_minute=660, steps=night),),
        source="drawn",
        price_date="2026-11-23",
    ),
    steps_drawn,
    steps_drawn,
)


@given(cards_drawn, st.integers(0, 900), st.integers(0, 900), st.integers(0, 900))
def test_no_bill_is_above_the_worst_case(drawn: RateCard, tokens: int, heard: int, written: int) -> None:
    """At any hour and with any part of the input sound or cached, within one price step."""
    sound = min(heard, tokens)
    usage = Usage(input_tokens=tokens, output_tokens=500, cache_write_tokens=min(written, tokens), audio_tokens=sound)
    assert cost(drawn, usage, START) <= worst_case(dearest(drawn), InputBound(tokens, sound), 500)
