"""What a plan adds up to, how sure that is, and the hard cap that follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.expect import Expectations
from modelroute_cli.planning.figures import mean, total
from modelroute_cli.planning.plan import Totals


@dataclass(frozen=True, slots=True)
class HardCap:
    """Money that a run can never pass, and where the number comes from."""

    cap_pusd: PicoUSD
    source: str


def make_totals(assigned: pl.DataFrame, chosen: pl.DataFrame, known: Expectations) -> Totals:
    """Sums over `assigned` (ASSIGNMENTS); `chosen` are the quotes of what is sent."""
    sent = assigned.filter(pl.col("duplicate_of").is_null())
    cost = total(sent["cost_pusd"])
    half = _half_range(chosen, known)
    return Totals(
        requests=sent.height,
        duplicates=assigned.height - sent.height,
        input_tokens=int(sent["input_tokens"].sum()),
        output_tokens=int(sent["output_tokens"].sum()),
        reasoning_tokens=int(sent["reasoning_tokens"].sum()),
        cost_pusd=cost,
        cost_low_pusd=PicoUSD(max(cost - half, total(sent["cost_low_pusd"]))),
        cost_range_pusd=PicoUSD(min(cost + half, total(sent["cost_range_pusd"]))),
        quality=mean(assigned["quality"]),
        quality_low=mean(assigned["quality_low"]),
    )


def _half_range(chosen: pl.DataFrame, known: Expectations) -> int:
    """Half the 90% range of the total: what each request may be off by itself, and what all are off by together.

    Single requests average out (root of the sum of squares); the error of the assumed mean length is shared by all and
    does not, so it is what counts in any job of size (on generated jobs of 100,000 rows, an interval from row noise
    alone held in 1 to 11 of 100 cases).
    """
    own = ((chosen["cost_range_pusd"] - chosen["cost_low_pusd"]) // 2).to_list()
    visible = _part(chosen, pl.col("output_tokens") - pl.col("reasoning_tokens"))
    hidden = total(chosen["output_cost_pusd"]) - visible
    shared = visible * Fraction(str(known.lengths.shared_error)) + hidden * Fraction(str(known.reasoning.shared_error))
    return half_range(own, int(shared))


def half_range(own: Iterable[int], shared: int) -> int:
    """Half the 90% range of a sum: `own` are the halves of what is unsure of each by itself, `shared` of all together.

    Independent errors add in squares; benchmarks/length_coverage.py measures how often it holds on real answers.
    """
    return isqrt(sum(half * half for half in own) + shared**2)


def _part(chosen: pl.DataFrame, tokens: pl.Expr) -> int:
    """The output cost of some of the output tokens: all of a request's output tokens cost the same."""
    each = pl.col("output_cost_pusd") // pl.max_horizontal("output_tokens", 1)
    return total(chosen.select(each * tokens).to_series())


def make_cap(assigned: pl.DataFrame, totals: Totals, max_cost: PicoUSD | None, factor: str) -> HardCap:
    """The user's maximum, else the projection times `factor`, with room for the dearest request at least."""
    if max_cost is not None:
        return HardCap(max_cost, "`--max-cost`")
    share = Fraction(factor)
    scaled = -(-totals.cost_pusd * share.numerator // share.denominator)
    least = totals.cost_pusd + max(assigned["cost_high_pusd"].to_list(), default=0)
    if scaled >= least:
        return HardCap(PicoUSD(scaled), f"projected x {factor}")
    return HardCap(PicoUSD(least), "projected, and room for the most that its dearest request can cost")
