"""Lines of Gemini's results, from a file or from within the batch: an answer or a `google.rpc.Status`, each by its key.

The reference has the key in `metadata` where requests stood in the batch itself, the guide has `key` at the top of a
line of a file; either is read wherever it stands.
"""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Raw

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import WireResponse
from modelroute_cli.providers.batch import LineEnd, LineResult
from modelroute_cli.providers.json_parts import elements, parts, word
from modelroute_cli.providers.scrub import scrub

_ENCODER = msgspec.json.Encoder()
_RPC = {  # google.rpc.Code (github.com/googleapis/googleapis, code.proto): its name, and the status of the HTTP API
    1: ("CANCELLED", 499),
    2: ("UNKNOWN", 500),
    3: ("INVALID_ARGUMENT", 400),
    4: ("DEADLINE_EXCEEDED", 504),
    5: ("NOT_FOUND", 404),
    6: ("ALREADY_EXISTS", 409),
    7: ("PERMISSION_DENIED", 403),
    8: ("RESOURCE_EXHAUSTED", 429),
    9: ("FAILED_PRECONDITION", 400),
    10: ("ABORTED", 409),
    11: ("OUT_OF_RANGE", 400),
    12: ("UNIMPLEMENTED", 501),
    13: ("INTERNAL", 500),
    14: ("UNAVAILABLE", 503),
    15: ("DATA_LOSS", 500),
    16: ("UNAUTHENTICATED", 401),
}
_UNKNOWN = ("UNKNOWN", 500)
_CANCELLED = frozenset({1, 499})
_HTTP_ERRORS = range(400, 600)


def read_line(line: bytes, headers: Mapping[str, str]) -> LineResult | None:
    """One answer, `headers` being those of its response; None where it cannot be read or names no request."""
    top = parts(line)
    key = word(top.get("key")) or word(parts(top.get("metadata", b"")).get("key"))
    if not key:
        return None
    if _is_object(top.get("response")):
        return LineResult(key, LineEnd.SERVED, WireResponse(status=200, headers=headers, body=top["response"]))
    error = next((top[name] for name in ("error", "status") if _is_object(top.get(name))), None)
    return None if error is None else _failed(key, parts(error), headers)


def within(job: bytes) -> Iterator[bytes]:
    """The answers that stand within a batch, in the order of its requests; the list may be nested once or twice."""
    top = parts(job)
    metadata = parts(top.get("metadata", b""))
    for place in (metadata.get("output"), top.get("response"), top.get("output")):
        found = parts(place or b"").get("inlinedResponses")
        if found is not None:
            yield from elements(parts(found).get("inlinedResponses", found))
            return


def _is_object(value: bytes | None) -> bool:
    return value is not None and value.lstrip()[:1] == b"{"


def _failed(key: str, error: Mapping[str, bytes], headers: Mapping[str, str]) -> LineResult:
    """A line with an error: cancelled, or what the request would have got by itself."""
    code = _code(error.get("code"))
    if code in _CANCELLED:
        return LineResult(key, LineEnd.CANCELLED, message=scrub(word(error.get("message")) or ""))
    name, status = (word(error.get("status")), code) if code in _HTTP_ERRORS else _RPC.get(code, _UNKNOWN)
    named = {"status": name} if name else {}
    told = {**{field: Raw(value) for field, value in error.items()}, "code": status, **named}
    body = _ENCODER.encode({"error": told})
    return LineResult(key, LineEnd.SERVED, WireResponse(status=status, headers=headers, body=body))


def _code(written: bytes | None) -> int:
    """The number of the error; 0 where it has none."""
    try:
        return loose.count(loose.parse(written or b"null")) or 0
    except ValueError:
        return 0
