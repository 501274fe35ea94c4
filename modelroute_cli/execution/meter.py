"""What every model has done in a run so far, counted as it happens: a few additions for each attempt."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.tickets import Ticket

_WINDOW_S = 30.0
_STEP_S = 1.0  # between two marks
_LEAST_ENDED = 5  # attempts in the window before a rate means anything
_MINUTE_S = 60.0
_NOTHING = PicoUSD(0)


@dataclass(frozen=True, slots=True)
class ModelTotals:
    """What one model did in earlier sessions."""

    done: int = 0  # requests that came to their end with an answer of its
    escalations: int = 0
    spent_pusd: PicoUSD = _NOTHING


@dataclass(slots=True)
class Gauge:
    """What one model has done; `sent` counts of this session, what providers count of it."""

    done: int = 0
    escalations: int = 0
    spent_pusd: int = 0
    in_flight: int = 0
    ended: int = 0
    sent: int = 0
    paced_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def load(self) -> Load:
        """What was sent in this session."""
        return Load(self.input_tokens, self.output_tokens, requests=self.sent, paced_tokens=self.paced_tokens)


@dataclass(frozen=True, slots=True)
class _Mark:
    """How many attempts had ended at a time, model by model."""

    at: float
    ended: Mapping[str, int]


@dataclass(slots=True)
class Meter:
    """Counts attempts, their endings and their money by model; times are seconds of a steady clock."""

    gauges: dict[str, Gauge] = field(default_factory=dict)
    _marks: deque[_Mark] = field(default_factory=deque)

    @classmethod
    def going_on(cls, before: Mapping[str, ModelTotals]) -> "Meter":
        """With what earlier sessions did."""
        return cls({model: Gauge(known.done, known.escalations, known.spent_pusd) for model, known in before.items()})

    def started(self, ticket: Ticket) -> None:
        """An attempt is sent."""
        gauge = self._gauge(ticket.model)
        gauge.in_flight += 1
        gauge.sent += 1
        gauge.paced_tokens += ticket.paced_tokens
        gauge.input_tokens += ticket.input_tokens
        gauge.output_tokens += ticket.expected_output
        if ticket.kind is AttemptKind.ESCALATION:
            gauge.escalations += 1

    def ended(self, ticket: Ticket, cost_pusd: PicoUSD | None, *, final: bool) -> None:
        """An attempt is over; `final` when its request is too, which counts for the model that answered."""
        gauge = self._gauge(ticket.model)
        gauge.in_flight -= 1
        gauge.ended += 1
        gauge.spent_pusd += cost_pusd or 0
        if final:
            answered = ticket if ticket.examined is None else ticket.examined.answer.ticket
            self._gauge(answered.model).done += 1

    def collected(self, ticket: Ticket, cost_pusd: PicoUSD | None, *, final: bool) -> None:
        """An attempt is over that was handed in: it was never in flight."""
        gauge = self._gauge(ticket.model)
        gauge.spent_pusd += cost_pusd or 0
        gauge.done += final

    def paid(self, model: str, cost_pusd: PicoUSD | None) -> None:
        """An attempt was billed that is counted nowhere else: it raced another of its request, which ended first."""
        self._gauge(model).spent_pusd += cost_pusd or 0

    def mark(self, now: float) -> None:
        """Remember how much had ended by now, at most once a second and for half a minute."""
        if self._marks and now - self._marks[-1].at < _STEP_S:
            return
        self._marks.append(_Mark(now, {model: gauge.ended for model, gauge in self.gauges.items()}))
        while now - self._marks[0].at > _WINDOW_S:
            self._marks.popleft()

    def per_minute(self, models: Iterable[str], now: float) -> float | None:
        """Attempts that ended over the last half minute; None while they are too few to mean anything."""
        if not self._marks or now - self._marks[0].at < _STEP_S:
            return None
        first = self._marks[0]
        ended = sum(self.gauges[model].ended - first.ended.get(model, 0) for model in models if model in self.gauges)
        return ended * _MINUTE_S / (now - first.at) if ended >= _LEAST_ENDED else None

    def _gauge(self, model: str) -> Gauge:
        known = self.gauges.get(model)
        if known is None:
            known = self.gauges[model] = Gauge()
        return known
