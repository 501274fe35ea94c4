"""The lines of batches in OpenAI's manner: a request's body under a name, and its answer under the same name."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import msgspec
from msgspec import Raw, Struct

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Call, UnsendableError, WireResponse
from modelroute_cli.providers.batch import LineEnd, LineResult
from modelroute_cli.providers.error_shapes import read_error
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.scrub import scrub

ENDPOINTS = {"openai_chat": "/v1/chat/completions", "openai_responses": "/v1/responses"}
"""By wire format: where the requests of a batch go."""

AT_ONCE = frozenset({"service_tier", "stream", "stream_options", "background"})
"""What a request says only when it is sent by itself."""

_EXPIRED = frozenset({"batch_expired", "expired"})
_CANCELLED = frozenset({"batch_cancelled", "batch_canceled", "cancelled", "canceled"})
_MARK = "x-modelroute-emulated"
_MOST_LINE_BYTES = 64 * 1024 * 1024
_BREATH_LINES = 256  # after which others have their turn
_OK = 200
_NOTHING = b"null"
_ENCODER = msgspec.json.Encoder()
_FIELDS = msgspec.json.Decoder(dict[str, Raw])


def endpoint_of(call: Call) -> str:
    """Where the call's wire format goes in a batch; UnsendableError where no batch of this API carries it."""
    found = ENDPOINTS.get(call.provider.format)
    if found is None:
        message = f"request `{call.request.custom_id}`: no batch carries the wire format `{call.provider.format}` there"
        raise UnsendableError(message, hint="leave `batch_api` of the provider unset")
    return found


def body_of(call: Call, without: frozenset[str]) -> Raw:
    """What the call's wire format sends, less some top fields; UnsendableError where it cannot carry the call."""
    fields = _FIELDS.decode(format_for(call.provider).encode(call).body)
    return Raw(_ENCODER.encode({name: value for name, value in fields.items() if name not in without}))


class _Response(Struct):
    """The answer within a line."""

    status_code: object = _OK
    request_id: object = None
    body: Raw = Raw(_NOTHING)


class _Line(Struct):
    """A line as it comes; whatever else it holds is not needed."""

    custom_id: str
    response: _Response | None = None
    error: object = None


_LINE = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True)
class Carrier:
    """What brought the lines."""

    headers: Mapping[str, str]

    def mark(self) -> Mapping[str, str]:
        """The emulator's mark, where it made them."""
        return {_MARK: self.headers[_MARK]} if _MARK in self.headers else {}


def read_line(written: bytes, carrier: Carrier) -> LineResult | None:
    """One line of results; None where it cannot be read or names no request.

    A line without an answer ends as its error says: expired and cancelled ones were not worked on, any other error
    is handed on as the answer, for the wire format to judge. So is one beside an answer without a body.
    """
    line = _parsed(written)
    if line is None:
        return None
    if line.response is None:
        return _unanswered(line, carrier)
    answer = _answer(line.response, carrier)
    if answer.body == _NOTHING and line.error:
        answer = replace(answer, body=json.dumps({"error": line.error}).encode())
    return LineResult(line.custom_id, LineEnd.SERVED, answer)


def _parsed(written: bytes) -> _Line | None:
    """The line, strictly read, else as the standard library reads it."""
    try:
        return _LINE.decode(written)
    except (ValueError, RecursionError):
        return _leniently(written)


def _leniently(written: bytes) -> _Line | None:
    """A line with half an emoji (an answer cut at its token limit) or NaN; its body is written anew."""
    try:
        data = json.loads(written.decode("utf-8", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    name, response, error = (loose.child(data, key) for key in ("custom_id", "response", "error"))
    if not isinstance(name, str) or not isinstance(response, dict | None):
        return None
    if response is None:
        return _Line(name, None, error)
    body = Raw(json.dumps(response.get("body")).encode())
    return _Line(name, _Response(response.get("status_code"), response.get("request_id"), body), error)


def _answer(response: _Response, carrier: Carrier) -> WireResponse:
    """As if the request had been sent by itself."""
    named = loose.text(response.request_id)
    return WireResponse(
        status=_status(response.status_code),
        headers={**carrier.mark(), **({"x-request-id": named} if named else {})},
        body=_bare(bytes(response.body)),
    )


def _status(code: object) -> int:
    """The status of an answer; one that says none is judged by its body."""
    return code if isinstance(code, int) and 100 <= code < 600 else _OK  # noqa: PLR2004 - what HTTP has


def _bare(body: bytes) -> bytes:
    """The body itself where a provider writes it as a text of JSON."""
    return cast("str", json.loads(body)).encode("utf-8", "replace") if body[:1] == b'"' else body


def _unanswered(line: _Line, carrier: Carrier) -> LineResult | None:
    """A line with nothing but an error."""
    body = {"error": line.error}
    note = read_error(body)
    if note is None:
        return None
    for words, end in ((_EXPIRED, LineEnd.EXPIRED), (_CANCELLED, LineEnd.CANCELLED)):
        if not words.isdisjoint(note.words):
            return LineResult(line.custom_id, end, message=scrub(note.message))
    answer = WireResponse(status=_OK, headers=carrier.mark(), body=json.dumps(body).encode())
    return LineResult(line.custom_id, LineEnd.SERVED, answer, scrub(note.message))


def lines_of(path: Path, most_bytes: int = _MOST_LINE_BYTES) -> Iterator[bytes]:
    """The lines of a file that are not empty; one that is longer than that is left out, and never held."""
    with path.open("rb") as file:
        while line := file.readline(most_bytes):
            if line.endswith(b"\n") or len(line) < most_bytes:
                if stripped := line.strip():
                    yield stripped
                continue
            while line and not line.endswith(b"\n"):
                line = file.readline(most_bytes)


async def read_lines(written: Iterable[bytes], carrier: Carrier) -> AsyncIterator[LineResult]:
    """Every line that can be read; others have their turn in between."""
    for number, line in enumerate(written, start=1):
        if number % _BREATH_LINES == 0:
            await asyncio.sleep(0)
        result = read_line(line, carrier)
        if result is not None:
            yield result
