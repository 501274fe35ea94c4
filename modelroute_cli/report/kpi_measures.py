"""What a run says of each measure that a pilot's targets may name; all of it from its summary."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from modelroute_cli.base.money import to_decimal
from modelroute_cli.report.realised import Within
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.summary import PlanSummary

MANUAL = "manual"
MEASURES = (
    "cost_usd",
    "cost_per_request_usd",
    "saved_share",
    "quality",
    "quality_of_baseline",
    "accepted_share",
    "hours",
    "requests_per_hour",
    MANUAL,
)
_SIX = Decimal("0.000001")
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Measured:
    """A value, and where it lies in nine of ten cases as far as that is known."""

    value: Decimal
    low: Decimal | None = None
    high: Decimal | None = None


def measures(run: RunSummary) -> dict[str, Measured]:
    """Those that a finished run has; what was not measured is left out."""
    return dict(_measures(run))


def _measures(run: RunSummary) -> Iterator[tuple[str, Measured]]:
    spent, accepted = to_decimal(run.money.spent_pusd), run.counts.accepted
    yield "cost_usd", Measured(spent)
    if accepted:
        yield "cost_per_request_usd", Measured(spent / accepted)
    saved = next((line.actual_saved_share for line in run.baselines if line.kind == "chosen"), None)
    if saved is not None:
        yield "saved_share", Measured(_share(saved))
    if ended := accepted + run.counts.failed:
        yield "accepted_share", Measured(_share(accepted / ended))
    if run.realised is not None and run.realised.quality is not None:
        yield "quality", _within(run.realised.quality)
    if run.realised is not None and run.realised.ratio is not None:
        yield "quality_of_baseline", _within(run.realised.ratio)
    hours = _hours(run)
    if hours is not None:
        yield "hours", Measured(hours)
        if hours:
            yield "requests_per_hour", Measured((accepted / hours).quantize(_SIX))


def baseline_measures(plan: PlanSummary, run: RunSummary | None) -> dict[str, Decimal | None]:
    """The same of one model for everything, as far as anybody knows; its quality is what the plan expects."""
    chosen = next((line for line in plan.baselines if line.kind == "chosen"), None)
    cost, requests = None if chosen is None else chosen.cost_pusd, plan.totals.requests
    if run is not None:
        cost = next((line.actual_pusd for line in run.baselines if line.kind == "chosen"), None)
        requests = run.counts.accepted
    usd = None if cost is None else to_decimal(cost)
    return {
        "cost_usd": usd,
        "cost_per_request_usd": usd / requests if usd is not None and requests else None,
        "quality": None if chosen is None or chosen.quality is None else _share(chosen.quality),
        "quality_of_baseline": Decimal(1),
        "saved_share": Decimal(0),
        "hours": None,
    }


def _hours(run: RunSummary) -> Decimal | None:
    """From the first attempt to the last answer."""
    if run.started_at is None or run.ended_at is None:
        return None
    took = datetime.fromisoformat(run.ended_at) - datetime.fromisoformat(run.started_at)
    return (Decimal(round(took.total_seconds())) / _HOUR_S).quantize(_SIX)


def _within(found: Within) -> Measured:
    return Measured(_share(found.value), _share(found.low), _share(found.high))


def _share(value: float) -> Decimal:
    """A share or a quality, to six decimals."""
    return Decimal(value).quantize(_SIX).normalize() + 0
