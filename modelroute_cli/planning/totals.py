"""What a plan adds up to, how sure that is, and the hard cap that follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import polars as pl
from msgspec import structs

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import HANDED_IN
from modelroute_cli.planning.expect import Expectations
from modelroute_cli.planning.figures import count_requests, mean, total
from modelroute_cli.planning.optimize import Solution
from modelroute_cli.planning.plan import Judging, Questions, Totals


@dataclass(frozen=True, slots=True)
class HardCap:
    """Money that a run can never pass, and where the number comes from."""

    cap_pusd: PicoUSD
    source: str


def make_totals(portions: pl.DataFrame, known: Expectations, solution: Solution | None = None) -> Totals:
    """Sums over the plan's portions: QUOTES of what each request is given, `requests` of them, each for `copies`.

    Where quality was measured it is the bound that the `solution` keeps, else the mean of what is believed.
    """
    kept = None if solution is None or solution.expected_quality is None else solution.quality
    requests = portions["requests"]
    answers = requests * portions["copies"]
    cost = total(portions["cost_pusd"], requests)
    half = _half_range(portions, known)
    return Totals(
        requests=int(requests.sum()),
        duplicates=int(answers.sum()) - int(requests.sum()),
        input_tokens=int((portions["input_tokens"] * requests).sum()),
        output_tokens=int((portions["output_tokens"] * requests).sum()),
        reasoning_tokens=int((portions["reasoning_tokens"] * requests).sum()),
        cost_pusd=cost,
        cost_low_pusd=PicoUSD(max(cost - half, total(portions["cost_low_pusd"], requests))),
        cost_range_pusd=PicoUSD(min(cost + half, total(portions["cost_range_pusd"], requests))),
        quality=mean(portions["quality"], answers) if kept is None else kept,
        quality_low=mean(portions["quality_low"], answers),
    )


def _half_range(portions: pl.DataFrame, known: Expectations) -> int:
    """Half the 90% range of the total: what each request may be off by itself, and what all are off by together.

    Single requests average out (root of the sum of squares); the error of the assumed mean length is shared by all and
    does not, so it is what counts in any job of size (on generated jobs of 100,000 rows, an interval from row noise
    alone held in 1 to 11 of 100 cases).
    """
    own = ((portions["cost_range_pusd"] - portions["cost_low_pusd"]) // 2).to_list()
    visible = _part(portions, pl.col("output_tokens") - pl.col("reasoning_tokens"))
    hidden = total(portions["output_cost_pusd"], portions["requests"]) - visible
    shared = visible * Fraction(str(known.lengths.shared_error)) + hidden * Fraction(str(known.reasoning.shared_error))
    return half_range(zip(own, portions["requests"].to_list(), strict=True), int(shared))


def half_range(own: Iterable[tuple[int, int]], shared: int) -> int:
    """Half the 90% range of a sum: `own` are the halves of what is unsure of each by itself, and of how many.

    `shared` is what is unsure of all together. Independent errors add in squares; benchmarks/length_coverage.py
    measures how often it holds on real answers.
    """
    return isqrt(sum(half * half * count for half, count in own) + shared**2)


def _part(portions: pl.DataFrame, tokens: pl.Expr) -> int:
    """The output cost of some of the output tokens: all of a request's output tokens cost the same."""
    each = pl.col("output_cost_pusd") // pl.max_horizontal("output_tokens", 1)
    return total(portions.select(each * tokens).to_series(), portions["requests"])


def with_questions(totals: Totals, questions: Questions | None) -> Totals:
    """The totals with what asking costs."""
    if questions is None:
        return totals
    low, high = questions.cost_low_pusd, questions.cost_range_pusd
    if not questions.pending:
        low, high = questions.spent_pusd, questions.most_pusd
    return structs.replace(
        totals,
        cost_pusd=PicoUSD(totals.cost_pusd + questions.expected_pusd),
        cost_low_pusd=PicoUSD(totals.cost_low_pusd + low),
        cost_range_pusd=PicoUSD(totals.cost_range_pusd + high),
    )


def with_judging(totals: Totals, judging: Iterable[Judging]) -> Totals:
    """The totals with what judges cost."""
    lines = tuple(judging)
    return structs.replace(
        totals,
        cost_pusd=PicoUSD(totals.cost_pusd + sum(line.cost_pusd for line in lines)),
        cost_low_pusd=PicoUSD(totals.cost_low_pusd + sum(line.cost_low_pusd for line in lines)),
        cost_range_pusd=PicoUSD(totals.cost_range_pusd + sum(line.cost_range_pusd for line in lines)),
    )


@dataclass(frozen=True, slots=True)
class Besides:
    """What is paid beside the requests themselves."""

    questions: Questions | None = None
    judging: tuple[Judging, ...] = ()

    @property
    def unsure_pusd(self) -> int:
        """How much more it can cost than expected before the run stops for it: all questions, and one judge's call."""
        asking = self.questions.most_pusd - self.questions.expected_pusd if self.questions else 0
        return asking + max((line.cost_high_pusd for line in self.judging), default=0)


NOTHING_BESIDES = Besides()


def make_cap(
    portions: pl.DataFrame,
    totals: Totals,
    max_cost: PicoUSD | None,
    factor: str,
    besides: Besides = NOTHING_BESIDES,
) -> HardCap:
    """The user's maximum, else the projection times `factor`, with room for the dearest request at least.

    It has room for the most that asking and one judge's call can cost, too; `totals` include what is expected of them.
    What is handed in is reserved whole before it is: the cap has room for the most that all of it can cost.
    """
    if max_cost is not None:
        return HardCap(max_cost, "`--max-cost`")
    waits = pl.col("service_tier").cast(pl.String).is_in(sorted(HANDED_IN))
    waiting, sent = portions.filter(waits), portions.filter(~waits)
    at_once = _at_once(sent, totals.cost_pusd - total(waiting["cost_pusd"], waiting["requests"]), factor, besides)
    return at_once if not waiting.height else _with_handed_in(at_once, waiting, sent)


def _with_handed_in(at_once: HardCap, waiting: pl.DataFrame, sent: pl.DataFrame) -> HardCap:
    """The cap of both: were the others to cost more than expected, a part of the batches would wait for its money.

    So what is sent at once has room up to the high end of each request, too, and the last one up to its worst case.
    """
    reserved = total(waiting["cost_high_pusd"], waiting["requests"])
    high = total(sent["cost_range_pusd"], sent["requests"]) + max(sent["cost_high_pusd"].to_list(), default=0)
    cap = PicoUSD(max(at_once.cap_pusd, high) + reserved)
    return HardCap(cap, reserved_source(int(waiting["requests"].sum())))


def reserved_source(requests: int) -> str:
    """Why a hard cap is far above the projection: so many requests are handed in."""
    return f"all that {count_requests(requests)} handed in can cost, reserved whole"


def _at_once(sent: pl.DataFrame, cost: int, factor: str, besides: Besides) -> HardCap:
    """The cap of what is `sent` one by one, questions and judges with it, and is expected to cost so much."""
    share = Fraction(factor)
    scaled = -(-cost * share.numerator // share.denominator)
    dearest = max(sent["cost_high_pusd"].to_list(), default=0)
    least = cost + dearest + besides.unsure_pusd
    if scaled >= least:
        return HardCap(PicoUSD(scaled), f"projected x {factor}")
    return HardCap(PicoUSD(least), "projected, and room for the most that its dearest request can cost")
