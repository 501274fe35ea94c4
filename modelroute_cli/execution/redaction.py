"""The one door out: a call is sealed before its bytes are made, and its answer is opened when it comes back.

Inside the machine everything is as the user wrote it, outside nothing that was to be hidden. So gates, programs,
results and the journal see answers with their values, and none of them has to know of placeholders. What a session
needs to open an answer follows from the request and the plan: nothing is stored, and a crash loses nothing.
"""

from dataclasses import dataclass, replace

import msgspec

from modelroute_cli.base.schema import Request, ToolCall
from modelroute_cli.base.texts import shared_chars
from modelroute_cli.execution.gates.repair import unfenced
from modelroute_cli.execution.records import Redacted
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.features.redaction.order import Redactor
from modelroute_cli.features.redaction.placeholders import Placeholder
from modelroute_cli.features.redaction.sealing import Sealed
from modelroute_cli.features.redaction.vault import Opened, Vault
from modelroute_cli.jobs.sent_text import sent_text
from modelroute_cli.providers.base import Answer, Call, Reply


@dataclass(frozen=True, slots=True)
class SealedCall:
    """A call as it is sent, and what puts the values back; without a vault nothing was replaced."""

    call: Call
    vault: Vault | None = None
    opens: bool = True  # what a judge says of an answer stays as it came: it goes into reports

    def opened(self, reply: Reply) -> "OpenedReply":
        """What came back with the values in it; a failure as it came."""
        if self.vault is None or not isinstance(reply, Answer) or not self.opens:
            return OpenedReply(reply)
        return _opened(reply, self.vault, self.call.request)

    def record(self, attempt: int, back: "OpenedReply") -> Redacted | None:
        """What the journal keeps of it; None where nothing was replaced."""
        if self.vault is None:
            return None
        kinds = msgspec.json.encode(self.vault.counts).decode()
        if back.returned is None:
            return Redacted(attempt, kinds)
        return Redacted(attempt, kinds, len(self.vault.by_value) - len(back.returned), back.unknown)


@dataclass(frozen=True, slots=True)
class OpenedReply:
    """A reply with its values; the placeholders that stood in it, None where it was not looked at."""

    reply: Reply
    returned: frozenset[Placeholder] | None = None
    unknown: int = 0


def sealed_call(call: Call, ticket: Ticket, redactor: Redactor, own: Request) -> SealedCall:
    """The call as it may leave the machine; `own` is the request of its ticket. JobFileError: it may not at all."""
    rule, is_question = ticket.assigned.rule, ticket.examined is not None
    sealed = redactor.sealed(call.request, rule, own if is_question else None)
    if sealed is None or not sealed.vault.by_value:
        return SealedCall(call)
    chars = _shared(call, sealed) if call.prefix is not None else 0
    return SealedCall(replace(call, request=sealed.request, prefix_chars=chars), sealed.vault, opens=not is_question)


def _shared(call: Call, sealed: Sealed) -> int:
    """How much of the text as it is sent is the beginning that the request shares with others."""
    beginning = sent_text(call.request)[: call.prefix_chars]
    return shared_chars(sealed.vault.sealed(beginning), sent_text(sealed.request))


def _opened(answer: Answer, vault: Vault, sent: Request) -> OpenedReply:
    """Every text of an answer with its values."""
    text = vault.opened(answer.text, in_json=sent.response_schema is not None or _is_json(answer.text))
    calls = [(call, vault.opened(call.arguments, in_json=True)) for call in answer.tool_calls]
    back = replace(
        answer,
        text=text.text,
        refusal=None if answer.refusal is None else vault.opened(answer.refusal).text,
        reasoning=None if answer.reasoning is None else vault.opened(answer.reasoning).text,
        tool_calls=tuple(_called(call, opened) for call, opened in calls),
    )
    told = (text, *(opened for _, opened in calls))  # thoughts are no part of the answer
    returned = frozenset(placeholder for opened in told for placeholder in opened.returned)
    return OpenedReply(back, returned, sum(opened.unknown for opened in told))


def _called(call: ToolCall, opened: Opened) -> ToolCall:
    return msgspec.structs.replace(call, arguments=opened.text)


def _is_json(text: str) -> bool:
    """Whether a text is a JSON document, in a fence or not."""
    bare = unfenced(text).strip()
    if not bare.startswith(("{", "[", '"')):
        return False
    try:
        msgspec.json.decode(bare)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True
