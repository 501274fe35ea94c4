"""What every wire format reads alike: no JSON, an error in any shape, a reason to stop, a tier, the emulator's mark."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Answer, Call, Failure, FailureKind, RateSignal, Reply, WireResponse
from modelroute_cli.providers.error_shapes import ErrorNote, read_error
from modelroute_cli.providers.failures import classify, heeded, told_wait_s
from modelroute_cli.providers.rate_headers import rate_signal, retry_after_s
from modelroute_cli.providers.scrub import scrub

Read = Callable[[object], Answer | ErrorNote | None]
"""The answer in the decoded body of a success; a note where it is an error after all, None where it is neither."""

_SUCCESS = range(200, 300)
_FINISH = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "completed": "stop",
    "end_turn": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "steered": "stop",
    "continuation": "length",
    "max_messages": "length",
    "max_output_tokens": "length",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "model_length": "length",
    "blocked": "content_filter",
    "blocklist": "content_filter",
    "escalation": "content_filter",
    "image_prohibited_content": "content_filter",
    "image_recitation": "content_filter",
    "image_safety": "content_filter",
    "jailbreak": "content_filter",
    "language": "content_filter",
    "model_armor": "content_filter",
    "prohibited_content": "content_filter",
    "pup_limited_disabled": "content_filter",
    "recitation": "content_filter",
    "safety": "content_filter",
    "spii": "content_filter",
    "function_call": "tool_calls",
    "tool_use": "tool_calls",
    "finish_reason_unspecified": "unknown",
}
_MOST_FINISH_CHARS = 40
_TIERS = {
    "default": "standard",
    "standard": "standard",
    "on_demand": "standard",
    "flex": "flex",
    "priority": "priority",
    "fast": "priority",  # the same under its newer name
    "batch": "batch",
}
_REQUEST_IDS = ("x-request-id", "request-id", "x-portkey-trace-id", "apim-request-id", "x-goog-request-id")
_MOST_ID_CHARS = 128


def decoded(response: WireResponse, call: Call, read: Read) -> Reply:
    """The bytes as an answer or a failure, whatever they are; `read` sees the body of a success that names no error."""
    try:
        data = loose.parse(response.body)
    except ValueError:
        return _not_json(response, call)
    if response.status not in _SUCCESS:
        return _failure(response, call, read_error(data) or _unexplained(response))
    found = read_error(data) or read(data)
    if isinstance(found, ErrorNote):
        return replace(_failure(response, call, found), billed=_counts_tokens(data))
    if found is None:
        return _malformed(response, call, "it holds neither an answer nor a count of tokens")
    return replace(found, rate=_rate(response, call))


def _counts_tokens(data: object) -> bool:
    """Whether a body reports tokens that were used, in any format: what it names an error was billed all the same."""
    usages = (loose.child(data, name) for name in ("usage", "usageMetadata"))
    counts = (count for usage in usages if isinstance(usage, dict) for count in usage.values())
    return any(loose.amount(count) for count in counts if not isinstance(count, str))


def finish_word(said: str | None) -> str:
    """Why the model stopped, in our words where they fit, else in the provider's; `unknown` when it does not say."""
    if not said:
        return "unknown"
    known = _FINISH.get(said.lower())
    if known is not None:
        return known
    word = scrub(said.lower())[:_MOST_FINISH_CHARS]
    return _FINISH.get(word, word)


def tier_word(said: object) -> str | None:
    """The service tier that served, in our words; None where the provider does not say, or says another."""
    return _TIERS.get((loose.text(said) or "").lower())


def is_emulated(headers: Mapping[str, str]) -> bool:
    """Whether our loopback emulator answered."""
    return headers.get("x-modelroute-emulated") == "1"


def request_id(headers: Mapping[str, str]) -> str | None:
    """The provider's own name of the exchange, for its support; None when it names none."""
    found = next((headers[name] for name in _REQUEST_IDS if headers.get(name)), None)
    return None if found is None else scrub(found)[:_MOST_ID_CHARS]


def _not_json(response: WireResponse, call: Call) -> Failure:
    """An HTML page, a cut body, nothing: malformed under a success, else judged by its status alone."""
    if response.status not in _SUCCESS:
        return _failure(response, call, _page(response))
    return _malformed(response, call, f"it is no JSON ({len(response.body):,} bytes)")


def read_note(response: WireResponse) -> ErrorNote:
    """What an error says, in any shape, a web page too."""
    try:
        data = loose.parse(response.body)
    except ValueError:
        return _page(response)
    return read_error(data) or _unexplained(response)


def _unexplained(response: WireResponse) -> ErrorNote:
    """An error that says nothing."""
    return ErrorNote(message=f"HTTP {response.status} without a reason")


def _page(response: WireResponse) -> ErrorNote:
    """The beginning of what is no JSON."""
    page = response.body[:2_000].decode("utf-8", "replace")
    return ErrorNote(message=f"HTTP {response.status}: {page}")


def _failure(response: WireResponse, call: Call, note: ErrorNote) -> Failure:
    """As below, for an attempt."""
    secrets = [*call.secrets.values(), *([call.key] if call.key else [])]
    return failure_of(response, note, secrets, call.provider.requests_header)


def failure_of(response: WireResponse, note: ErrorNote, secrets: Sequence[str], requests_header: str) -> Failure:
    """An error in any shape; the status inside a 200 counts more than the 200. `secrets` are hidden in its message."""
    status = note.status if response.status in _SUCCESS else response.status
    wait_s = told_wait_s(note, retry_after_s(response.headers, response.received_at))
    should_retry = response.headers.get("x-should-retry")
    return Failure(
        kind=heeded(classify(status, note, wait_s), should_retry),
        status=status or response.status,
        message=scrub(note.message, secrets) or f"HTTP {response.status} without a reason",
        retry_after_s=wait_s,
        rate=rate_signal(response.headers, requests_header, response.received_at),
        emulated=is_emulated(response.headers),
        request_id=request_id(response.headers),
        no_retry=should_retry == "false",
    )


def _rate(response: WireResponse, call: Call) -> RateSignal:
    """What the headers say of limits, as this provider counts."""
    return rate_signal(response.headers, call.provider.requests_header, response.received_at)


def _malformed(response: WireResponse, call: Call, why: str) -> Failure:
    """A success that carries no answer: possibly billed."""
    return Failure(
        kind=FailureKind.MALFORMED,
        status=response.status,
        message=f"the answer cannot be read: {why}",
        retry_after_s=None,
        rate=_rate(response, call),
        emulated=is_emulated(response.headers),
        request_id=request_id(response.headers),
    )
