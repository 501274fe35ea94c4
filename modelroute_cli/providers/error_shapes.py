"""The shapes in which providers and gateways write an error, read into one."""

from dataclasses import dataclass

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.rate_headers import duration_s

_STATUS = range(400, 600)
_NO_ERROR_WORDS = ("", "success", "ok", "null")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorNote:
    """What a body says about its error."""

    status: int | None = None  # the status inside the body; OpenRouter sends it within an HTTP 200
    words: frozenset[str] = frozenset()  # codes and types, lower case
    message: str = ""
    quotas: tuple[str, ...] = ()  # Gemini's names of the exhausted quotas
    retry_after_s: float | None = None
    param: str | None = None  # the field of the request that it blames
    from_gateway: bool = False  # a gateway refused the call's own headers
    in_flight_budget: bool = False  # OpenRouter: the money is tied up in running requests, not gone


def read_error(data: object) -> ErrorNote | None:
    """The error in a decoded body, None where there is none.

    Known shapes: OpenAI, OpenRouter, DeepSeek, vLLM (`object: error`, whole-number codes), Ollama (`error` is a
    string), Gemini's compatibility endpoint (in a list of one), Anthropic (`type: error`), Portkey (four of its own),
    FastAPI (`detail`).
    """
    if isinstance(data, list):
        return read_error(data[0]) if data else None
    if not isinstance(data, dict):
        return None
    if _carries_error(data.get("error")):
        return _inner(data["error"], data)
    return _outer(data)


def _carries_error(error: object) -> bool:
    """Whether an `error` field says that something went wrong: `null`, `{}` and `""` do not."""
    if isinstance(error, str):
        return error.strip().lower() not in _NO_ERROR_WORDS
    return bool(error)


def _inner(error: object, data: dict[str, object]) -> ErrorNote:
    """The error under `error`: an object, a sentence, or a mere `true` beside a `message`."""
    if not isinstance(error, dict):
        message = loose.text(error) or loose.text(data.get("message")) or "the provider reported an error"
        return ErrorNote(status=_status(data.get("code")), message=message, words=_words(data))
    return ErrorNote(
        status=_status(error.get("code")) or _status(data.get("code")),
        words=_words(error) | _words(error.get("details")) | _words(error.get("metadata")) | _words(_inside(error)),
        message=_message(error),
        quotas=_quotas(error),
        retry_after_s=_retry_delay(error),
        param=loose.text(error.get("param")),
        in_flight_budget=loose.child(error, "metadata", "limit_source") == "openrouter_in_flight_budget",
    )


def _inside(error: dict[str, object]) -> object:
    """The cause within the error, by Azure's two names."""
    return error.get("innererror") or error.get("inner_error")


def _outer(data: dict[str, object]) -> ErrorNote | None:
    """The shapes that have no `error` field."""
    if data.get("object") == "error":
        return ErrorNote(
            status=_status(data.get("code")),
            words=_words(data),
            message=_message(data),
            param=loose.text(data.get("param")),
        )
    if data.get("status") == "failure":
        return ErrorNote(message=_message(data), from_gateway=True)
    if "detail" in data and "choices" not in data:
        return ErrorNote(message=_detail(data["detail"]))
    if "html-message" in data:
        return ErrorNote(message=loose.text(data["html-message"]) or "the gateway got a web page as an answer")
    return None


def _status(code: object) -> int | None:
    """A code that is an HTTP error status, also when written as a string."""
    number = int(code) if isinstance(code, str) and code.isdecimal() and len(code) <= len("599") else loose.count(code)
    return number if number in _STATUS else None


def _words(error: object) -> frozenset[str]:
    """Codes, types and reasons of an error object and of its details, lower case."""
    found: set[str] = set()
    for part in error if isinstance(error, list) else [error]:
        named = (loose.child(part, key) for key in ("code", "type", "status", "reason", "error_code", "error_type"))
        found.update(word.lower() for word in named if isinstance(word, str))
    return frozenset(found)


def _message(error: dict[str, object]) -> str:
    """The sentence of an error, with the upstream's own words where a gateway only forwards them."""
    message = loose.text(error.get("message")) or "the provider gave no reason"
    raw = loose.text(loose.child(error, "metadata", "raw"))
    return f"{message}: {raw}" if raw else message


def _detail(detail: object) -> str:
    """FastAPI's `detail`: a sentence, or a list of places and what is wrong there."""
    written = loose.text(detail)
    if written:
        return written
    said = (loose.text(loose.child(part, "msg")) for part in loose.items(detail))
    return "; ".join(part for part in said if part) or "the provider refused the request's form"


def _quotas(error: dict[str, object]) -> tuple[str, ...]:
    """The `quotaId`s of Gemini's QuotaFailure details."""
    violations = (loose.items(loose.child(part, "violations")) for part in loose.items(error.get("details")))
    names = (loose.text(loose.child(violation, "quotaId")) for group in violations for violation in group)
    return tuple(name for name in names if name)


def _retry_delay(error: dict[str, object]) -> float | None:
    """Gemini's RetryInfo delay, seconds."""
    for part in loose.items(error.get("details")):
        written = loose.text(loose.child(part, "retryDelay"))
        if written is not None:
            return duration_s(written)
    return None
