"""What a provider reads of a request, as one text."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Message, Request, Tool
from modelroute_cli.jobs.sent_text import End, contents, end_of, first_chars, sent_text

TURNS = (Message("user", "one"), Message("assistant", "two"), Message("user", "three"), Message("assistant", "four"))
TEXTS = st.text("ab\x1e u", max_size=12)
REQUESTS = st.builds(
    Request,
    custom_id=st.just("a"),
    system=st.none() | TEXTS,
    messages=st.lists(st.builds(Message, st.sampled_from(["user", "assistant"]), TEXTS), max_size=3).map(tuple),
)
TOOLS = st.sampled_from([(), (Tool(name="f"),)])
PROMPTS = st.builds(Request, custom_id=st.just("a"), system=st.none() | TEXTS, prompt=TEXTS.filter(bool), tools=TOOLS)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (Request(custom_id="a", prompt="hello"), "\x1euser hello"),
        (Request(custom_id="a", system="be kind", prompt="hello"), "\x1esystem be kind\x1euser hello"),
        (Request(custom_id="a", messages=(Message("developer", "x"),)), "\x1esystem x"),
        (Request(custom_id="a", prompt="x", response_schema={"type": "object"}), '{"type":"object"}\x1euser x'),
        (Request(custom_id="a", prompt="a\x1euser b"), "\x1euser a\x1e\x1euser b"),
        (Request(custom_id="a", messages=TURNS), "\x1euser one\x1eassistant two\x1euser three\x1eassistant four"),
    ],
)
def test_turns_stand_in_order_behind_their_roles(request_: Request, text: str) -> None:
    """System first, `developer` is the same, a schema before all, and no text looks like a turn."""
    assert sent_text(request_) == text


@pytest.mark.parametrize("choice", [None, "auto"])
def test_tools_stand_before_all(choice: str | None) -> None:
    """Other tools are another beginning; so is another choice among them."""
    tools = (Tool(name="f", description="Finds."),)
    request = Request(custom_id="a", prompt="x", tools=tools, tool_choice=choice, response_schema={})
    chosen = "null" if choice is None else f'"{choice}"'
    assert sent_text(request) == f'[[{{"name":"f","description":"Finds."}}],{chosen}]{{}}\x1euser x'
    assert contents(request, 500) == ["x"]


@pytest.mark.parametrize("field", ["images", "audio", "files"])
def test_what_is_carried_ends_the_text(field: str) -> None:
    """Whatever it is."""
    carrying = msgspec.structs.replace(Request(custom_id="a", messages=TURNS), **{field: ("https://example.com/a",)})
    assert sent_text(carrying) == "\x1euser one\x1eassistant two\x1euser three"


@given(REQUESTS | PROMPTS, st.integers(0, 40))
def test_first_characters_are_those_of_the_text(request_: Request, count: int) -> None:
    """However they are made."""
    assert first_chars(request_, count) == sent_text(request_)[:count]


@given(REQUESTS, REQUESTS)
def test_only_the_same_turns_make_the_same_text(one: Request, other: Request) -> None:
    """An empty system message is none."""
    assert (sent_text(one) == sent_text(other)) == (one.turns() == other.turns())


@given(REQUESTS | PROMPTS)
def test_all_characters_hold_all_contents(request_: Request) -> None:
    """Turn by turn, without marks; empty turns say nothing."""
    assert contents(request_, len(sent_text(request_))) == [turn.content for turn in request_.turns() if turn.content]


@pytest.mark.parametrize(
    ("chars", "parts"), [(0, []), (8, []), (9, ["b"]), (15, ["be kind"]), (21, ["be kind"]), (23, ["be kind", "he"])]
)
def test_contents_end_where_the_beginning_does(chars: int, parts: list[str]) -> None:
    """Marks are not content."""
    assert contents(Request(custom_id="a", system="be kind", prompt="hello"), chars) == parts


def test_a_schema_is_no_content() -> None:
    """Its tokens are counted elsewhere."""
    asked = Request(custom_id="a", prompt="hello", response_schema={"type": "object"})
    assert contents(asked, 100) == ["hello"]


@given(REQUESTS | PROMPTS, st.integers(0, 60))
def test_a_beginning_ends_where_its_contents_end(request_: Request, chars: int) -> None:
    """The turns before its end are whole, and of the last as much as the first characters hold."""
    end = end_of(request_, chars)
    texts = [turn.content for turn in request_.turns()]
    inside = [] if end is None else [*texts[: end.turn], texts[end.turn][: end.chars]]
    assert [text for text in inside if text] == contents(request_, chars)


def test_a_schema_stands_before_the_first_turn() -> None:
    """A beginning inside it ends in no turn."""
    held = Request(custom_id="a", prompt="hello", response_schema={"type": "object"})
    assert end_of(held, 17) is None
    assert end_of(held, len('{"type":"object"}\x1euser ') + 2) == End(0, 2)
    assert end_of(held, 10_000) == End(0, 5)


def test_a_beginning_that_two_requests_share_ends_alike_in_both() -> None:
    """Whatever stands behind it."""
    one, other = (Request(custom_id="a", system="be kind", prompt=f"Dear {name}") for name in ("Ann", "Bob"))
    chars = len("\x1esystem be kind\x1euser Dear ")
    assert end_of(one, chars) == end_of(other, chars) == End(1, 5)
