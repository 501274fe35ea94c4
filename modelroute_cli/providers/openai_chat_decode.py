"""OpenAI Chat Completions: from bytes of any provider that speaks it to an answer or a failure."""

from collections.abc import Mapping

from modelroute_cli.providers import loose_json as loose
from modelroute_cli.providers.base import Answer, Call, Failure, FailureKind, Reply, WireResponse
from modelroute_cli.providers.error_shapes import ErrorNote, read_error
from modelroute_cli.providers.failures import classify, told_wait_s
from modelroute_cli.providers.openai_usage import read_cost, read_usage
from modelroute_cli.providers.rate_headers import rate_signal, retry_after_s
from modelroute_cli.providers.scrub import scrub

_SUCCESS = range(200, 300)
_SERVER_ERROR = 500
_FINISH = {
    "completed": "stop",
    "end_turn": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "max_output_tokens": "length",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "model_length": "length",
    "blocked": "content_filter",
    "prohibited_content": "content_filter",
    "recitation": "content_filter",
    "safety": "content_filter",
    "spii": "content_filter",
    "function_call": "tool_calls",
    "tool_use": "tool_calls",
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
_TEXT_PARTS = frozenset({"text", "output_text"})


def decode(response: WireResponse, call: Call) -> Reply:
    """The bytes as an answer or a failure; never raises, whatever the bytes are."""
    try:
        data = loose.parse(response.body)
    except ValueError:
        return _not_json(response, call)
    if response.status not in _SUCCESS:
        unexplained = ErrorNote(message=f"HTTP {response.status} without a reason")
        return _failure(response, call, read_error(data) or unexplained)
    note = read_error(data) or _choice_error(data)
    if note is not None:
        return _failure(response, call, note)
    return _answer(data, response, call)


def _not_json(response: WireResponse, call: Call) -> Failure:
    """An HTML page, a cut body, nothing: malformed under a success, else judged by its status alone."""
    if response.status not in _SUCCESS:
        page = response.body[:2_000].decode("utf-8", "replace")
        return _failure(response, call, ErrorNote(message=f"HTTP {response.status}: {page}"))
    size = f"{len(response.body):,} bytes"
    return _malformed(response, f"the answer is no JSON ({size})")


def _failure(response: WireResponse, call: Call, note: ErrorNote) -> Failure:
    """An error in any shape; the status inside a 200 counts more than the 200."""
    status = response.status if response.status not in _SUCCESS else (note.status or _SERVER_ERROR)
    wait_s = told_wait_s(note, retry_after_s(response.headers))
    secrets = [*call.secrets.values(), *([call.key] if call.key else [])]
    return Failure(
        kind=classify(status, note, wait_s),
        status=status,
        message=scrub(note.message, secrets) or f"HTTP {status} without a reason",
        retry_after_s=wait_s,
        rate=rate_signal(response.headers),
        emulated=_is_emulated(response.headers, None),
    )


def _malformed(response: WireResponse, message: str) -> Failure:
    """A success that carries no answer: possibly billed."""
    return Failure(
        kind=FailureKind.MALFORMED,
        status=response.status,
        message=message,
        retry_after_s=None,
        rate=rate_signal(response.headers),
        emulated=_is_emulated(response.headers, None),
    )


def _choice_error(data: object) -> ErrorNote | None:
    """The error of the first choice, where OpenRouter puts a failure during generation."""
    choice = _first_choice(data)
    if not isinstance(choice, dict):
        return None
    note = read_error({"error": choice.get("error")})
    if note is None and choice.get("finish_reason") == "error":
        return ErrorNote(message="the provider broke off while it generated")
    return note


def _answer(data: object, response: WireResponse, call: Call) -> Reply:
    """The first choice with its tokens; a blocked prompt may come without any choice, which is an empty answer."""
    choice, usage = _first_choice(data), read_usage(loose.child(data, "usage"))
    if not isinstance(choice, dict) and usage is None:
        return _malformed(response, "the answer has no `choices` and no `usage`")
    message = loose.child(choice, "message")
    text, refusal = _content(loose.child(message, "content")), loose.text(loose.child(message, "refusal"))
    return Answer(
        text=text,
        finish_reason=_finish_reason(choice, refusal),
        refusal=refusal or None,
        usage=usage,
        model_served=loose.text(loose.child(data, "model")),
        service_tier=_TIERS.get((loose.text(loose.child(data, "service_tier")) or "").lower()),
        reported_cost_pusd=read_cost(loose.child(data, "usage")) if call.provider.reports_cost else None,
        emulated=_is_emulated(response.headers, data),
        rate=rate_signal(response.headers),
    )


def _first_choice(data: object) -> object:
    """The only choice we ever ask for."""
    choices = loose.items(loose.child(data, "choices"))
    return choices[0] if choices else None


def _content(content: object) -> str:
    """The visible text: a string, the text parts of a list, or nothing; thoughts are not part of it."""
    if isinstance(content, list):
        parts = (part for part in content if loose.child(part, "type") in _TEXT_PARTS)
        return "".join(loose.text(loose.child(part, "text")) or "" for part in parts)
    return loose.text(content) or ""


def _finish_reason(choice: object, refusal: str | None) -> str:
    """Why the model stopped, in our words where they fit, else in the provider's; `unknown` when it does not say."""
    if refusal:
        return "refusal"
    said = loose.text(loose.child(choice, "finish_reason"))
    if not said:
        return "unknown"
    word = scrub(said.lower())[:_MOST_FINISH_CHARS]
    return _FINISH.get(word, word)


def _is_emulated(headers: Mapping[str, str], data: object) -> bool:
    """Whether our loopback emulator answered."""
    marked = headers.get("x-modelroute-emulated") == "1"
    return marked or loose.child(data, "system_fingerprint") == "emulated"
