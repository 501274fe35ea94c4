"""What Anthropic's Message Batches say of a batch and of each of its lines (anthropic SDK 2.12, types; 2026-11)."""

from collections.abc import Mapping

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import WireResponse
from modelroute_cli.providers.batch import BatchPhase, LineEnd, LineResult
from modelroute_cli.providers.json_parts import parts, word

_PHASES = {"canceling": BatchPhase.CANCELLING, "ended": BatchPhase.ENDED}
_COUNTS = ("processing", "succeeded", "errored", "canceled", "expired")
_UNANSWERED = ("errored", "canceled", "expired")
_STATUS = {  # docs.claude.com, errors
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_UNKNOWN_ERROR = 500
_ENDS = {"canceled": LineEnd.CANCELLED, "expired": LineEnd.EXPIRED}


def phase(batch: object) -> BatchPhase:
    """Where a batch stands; what is not known is at work, and is asked again."""
    return _PHASES.get(loose.text(loose.child(batch, "processing_status")) or "", BatchPhase.RUNNING)


def requests(batch: object) -> int | None:
    """How many requests it holds: at any time the sum of all counts."""
    return _sum(batch, _COUNTS)


def done(batch: object) -> int | None:
    """How many came to an end; Anthropic counts them only once the whole batch has ended."""
    return _sum(batch, _COUNTS[1:])


def failed(batch: object) -> int | None:
    """How many of these have no answer."""
    return _sum(batch, _UNANSWERED)


def read_line(line: bytes, headers: Mapping[str, str]) -> LineResult | None:
    """One line of the results, `headers` being those of its response; None where it cannot be read."""
    top = parts(line)
    custom_id, result = word(top.get("custom_id")), parts(top.get("result", b""))
    if not custom_id:
        return None
    kind = word(result.get("type"))
    if kind == "succeeded" and "message" in result:
        answer = WireResponse(status=200, headers=headers, body=result["message"])
        return LineResult(custom_id, LineEnd.SERVED, answer)
    if kind == "errored":
        error = result.get("error", b"null")
        return LineResult(custom_id, LineEnd.SERVED, _error(error, headers))
    return LineResult(custom_id, _ENDS[kind]) if kind in _ENDS else None


def _sum(batch: object, names: tuple[str, ...]) -> int | None:
    """The sum of some counts; None where one is not said."""
    counts = [loose.count(loose.child(batch, "request_counts", name)) for name in names]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _error(error: bytes, headers: Mapping[str, str]) -> WireResponse:
    """The error as the request would have got it by itself: with the status that belongs to its type.

    It may stand within `{"type": "error", "error": ...}`, as it does at the API, or by itself. No error of a batch is
    billed (platform.claude.com, batch processing), so one of an unknown type is a server's.
    """
    outer = parts(error)
    body = error if "error" in outer else b'{"type":"error","error":%b}' % error
    kind = word(parts(outer.get("error", error)).get("type"))
    return WireResponse(status=_STATUS.get(kind or "", _UNKNOWN_ERROR), headers=headers, body=body)
