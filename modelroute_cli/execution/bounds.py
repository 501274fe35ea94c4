"""The most that the input of a request can take on any model, and what that can cost: what a reservation is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request, Usage
from modelroute_cli.catalog.prices import RateCard, cost
from modelroute_cli.jobs.media import amount_in
from modelroute_cli.jobs.media_forms import DOCUMENT, MOST_UNKNOWN_PAGES, MOST_UNKNOWN_SECONDS, SOUND, Form

_FRAME_TOKENS = 768  # more than any chat frame in data/tokenizers.yaml adds to a conversation
_TURN_TOKENS = 32  # more than any adds to a turn
_SCHEMA_TOKENS = 512  # more than the instruction that stands for a schema where a model takes none
_TOOLS_TOKENS = 1_024  # more than any adds to tools besides their text
_IMAGE_TOKENS = 16_384  # more than any provider counts for one image (the largest known is 10,000 patches)
_PAGE_TOKENS = 10_000  # what the dearest family there reserves for a page
_SECOND_TOKENS = 40  # and for a second of sound
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # a card at its dearest knows no hours


@dataclass(frozen=True, slots=True)
class InputBound:
    """Tokens at most, and how many of them may be sound."""

    tokens: int
    audio_tokens: int


def input_bound(request: Request, amounts: Mapping[str, int], text_tokens: int | None = None) -> InputBound:
    """At least as many tokens as any tokenizer makes of the request: a token of text is at least one byte of UTF-8.

    `text_tokens` is what its texts take at most, where that is known better. `amounts` are the pages and seconds of
    files by their paths; what is not known counts as the most that is sent.
    """
    turns = request.turns()
    size = sum(len(turn.content.encode("utf-8", "surrogatepass")) for turn in turns)
    text = (size if text_tokens is None else min(size, text_tokens)) + _TURN_TOKENS * len(turns)
    pages = _amount(request, DOCUMENT, amounts, MOST_UNKNOWN_PAGES)
    sound = _SECOND_TOKENS * _amount(request, SOUND, amounts, MOST_UNKNOWN_SECONDS)
    carried = _IMAGE_TOKENS * len(request.images) + _PAGE_TOKENS * pages + sound
    return InputBound(_FRAME_TOKENS + text + _asked(request) + carried, sound)


def _asked(request: Request) -> int:
    """Of the schema of the answer and the tools."""
    schema, tools = request.response_schema, request.tools
    return (0 if schema is None else len(msgspec.json.encode(schema)) + _SCHEMA_TOKENS) + (
        len(msgspec.json.encode(tools)) + _TOOLS_TOKENS * len(tools) if tools else 0
    )


def _amount(request: Request, form: Form, amounts: Mapping[str, int], unknown: int) -> int:
    """Pages or seconds of all that a request carries of one form."""
    return sum(
        (amount_in(item, form) if item.startswith("data:") else amounts.get(item, 0)) or unknown
        for item in form.items(request)
    )


def worst_case(ceiling: RateCard, bound: InputBound, max_tokens: int) -> PicoUSD:
    """The most that up to so many tokens can cost by a card at its dearest; pico-dollars."""
    usage = Usage(input_tokens=bound.tokens, output_tokens=max_tokens, audio_tokens=bound.audio_tokens)
    return cost(ceiling, usage, _ANY_TIME)
