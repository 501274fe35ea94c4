"""A model that costs twice as much in DeepSeek's dear hours, plans that buy it off-peak, clocks that begin anywhere."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import structs
from support.plans import CHEAP, PlanParts, Row, plan_of, rates
from support.runs import Job
from support.virtual import START, VirtualClock

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.derived import derived
from modelroute_cli.catalog.rates import WORK_DAYS, PriceWindow, Rate, RateCard
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.planning.plan import Plan

DEAR_HOURS = ((1, 4), (6, 10))
OFF_PEAK = ServiceTier.OFF_PEAK.value


class ClockFrom(VirtualClock):
    """Virtual time that begins at another time of the week than `START`."""

    def __init__(self, begins: datetime) -> None:
        self._shift = begins - START

    def now(self) -> datetime:
        """The virtual time of day."""
        return super().now() + self._shift


def by_hours(model: str = CHEAP) -> RateCard:
    """Its price, twice that in the dear hours of work days."""
    card = rates(model)
    step = card.steps[0]
    twice = Rate(**{name: PicoUSD(2 * (getattr(step.rate, name) or 0)) for name in Rate.__struct_fields__})
    dear = (structs.replace(step, rate=structs.replace(twice, audio_pusd=None)),)
    windows = (
        PriceWindow(start_minute=60 * start, end_minute=60 * end, steps=dear, weekdays=WORK_DAYS)
        for start, end in DEAR_HOURS
    )
    return structs.replace(card, windows=tuple(windows))


def off_peak_plan(
    rows: Sequence[Row], deadline_s: int | None = 86_400, rule_tiers: tuple[ServiceTier, ...] = ()
) -> Plan:
    """A plan of these rows in which CHEAP follows the hour and may be bought off-peak."""
    standard = by_hours()
    card = derived(ServiceTier.OFF_PEAK, standard, TierTerms())
    assert card is not None
    parts = PlanParts(tier_cards=(card,), rule_tiers={"all": rule_tiers} if rule_tiers else {})
    plan = plan_of(rows, parts)
    cards = {**plan.header.rate_cards, CHEAP: standard}
    return Plan(structs.replace(plan.header, rate_cards=cards, deadline_s=deadline_s), plan.assignments)


def off_peak_job(folder: Path, count: int, deadline_s: int | None = 86_400, *rule_tiers: ServiceTier) -> Job:
    """So many requests that wait for the cheap hours."""
    rows = [Row(service_tier=OFF_PEAK) for _ in range(count)]
    return Job.of(rows, folder, off_peak_plan(rows, deadline_s, rule_tiers))


def moments(began: datetime, seconds: Sequence[float]) -> list[datetime]:
    """Virtual seconds as times of day."""
    return [began + timedelta(seconds=each) for each in seconds]
