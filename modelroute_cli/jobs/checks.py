"""What a decoded request must keep to beyond its types; each check says what is wrong and what to write instead."""

import re
from collections.abc import Iterator

from modelroute_cli.base.schema import GateRules, Message, Request
from modelroute_cli.catalog.gate_checks import gate_faults
from modelroute_cli.catalog.privacy_checks import LEAST_TERM_CHARS
from modelroute_cli.jobs.deadline import deadline_fault
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.problems import Fault, nearest, printable, quoted
from modelroute_cli.jobs.schemas import schema_fault
from modelroute_cli.jobs.tools import tool_faults

MAX_OUTPUT_TOKENS = 10_000_000
_TERM_HINT = f"write terms of at least {LEAST_TERM_CHARS} characters"
_NUMBER = re.compile(r"\d")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def request_faults(request: Request, media: Media) -> list[Fault]:
    """Everything wrong with a request whose types are right; `media` judges what it carries."""
    if _is_plain(request):
        return []
    asked = asks_once(prompt=request.prompt is not None, messages=request.messages is not None)
    return [*asked, *field_faults(request, media)]


def _is_plain(request: Request) -> bool:
    """Whether nothing is there that could be wrong: most rows of a large job, spared a third of the time."""
    prompt, most = request.prompt, request.max_output_tokens
    return (
        prompt is not None
        and not prompt.isspace()
        and request.custom_id.isprintable()
        and (most is None or most <= MAX_OUTPUT_TOKENS)
        and not (request.images or request.audio or request.files or request.tools or request.tool_choice)
        and not (request.deadline or request.response_schema or request.gates or request.redact_terms)
        and request.messages is None
    )


def field_faults(request: Request, media: Media) -> Iterator[Fault]:
    """Everything wrong with the fields a request has; `media` judges what it carries."""
    if _CONTROL.search(request.custom_id):
        yield Fault("custom_id", f"holds a control character: {quoted(request.custom_id)}")
    if request.prompt is not None and request.prompt.isspace():
        yield Fault("prompt", "is blank", "write what the model shall do, or remove the row")
    if request.messages is not None:
        yield from _messages(request.messages)
    if request.max_output_tokens is not None and request.max_output_tokens > MAX_OUTPUT_TOKENS:
        yield Fault("max_output_tokens", f"is more than {MAX_OUTPUT_TOKENS:,}")
    if request.deadline is not None and (fault := deadline_fault(request.deadline)):
        yield fault
    if request.response_schema is not None and (message := schema_fault(request.response_schema)):
        yield Fault("response_schema", message)
    for index, term in enumerate(request.redact_terms):
        if len("".join(term.split())) < LEAST_TERM_CHARS:
            yield Fault(f"redact_terms[{index}]", f"{quoted(term)} is too short to be hidden", _TERM_HINT)
    yield from media.faults(request)
    yield from tool_faults(request)
    if request.gates is not None:
        yield from _gates(request, request.gates)


def asks_once(*, prompt: bool, messages: bool) -> Iterator[Fault]:
    """A request is asked by `prompt` or by `messages`: a fault for neither and for both."""
    if prompt and messages:
        yield Fault("messages", "stands beside `prompt`: a request has one of the two", "remove one of them")
    if not prompt and not messages:
        yield Fault("prompt", "is missing", "write the request into `prompt`, or the turns of a chat into `messages`")


def _messages(messages: tuple[Message, ...]) -> Iterator[Fault]:
    if all(message.role != "user" for message in messages):
        yield Fault("messages", "have no turn of the user", 'add `{"role": "user", "content": "..."}`')
    for index, message in enumerate(messages):
        if message.role == "user" and not message.content.strip():
            yield Fault(f"messages[{index}].content", "is blank", "write what the model shall do, or remove the turn")


def _gates(request: Request, gates: GateRules) -> Iterator[Fault]:
    """What is wrong with gates by themselves, and with them on this request."""
    if gates.command is not None:
        why = "may not stand in a job file: data starts no programs"
        where = "put the gate into a rule of the settings, where it holds for what it matches"
        yield Fault("gates.command", why, where)
    for fault in gate_faults(gates):
        yield Fault(f"gates.{fault.field}", printable(fault.message), fault.hint)
    if gates.labels and request.response_schema is not None:
        hint = "give the labels as an `enum` of the schema, and leave out `labels`"
        yield Fault("gates.labels", "stands beside `response_schema`", hint)
    for name in gates.must_mention:
        if _is_missing(request.metadata.get(name)):
            yield Fault("gates.must_mention", f"`metadata` has no text or number {quoted(name)}", _near(name, request))
    yield from _expectation(request, gates)


def _is_missing(value: object) -> bool:
    """Whether a field of `metadata` is nothing that an answer could mention."""
    each = value if isinstance(value, list) else [value]
    told = (item for item in each if isinstance(item, str | int | float) and not isinstance(item, bool))
    return not any(str(item).strip() for item in told)


def _near(name: str, request: Request) -> str:
    near = nearest(name, (field for field, value in request.metadata.items() if not _is_missing(value)))
    return f"did you mean `{printable(near)}`?" if near else "give the row that field, or leave it out of the gate"


def _expectation(request: Request, gates: GateRules) -> Iterator[Fault]:
    """The gate that compares with `expected` has something to compare with."""
    if gates.expected is None:
        return
    if request.expected is None:
        yield Fault("gates.expected", "there is no `expected` to compare with", "give the row its `expected`")
    elif gates.expected == "number" and not _NUMBER.search(str(request.expected)):
        yield Fault(
            "gates.expected", f"{quoted(str(request.expected))} is no number", "use `normalised`, or correct it"
        )
