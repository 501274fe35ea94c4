"""When requests of the off-peak tier may be sent: in the cheap hours of their model, early enough to be answered there.

Problem: DeepSeek bills by the time at which an answer is complete, so a request that is sent just before the dear hours
is billed at their price. Solution: none is sent in the last minutes of the cheap hours, as many as its answer may take:
twice the slowest of this session, and what the planned output takes at a slow pace. What waits then waits for the next
cheap hours, or goes at the standard tier where those come too late for its deadline. What still fails: an answer that
takes longer than any before may be billed dear; its reservation has room for that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from modelroute_cli.base.clock import Clock
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cheap_hours import cheap_from, cheap_until
from modelroute_cli.catalog.prices import RateCard
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.planning.plan import PlanHeader

_OFF_PEAK = ServiceTier.OFF_PEAK.value
_STANDARD = ServiceTier.STANDARD.value
_LEAST_MARGIN_S = 120.0  # judgement, as the next three
_MOST_MARGIN_S = 1800.0
_SLOW_TOKEN_S = 0.05
_TIMES_SLOWEST = 2.0
_LOOK_AGAIN_S = 60.0  # the clock of the day may be set, or the machine sleep: what is waited for is looked at again


@dataclass(frozen=True, slots=True)
class Spell:
    """The hours that hold at a moment: cheap ones until `ends` (None: for good), or dear ones until `begins`."""

    looked_at: datetime
    ends: datetime | None
    begins: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it still says what holds."""
        change = self.begins if self.begins is not None else self.ends
        return self.looked_at <= now and (change is None or now < change)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long requests wait for cheap hours, from when their run began."""

    began: datetime
    deadline_s: int | None  # of the whole job; None: of single requests, which are not known here
    bound: frozenset[str] = frozenset()  # rules that allow no standard tier: theirs wait for as long as it takes

    def latest(self, standard: RateCard) -> datetime:
        """When cheap hours must begin to be waited for: in time for the deadline, else the first that come.

        Requests with deadlines of their own were planned to have time for the first, and nothing beyond it.
        """
        if self.deadline_s is not None:
            return self.began + timedelta(seconds=self.deadline_s - _LEAST_MARGIN_S)
        return cheap_from(standard, self.began) or self.began


class CheapHours:
    """Keeps tickets of the off-peak tier for the cheap hours of their models; all others pass."""

    def __init__(
        self, standard: Mapping[str, RateCard], clock: Clock, patience: Patience, tell: Callable[[str], None]
    ) -> None:
        """`standard`: rate cards by model; `tell`: who hears what is waited for."""
        self._standard = standard
        self._clock = clock
        self._patience = patience
        self._tell = tell
        self._spells: dict[str, Spell] = {}
        self._slowest_s: dict[str, float] = {}
        self._told: set[tuple[str, datetime]] = set()
        self._waiting: dict[str, datetime] = {}  # models whose requests wait, and until when

    @classmethod
    def of(cls, header: PlanHeader, clock: Clock, began: datetime, tell: Callable[[str], None]) -> "CheapHours":
        """Those of a plan's models, for a run whose first session began at `began`."""
        bound = frozenset(rule for rule, tiers in header.rule_tiers.items() if ServiceTier.STANDARD not in tiers)
        return cls(header.rate_cards, clock, Patience(began, header.deadline_s, bound), tell)

    def wait_s(self, ticket: Ticket) -> float:
        """Seconds that a ticket waits before it is looked at again; 0: it may be sent, as `as_sent` has it."""
        if ticket.service_tier != _OFF_PEAK:
            return 0.0
        now = self._clock.now()
        begins = self._begins(ticket, now)
        if begins is None or self._is_late(ticket, begins):
            self._waiting.pop(ticket.model, None)
            return 0.0
        self._waiting[ticket.model] = begins
        self._say(ticket.model, begins)
        return min((begins - now).total_seconds(), _LOOK_AGAIN_S)

    def as_sent(self, ticket: Ticket) -> Ticket:
        """The ticket at the tier it is bought at now: the standard one where the cheap hours come too late for it."""
        if ticket.service_tier != _OFF_PEAK:
            return ticket
        begins = self._begins(ticket, self._clock.now())
        return ticket if begins is None else replace(ticket, service_tier=_STANDARD)

    def holds(self, model: str) -> str:
        """What requests to a model wait for, in words; empty where none does."""
        begins = self._waiting.get(model)
        return "" if begins is None else f"cheap hours from {begins:%H:%M} UTC"

    def took(self, model: str, seconds: float) -> None:
        """An attempt at a model ended after so long."""
        self._slowest_s[model] = max(seconds, self._slowest_s.get(model, 0.0))

    def _begins(self, ticket: Ticket, now: datetime) -> datetime | None:
        """When the ticket may be sent at the cheap price; None: now (so too where no cheap hours ever come)."""
        spell = self._spell(ticket.model, now)
        if spell.begins is not None:
            return spell.begins
        if spell.ends is None or spell.ends - now > timedelta(seconds=self._margin_s(ticket)):
            return None
        return cheap_from(self._standard[ticket.model], spell.ends)

    def _spell(self, model: str, now: datetime) -> Spell:
        """What holds now; looked up once for each change of the price."""
        known = self._spells.get(model)
        if known is None or not known.holds(now):
            card = self._standard[model]
            begins = cheap_from(card, now)
            is_dear = begins is not None and begins > now
            known = Spell(now, None if is_dear else cheap_until(card, now), begins if is_dear else None)
            self._spells[model] = known
        return known

    def _margin_s(self, ticket: Ticket) -> float:
        """How long before the dear hours the last is sent."""
        seen_s = _TIMES_SLOWEST * self._slowest_s.get(ticket.model, 0.0)
        planned_s = _TIMES_SLOWEST * _SLOW_TOKEN_S * ticket.expected_output
        return min(max(_LEAST_MARGIN_S, seen_s, planned_s), _MOST_MARGIN_S)

    def _is_late(self, ticket: Ticket, begins: datetime) -> bool:
        """Whether an answer would come too late, were it asked for at the next cheap hours."""
        if ticket.assigned.rule in self._patience.bound:
            return False
        return begins > self._patience.latest(self._standard[ticket.model])

    def _say(self, model: str, begins: datetime) -> None:
        """Tell once for each opening what is waited for."""
        if (model, begins) not in self._told:
            self._told.add((model, begins))
            self._tell(f"requests to `{model}` at off_peak wait for its cheap hours, from {begins:%Y-%m-%d %H:%M} UTC")
