"""What an attempt came to: its reply as a journal record, and its bill."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import structs

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.money import PER_USD, PicoUSD
from modelroute_cli.base.schema import HANDED_IN, ServiceTier, Usage
from modelroute_cli.catalog.prices import RateCard, cost
from modelroute_cli.execution.gates.answer import Said
from modelroute_cli.execution.gates.calls import written_calls
from modelroute_cli.execution.observed import Load, is_as_planned, load_of
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.records import Outcome, OutcomeKind
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.providers.base import (
    Answer,
    Failure,
    FailureKind,
    RateSignal,
    Reply,
    TransportError,
    UnsendableError,
)

_POSSIBLY_BILLED = frozenset({FailureKind.UNKNOWN, FailureKind.MALFORMED, FailureKind.UNUSABLE})
_MOST_PUSD = 1_000 * PER_USD  # of one attempt, many times what any can cost: sums in the journal stay within 64 bits
_GATEWAY_TIMEOUTS = frozenset({504, 524})  # a gateway gave up waiting: the provider behind it may have finished


@dataclass(frozen=True, slots=True)
class Sold:
    """The rate cards of the model that was asked, by service tier, and the tier that was asked for."""

    cards: Mapping[str, RateCard]
    service_tier: str

    def cost(self, answer: Answer, usage: Usage, at: datetime) -> PicoUSD:
        """What the usage costs at the tier that served; where the provider does not say, at the dearer one.

        What was handed in is sold as that: bodies of batches speak of the tier they would have had by themselves.
        """
        if self.service_tier in HANDED_IN:
            return cost(self.cards[self.service_tier], usage, at)
        served = self.cards.get(answer.service_tier or "")
        if served is not None:
            return cost(served, usage, at)
        tiers = {self.service_tier, ServiceTier.STANDARD.value}
        return max(cost(self.cards[tier], usage, at) for tier in tiers)


def bill(reply: Reply, sold: Sold, at: datetime) -> PicoUSD | None:
    """What the attempt cost, priced at the time it ended; None while nobody knows.

    Where the provider says what it charged, the dearer of its word and our price counts, so that the cap holds
    by both (a gateway may report only its own fee). A bill above $1,000 is counted as $1,000.
    """
    match reply:
        case Failure() as failure:
            return None if _possibly_billed(failure) else PicoUSD(0)
        case Answer() as answer:
            charged = _charged(answer, sold, at)
            return None if charged is None else PicoUSD(min(charged, _MOST_PUSD))


def _charged(answer: Answer, sold: Sold, at: datetime) -> PicoUSD | None:
    if answer.usage is None:
        return answer.reported_cost_pusd
    return PicoUSD(max(sold.cost(answer, answer.usage, at), answer.reported_cost_pusd or 0))


def record(
    attempt: int, reply: Reply, cost_pusd: PicoUSD | None, latency_s: float, priced_pusd: PicoUSD | None = None
) -> Outcome:
    """The reply as the journal keeps it; `priced_pusd` is what its tokens cost by our own prices."""
    match reply:
        case Failure() as failure:
            return _failed(attempt, failure, cost_pusd, latency_s)
        case Answer() as answer:
            return structs.replace(_answered(attempt, answer, cost_pusd, latency_s), priced_pusd=priced_pusd)


def priced(reply: Reply, sold: Sold, at: datetime) -> PicoUSD | None:
    """What an answer's tokens cost by our own prices; None without an answer or without tokens."""
    if not isinstance(reply, Answer) or reply.usage is None:
        return None
    return PicoUSD(min(sold.cost(reply, reply.usage, at), _MOST_PUSD))


def learn(ticket: Ticket, reply: Reply, cost_pusd: PicoUSD | None, purse: Purse) -> None:
    """Remember what an answer took, where it is of the planned model and terms and its tokens are known."""
    if not isinstance(reply, Answer) or reply.usage is None or cost_pusd is None:
        return
    purse.sizing.observe(ticket, reply.usage.output_tokens, cut=reply.finish_reason == "length")
    if is_as_planned(ticket):
        billed = Load(reply.usage.input_tokens, reply.usage.output_tokens, cost_pusd)
        purse.learned.observe(ticket.model, load_of(ticket.assigned), billed)


def broken(error: TransportError) -> Failure:
    """A broken exchange as a failure: unknown when the request may have arrived."""
    kind = FailureKind.UNKNOWN if error.sent else FailureKind.TRANSIENT
    return Failure(kind=kind, status=None, message=error.message, retry_after_s=None, rate=RateSignal())


def unsendable(error: UnsendableError) -> Failure:
    """A request that the wire format cannot carry: nothing was sent, and it will not do on this model."""
    kind = FailureKind.REQUEST
    return Failure(kind=kind, status=None, message=error.message, retry_after_s=None, rate=RateSignal())


def unreadable(error: JobFileError) -> Failure:
    """A request whose pictures are not as they were planned: nothing was sent, and no model gets it."""
    kind = FailureKind.REQUEST
    return Failure(kind=kind, status=None, message=error.message, retry_after_s=None, rate=RateSignal(), final=True)


def said(answer: Answer) -> Said:
    """The answer as the gates see it."""
    return Said(answer.text, answer.finish_reason, answer.refusal, answer.tool_calls)


def storable(reply: Reply) -> Reply:
    """The reply with text that UTF-8 can carry: a lone surrogate becomes a question mark."""
    if isinstance(reply, Failure):
        return replace(reply, message=_utf8(reply.message))
    if reply.text.isascii() and reply.refusal is None:
        return reply
    return replace(reply, text=_utf8(reply.text), refusal=None if reply.refusal is None else _utf8(reply.refusal))


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def visible_tokens(answer: Answer) -> int | None:
    """Output without reasoning; None where the provider did not say."""
    return None if answer.usage is None else answer.usage.output_tokens - answer.usage.reasoning_tokens


def _possibly_billed(failure: Failure) -> bool:
    return failure.billed or failure.kind in _POSSIBLY_BILLED or failure.status in _GATEWAY_TIMEOUTS


def _failed(attempt: int, failure: Failure, cost_pusd: PicoUSD | None, latency_s: float) -> Outcome:
    return Outcome(
        attempt=attempt,
        outcome=OutcomeKind.UNKNOWN if cost_pusd is None else OutcomeKind.FAILED,
        failure=failure.kind.value,
        status=failure.status,
        message=failure.message,
        cost_pusd=cost_pusd,
        latency_s=latency_s,
        emulated=failure.emulated,
        request_id=failure.request_id,
    )


def _answered(attempt: int, answer: Answer, cost_pusd: PicoUSD | None, latency_s: float) -> Outcome:
    usage = answer.usage
    return Outcome(
        attempt=attempt,
        outcome=OutcomeKind.ANSWERED,
        text=answer.text,
        finish_reason=answer.finish_reason,
        refusal=answer.refusal,
        model_served=answer.model_served,
        input_tokens=None if usage is None else usage.input_tokens,
        output_tokens=None if usage is None else usage.output_tokens,
        cache_read_tokens=None if usage is None else usage.cache_read_tokens,
        cache_write_tokens=None if usage is None else usage.cache_write_tokens,
        reasoning_tokens=None if usage is None else usage.reasoning_tokens,
        cost_pusd=cost_pusd,
        latency_s=latency_s,
        emulated=answer.emulated,
        reported_pusd=answer.reported_cost_pusd,
        served_tier=answer.service_tier,
        request_id=answer.request_id,
        reasoning=answer.reasoning,
        tool_calls=written_calls(answer.tool_calls),
        image_tokens=None if usage is None else usage.image_tokens,
        audio_tokens=None if usage is None else usage.audio_tokens,
    )
