"""What waits to be sent: an assignment as an object, the attempt it waits for, and what was tried before."""

from dataclasses import dataclass

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.execution.gates.answer import Said, Verdict
from modelroute_cli.execution.records import AttemptKind


class Assigned(Struct, frozen=True):
    """The columns of one assignment that execution needs, in the order of COLUMNS."""

    row: int
    custom_id: str
    offset: int
    length: int
    importance: str
    model: str
    service_tier: str
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    max_tokens: int
    cost_pusd: PicoUSD
    cost_range_pusd: PicoUSD
    cost_high_pusd: PicoUSD
    rule: str
    prefix: int | None = None  # the beginning it shares with others
    prefix_chars: int = 0  # how much of its text, as jobs.sent_text writes it
    task_type: str = "other"
    template: str = ""
    language: str = "und"
    tenant: str | None = None
    escalate_to: str | None = None  # where its first answer goes as planned, if that fails its gates


COLUMNS = Assigned.__struct_fields__
OFF_PEAK = ServiceTier.OFF_PEAK.value


def line_of(model: str, service_tier: str) -> str:
    """The line of a model's requests; those of the off-peak tier wait in one of their own, and hold nobody up."""
    return f"{model} {OFF_PEAK}" if service_tier == OFF_PEAK else model


def lines_of(model: str) -> tuple[str, ...]:
    """Every line that a model may have."""
    return (model, f"{model} {OFF_PEAK}")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What one request went through in this session and, for answers, in earlier ones."""

    failures: int = 0  # on the model in hand; 429s that pass do not count, nor those of an outage
    unknown: int = 0  # of these, such as may have been billed
    openings: int = 0  # of its circuit breaker when they were counted
    answers: int = 0  # of that model before the first of them
    tried: tuple[str, ...] = ()  # models that answered or were given up
    escalations: int = 0
    resent: bool = False
    best: int | None = None  # the attempt whose answer counts when no better one comes
    verdict: str = ""  # what the gates said of it: `gate: detail`
    cut: bool = False  # by an output limit below the planned one: the planned one holds from then on


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The next attempt of a request."""

    assigned: Assigned
    kind: AttemptKind
    model: str
    service_tier: str
    max_tokens: int
    input_tokens: int  # estimate, for the pace
    worst_pusd: PicoUSD  # the most it can cost: what is reserved
    history: History
    extra: bool = False  # it improves an answer that is there: it lives on the money that is left
    late: bool = False  # its outcome was lost in a crash: it goes last
    closing: int = 0  # the closing of its model that it waits out, having nowhere else to go
    examined: "Examined | None" = None  # the answer that a judge is asked about; None: the request itself is sent

    @property
    def line(self) -> str:
        """What it stands in line with: its model, and its tier where that has hours of its own."""
        return line_of(self.model, self.service_tier)

    @property
    def paced_tokens(self) -> int:
        """What providers count at admission: the input and the whole output limit."""
        return self.input_tokens + self.max_tokens

    @property
    def is_fitted(self) -> bool:
        """Whether it has a smaller output limit than was planned for it (see `sizing`)."""
        return self.model == self.assigned.model and self.max_tokens < self.assigned.max_tokens

    @property
    def expected_output(self) -> int:
        """The output that is expected of it, reasoning included."""
        return min(self.assigned.output_tokens, self.max_tokens)


@dataclass(frozen=True, slots=True)
class Unjudged:
    """An answer that no gate has looked at yet; after a crash it is judged again, never asked again."""

    ticket: Ticket
    attempt: int
    said: Said
    visible_tokens: int | None  # of its output, without reasoning; None where not reported


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """An answer that passed the other gates and is before a judge; `scores` and `reason` of what was heard so far."""

    answer: Unjudged
    verdict: Verdict
    scores: tuple[float, ...] = ()
    reason: str = ""


Key = tuple[bool, int, int, int]
Place = tuple[bool, int, float, int]  # as a key, where a clock may stand instead of a length
Rank = tuple[bool, int]
RANK = {"premium": 0, "standard": 1, "bulk": 2}


def order(ticket: Ticket) -> Key:
    """Lost ones last, premium first, then the longest expected output, then input order."""
    assigned = ticket.assigned
    return (ticket.late, RANK[assigned.importance], -assigned.output_tokens, assigned.row)


def rank_of(ticket: Ticket) -> Rank:
    """The part of its order that stands above tenants."""
    return (ticket.late, RANK[ticket.assigned.importance])
