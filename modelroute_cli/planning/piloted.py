"""A plan after a pilot: answers that were paid for are results already, and what measuring cost is part of its cost."""

from dataclasses import replace

import polars as pl
from msgspec import structs

from modelroute_cli.base.frames import ASSIGNMENTS, SERVICE_TIER, Schema, check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.planning.plan import CertifiedBy, Piloted, Plan, PlanHeader, Saving
from modelroute_cli.planning.wording import MAY_REACH, range_warnings

ANSWERED = "answered in the pilot"
"""The reason of an assignment whose answer is there already."""

ADOPTED: Schema = {
    "row": pl.Int64,  # in the job file
    "model": pl.String,
    "input_tokens": pl.Int64,  # as they were billed
    "output_tokens": pl.Int64,
    "cost_pusd": pl.Int64,
}

_SUMS = ("input_tokens", "output_tokens", "reasoning_tokens", "cost_pusd", "cost_low_pusd", "cost_range_pusd")
_ENDS = ("cost_low_pusd", "cost_range_pusd")
"""The range of the total is not the sum of its requests' ranges: it moves as a whole, and stays as wide as it was."""
_MONEY = ("cost_pusd", "cost_low_pusd", "cost_range_pusd", "cost_high_pusd")


def with_pilot(plan: Plan, adopted: pl.DataFrame, pilot: Piloted) -> Plan:
    """The plan with the answers of a pilot in the place of what it had planned for these requests.

    `adopted` is ADOPTED; a model that the plan does not know keeps its request as planned. All that the pilot spent is
    in the plan's cost then, once: what its adopted answers cost as these requests' cost, the rest beside them. The hard
    cap grows with it, but for one that was asked for; so do the bounds of the cost.
    """
    return _with_answers(plan, adopted, pilot, "pilot")


def with_certificate(plan: Plan, adopted: pl.DataFrame, certified: CertifiedBy) -> Plan:
    """The same with the answers of the hold-out that tested it, beside those of its pilot."""
    found = _with_answers(plan, adopted, certified.hold_out, "certifying")
    counted = structs.replace(certified, hold_out=found.header.pilot or certified.hold_out)
    return replace(found, header=structs.replace(found.header, pilot=plan.header.pilot, certified=counted))


def _with_answers(plan: Plan, adopted: pl.DataFrame, pilot: Piloted, cause: str) -> Plan:
    known = check(adopted, ADOPTED).filter(pl.col("model").is_in(list(plan.header.models)))
    own = plan.assignments.filter(pl.col("duplicate_of").is_null()).select("row").collect()["row"]
    known = known.filter(pl.col("row").is_in(own.implode()))
    settled = _settled(plan.assignments, known)
    counted = structs.replace(pilot, adopted=known.height, adopted_pusd=PicoUSD(int(known["cost_pusd"].sum())))
    beside = pilot.spent_pusd - counted.adopted_pusd
    before, after = _sums(plan.assignments, known), _sums(settled, known)
    moved = {name: after[name] - before[name] + (beside if name in _MONEY else 0) for name in _SUMS}
    return replace(plan, header=_counted(plan.header, counted, moved, cause), assignments=settled)


def _settled(assignments: pl.LazyFrame, adopted: pl.DataFrame) -> pl.LazyFrame:
    """The ASSIGNMENTS with these answers in them; duplicates follow their first."""
    if adopted.is_empty():
        return assignments
    first = pl.coalesce("duplicate_of", "row")
    told = {name: first.replace_strict(adopted["row"], adopted[name], default=None) for name in list(ADOPTED)[1:]}
    is_first = pl.col("duplicate_of").is_null()
    cost = pl.when(is_first).then(told["cost_pusd"]).otherwise(0)
    new = {
        "model": told["model"],
        "service_tier": pl.lit(ServiceTier.STANDARD.value, SERVICE_TIER),
        "input_tokens": told["input_tokens"],
        "output_tokens": told["output_tokens"],
        "reasoning_tokens": pl.lit(0, pl.Int64),
        **dict.fromkeys(_MONEY, cost),
        "reason": pl.lit(ANSWERED),
        "escalate_to": pl.lit(None, pl.String),
    }
    there = told["model"].is_not_null()
    changed = assignments.with_columns(
        pl.when(there).then(value).otherwise(pl.col(name)).alias(name) for name, value in new.items()
    )
    return check(changed.select(list(ASSIGNMENTS)), ASSIGNMENTS)


def _sums(assignments: pl.LazyFrame, adopted: pl.DataFrame) -> dict[str, int]:
    """What the adopted requests take, in sum."""
    rows = assignments.filter(pl.col("row").is_in(adopted["row"].implode()))
    return {name: int(value) for name, value in rows.select(pl.col(*_SUMS).sum()).collect().row(0, named=True).items()}


def _counted(header: PlanHeader, pilot: Piloted, moved: dict[str, int], cause: str) -> PlanHeader:
    """The header whose money is more by what the pilot took; causes of the saving still add up to it."""
    totals = {name: getattr(header.totals, name) + by for name, by in moved.items()}
    more = PicoUSD(moved["cost_pusd"])
    totals |= {name: getattr(header.totals, name) + more for name in _ENDS}
    bound, asked = header.lower_bound_pusd, header.objective.max_cost is not None
    whole = structs.replace(header.totals, **totals)
    cap = header.hard_cap_pusd if asked else PicoUSD(header.hard_cap_pusd + max(more, 0) + pilot.held_pusd)
    kept = (text for text in header.warnings if not text.startswith(MAY_REACH))
    return structs.replace(
        header,
        pilot=pilot,
        warnings=(*kept, *range_warnings(whole, cap)),
        totals=whole,
        savings=(*header.savings, Saving(cause=cause, saved_pusd=PicoUSD(-more))) if header.savings else (),
        hard_cap_pusd=cap,
        lower_bound_pusd=None if bound is None else PicoUSD(bound + more),
    )
