"""What of a request each provider is sent, and under which name: found by comparing bodies with and without it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matrix.cells import LOOK_UP, PIXEL, SCHEMA
from matrix.exchange import KEY, Account
from msgspec.structs import replace

from modelroute_cli.base.schema import Request
from modelroute_cli.providers.base import Call, UnsendableError
from modelroute_cli.providers.formats import format_for

_PLAIN = Request(custom_id="r1", system="Be brief.", prompt="Which tea is it?")
_PDF = "data:application/pdf;base64,JVBERi0xLjQK"
_WAV = "data:audio/wav;base64,UklGRg=="
_FIELDS: Mapping[str, Mapping[str, object]] = {
    "response schema": {"response_schema": SCHEMA},
    "tools": {"tools": (LOOK_UP,)},
    "tool choice": {"tools": (LOOK_UP,), "tool_choice": "required"},
    "temperature": {"temperature": 0.5},
    "top_p": {"top_p": 0.9},
    "seed": {"seed": 3},
    "stop words": {"stop": ("END",)},
    "picture": {"images": (PIXEL,)},
    "picture by address": {"images": ("https://example.com/a.png",)},
    "PDF": {"files": (_PDF,)},
    "sound": {"audio": (_WAV,)},
}
NOT_SENT = "not sent"
REFUSED = "refused before sending"


@dataclass(frozen=True, slots=True)
class SentAs:
    """A part of a request, and the fields that it changes."""

    part: str
    fields: str


def sent_parts(account: Account) -> tuple[SentAs, ...]:
    """Every part in turn."""
    limit = SentAs("output limit", _changed(_body(account, _PLAIN, max_tokens=699), _body(account, _PLAIN)))
    idle = Account(provider=account.provider, card=replace(account.card, effort=None), rates=account.rates)
    effort = SentAs("effort", _changed(_body(idle, _PLAIN), _body(account, _PLAIN)))
    rest = (SentAs(part, _part(account, part, fields)) for part, fields in _FIELDS.items())
    return (limit, effort, *rest)


def _part(account: Account, part: str, fields: Mapping[str, object]) -> str:
    """What one part changes; tool choice is compared with tools alone."""
    before = replace(_PLAIN, tools=(LOOK_UP,)) if part == "tool choice" else _PLAIN
    try:
        return _changed(_body(account, before), _body(account, replace(_PLAIN, **fields)))
    except UnsendableError:
        return REFUSED


def _body(account: Account, request: Request, max_tokens: int = 700) -> object:
    call = Call(
        request=request,
        card=account.card,
        provider=account.provider,
        max_tokens=max_tokens,
        key=KEY,
        secrets={},
        client_id="run-1-1",
    )
    return json.loads(format_for(account.provider).encode(call).body)


def _changed(before: object, after: object) -> str:
    """The fields that differ, dotted."""
    return ", ".join(f"`{field}`" for field in _differing(before, after, "")) or NOT_SENT


def _differing(before: object, after: object, place: str) -> Iterator[str]:
    """Down to the first field that is new or that is no object."""
    if before == after:
        return
    if not isinstance(before, dict) or not isinstance(after, dict):
        yield place
        return
    for name in after:
        inner = f"{place}.{name}" if place else name
        yield from [inner] if name not in before else _differing(before[name], after[name], inner)
