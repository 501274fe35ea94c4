"""The ladder of a promise: which targets plans are made for, and which of these plans are worth a test."""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.plan import Plan

_SAFEST = 1.03
_STEP = 0.01
_MOST_ABOVE = 10
_ROUNDING = 1e-9
_WORTH = 0.01


@dataclass(frozen=True, slots=True)
class LadderPlan:
    """A plan made for `target` times the baseline's quality."""

    target: float
    plan: Plan
    digest: str

    @property
    def cost_pusd(self) -> PicoUSD:
        """What it is expected to cost."""
        return self.plan.header.totals.cost_pusd


def targets(asked: float) -> tuple[float, ...]:
    """From 1.03 times the baseline's quality down to the asked share of it; the asked one is the last.

    By hundredths, or by so many that eleven are enough. A plan whose true quality is just what is promised is hardly
    ever certified, so most of them aim above.
    """
    step = _STEP * max(math.ceil((_SAFEST - asked) / _STEP / _MOST_ABOVE - _ROUNDING), 1)
    above = (round(_SAFEST - step * at, 4) for at in range(_MOST_ABOVE))
    return (*(target for target in above if target > asked + _STEP / 4), asked)


def ladder(plans: Iterable[LadderPlan], bill_pusd: PicoUSD) -> tuple[LadderPlan, ...]:
    """The plans that are tested, the safest first: each cheaper than the one before by 1% of the baseline's bill.

    Plans of nearly one cost are one rung, the safer one: every rung more is one more that can fail on the way. The
    first is as much cheaper than `bill_pusd`, the baseline's own plan, which needs no certificate.
    """
    kept: list[LadderPlan] = []
    most = bill_pusd
    for each in plans:
        if each.cost_pusd <= most - bill_pusd * _WORTH:
            kept.append(each)
            most = each.cost_pusd
    return tuple(kept)


def plan_digest(plan: Plan) -> str:
    """Who answers which request, as a digest: a certificate holds for a plan with the same one, and no other.

    Prices, tiers and lengths are not in it: they change no answer.
    """
    who = plan.assignments.select(
        "row", "duplicate_of", pl.col("model").cast(pl.String), pl.col("escalate_to").cast(pl.String)
    )
    return hashlib.sha256(who.sort("row").collect().write_csv().encode()).hexdigest()[:16]


def choices_of(plan: Plan, rows: Sequence[int]) -> pl.DataFrame:
    """`model` and `escalate_to` of these rows, in their order."""
    wanted = pl.DataFrame({"row": rows}, schema={"row": pl.Int64})
    who = plan.assignments.select("row", pl.col("model").cast(pl.String), pl.col("escalate_to").cast(pl.String))
    return wanted.join(who.collect(), on="row", how="left", maintain_order="left")
