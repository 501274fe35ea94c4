"""The plan as a problem for the optimiser: kinds of requests, their candidates, and what couples them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier, TaskType
from modelroute_cli.planning.accounts import Account
from modelroute_cli.planning.beliefs import GROUP, cell_errors, gate_errors
from modelroute_cli.planning.charges import Charges, priced, solve_charged, with_parts
from modelroute_cli.planning.coupling import Budget, Capacity, Constraint, Floor, Goal
from modelroute_cli.planning.curve import CurvePoint, curve
from modelroute_cli.planning.hull import Ints
from modelroute_cli.planning.measured import Measured
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.offers import MOST_WINDOWS
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.queues import Queue
from modelroute_cli.planning.risk import Risk
from modelroute_cli.planning.sharpen import sharpened
from modelroute_cli.planning.sought import Means
from modelroute_cli.planning.surely import solve_surely

_OFFER = ["prefix", "model", "service_tier"]


@dataclass(frozen=True, slots=True)
class Margin:
    """How sure a plan is to be that it keeps its floors: with `z` standard errors of what was measured to spare.

    `paired`: those of the difference to the baseline, where the floor is a share of its quality.
    """

    measured: Measured
    z: float
    paired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked: the cheapest plan of a quality, else the best within a cost; and what holds besides."""

    min_quality: float | None = None
    max_cost: PicoUSD | None = None  # counts only where no quality is asked for
    by_task_type: Mapping[TaskType, float] = field(default_factory=dict)
    accounts: tuple[Account, ...] = ()
    queues: tuple[Queue, ...] = ()  # of what is handed in
    margin: Margin | None = None  # None: quality is taken as it is believed

    @property
    def goal(self) -> Goal:
        """What is made as good as possible."""
        return Goal.CHEAPEST if self.min_quality is not None or self.max_cost is None else Goal.BEST


def make_risk(candidates: pl.DataFrame, kinds: pl.DataFrame, margin: Margin) -> Risk:
    """What is unsure of `candidates` (by row) of `kinds` (by row) that are in a measured group.

    A cascade is as unsure as its strong model, and besides as its measured difference to that one. A model that the
    group has no cell of is as unsure as the prior table says, lest it win by never being measured.
    """
    own = candidates.select("row", "model", "escalate_to", prior=pl.col("quality") - pl.col("quality_low"))
    grouped = own.join(kinds.select("row", GROUP), on="row", how="left", maintain_order="left")
    asked = grouped.with_columns(believed=pl.coalesce("escalate_to", "model"))
    cells = cell_errors(margin.measured).rename({"model": "believed"})
    known = asked.join(cells, on=[GROUP, "believed"], how="left", maintain_order="left")
    gates = gate_errors(margin.measured)
    known = known.join(gates, on=[GROUP, "model", "escalate_to"], how="left", maintain_order="left")
    prior = pl.when(pl.col(GROUP).is_not_null()).then("prior").otherwise(0.0)
    more = pl.col("gate_error").fill_null(0.0)
    errors = known.select((pl.coalesce(name, prior) + more).alias(name) for name in ("se", "se_paired"))
    error, paired = errors["se"].to_numpy(), errors["se_paired"].to_numpy()
    place = kinds.select(pl.col(GROUP).rank("dense").cast(pl.Int64) - 1).to_series().fill_null(-1)
    return Risk(z=margin.z, group=place.to_numpy(), se=paired if margin.paired else error, se_own=error)


def make_problem(candidates: pl.DataFrame, kinds: pl.DataFrame, wanted: Wanted) -> Problem:
    """The problem of `candidates` (by row) for `kinds` (by row): each kind is a row of it."""
    return Problem(
        owner=candidates["row"].rle_id().cast(pl.Int64).to_numpy(),
        cost_pusd=candidates["cost_pusd"].to_numpy(),
        quality=candidates["quality"].to_numpy(),
        weight=kinds["copies"].to_numpy(),
        count=kinds["requests"].to_numpy(),
        constraints=tuple(_constraints(candidates, kinds, wanted)),
    )


def _constraints(candidates: pl.DataFrame, kinds: pl.DataFrame, wanted: Wanted) -> Iterator[Constraint]:
    """The floor or the budget of the whole job, then floors of task types, then what accounts and queues can take."""
    if wanted.goal is Goal.BEST and wanted.max_cost is not None:
        yield Budget(wanted.max_cost)
    elif wanted.min_quality:
        yield Floor(wanted.min_quality)
    for task, quality in wanted.by_task_type.items():
        rows = (kinds["task_type"].cast(pl.String) == task.value).to_numpy()
        if quality and rows.any():
            yield Floor(quality, rows, f"mean quality of `{task.value}`")
    for account in wanted.accounts:
        yield Capacity(account.name, _use(candidates, account), account.limit)
    for queue in wanted.queues:
        yield from _fills(queue, candidates, kinds)


def _fills(queue: Queue, candidates: pl.DataFrame, kinds: pl.DataFrame) -> Iterator[Capacity]:
    """What a queue takes of those that can wait for one window, for two and so on; none of what it holds anyway."""
    waits = candidates.join(kinds.select("row", "patience_s"), on="row", how="left", maintain_order="left")
    owner, counts = candidates["row"].rle_id().to_numpy(), kinds["requests"].to_numpy()
    before = -1
    for windows in range(1, MOST_WINDOWS + 1):
        use = queue.use(candidates, waits["patience_s"], windows)
        limit = queue.holds(windows, int(use.max(initial=0)))
        most = np.zeros(len(counts), np.int64)
        np.maximum.at(most, owner, use)
        asked = int(most.astype(object) @ counts)
        if asked > limit and asked > before:
            yield Capacity(queue.name, use, limit)
        before = asked


def _use(candidates: pl.DataFrame, account: Account) -> Ints:
    """What one request takes of an account on each candidate: providers count the whole output limit at admission."""
    tokens = pl.col("input_tokens") + pl.col("max_tokens") if account.counts_tokens else pl.lit(1, pl.Int64)
    waits = pl.col("service_tier").cast(pl.String) == ServiceTier.BATCH.value
    draws = pl.col("model").is_in(list(account.models)) & ~waits
    return candidates.select(pl.when(draws).then(tokens).otherwise(0).cast(pl.Int64)).to_series().to_numpy()


def make_charges(candidates: pl.DataFrame, kinds: pl.DataFrame, goal: Goal) -> Charges | None:
    """What writing each shared beginning costs each offer; None where nothing is shared.

    A charge is the same for all requests of a group unless they lie on two sides of a long-context price; then the
    lowest counts for the bound of a cost, and the highest where a budget must hold.
    """
    if kinds["prefix"].null_count() == kinds.height:
        return None
    known = candidates.join(kinds.select("row", "prefix"), on="row", how="left", maintain_order="left")
    named = pl.when(pl.col("setup_pusd") > 0, pl.col("prefix").is_not_null()).then(pl.struct(_OFFER))
    marked = known.with_columns(named.rank("dense").cast(pl.Int64).sub(1).fill_null(-1).alias("charge"))
    dearest = goal is Goal.BEST
    amount = pl.col("setup_pusd").max() if dearest else pl.col("setup_pusd").min()
    each = marked.filter(pl.col("charge") >= 0).group_by("charge").agg(amount, pl.col("prefix").first()).sort("charge")
    if not each.height:
        return None
    group = each["prefix"].rank("dense").cast(pl.Int64).to_numpy() - 1
    return Charges(marked["charge"].to_numpy(), each["setup_pusd"].to_numpy(), group)


def least_costs(candidates: pl.DataFrame, kinds: pl.DataFrame, points: int) -> tuple[CurvePoint, ...]:
    """What each quality costs at least, floors and limits of accounts aside; no plan with its charges is below it."""
    problem = make_problem(candidates, kinds, Wanted())
    return curve(with_parts(problem, make_charges(candidates, kinds, Goal.CHEAPEST)), points)


def optimum(candidates: pl.DataFrame, kinds: pl.DataFrame, wanted: Wanted) -> Solution:
    """The plan that is wanted, as good as is certified; InfeasibleError where there is none."""
    charges = make_charges(candidates, kinds, wanted.goal)

    def quick(problem: Problem, goal: Goal) -> Solution:
        return solve_charged(problem, charges, goal)

    return _solved(candidates, kinds, wanted, Means(quick, quick, partial(_priced, charges)))


def proven_optimum(candidates: pl.DataFrame, kinds: pl.DataFrame, wanted: Wanted) -> Solution:
    """The same, with the bound of whole plans where the job is small and the gap shows; not beside charges."""
    charges = make_charges(candidates, kinds, wanted.goal)

    def quick(problem: Problem, goal: Goal) -> Solution:
        return solve_charged(problem, charges, goal)

    def fine(problem: Problem, goal: Goal) -> Solution:
        found = quick(problem, goal)
        return found if charges is not None else sharpened(problem, goal, found)

    return _solved(candidates, kinds, wanted, Means(quick, fine, partial(_priced, charges)))


def _priced(charges: Charges | None, problem: Problem, portions: Portions) -> Solution:
    """What a plan comes to with its charges."""
    return priced(problem, charges, portions)


def _solved(candidates: pl.DataFrame, kinds: pl.DataFrame, wanted: Wanted, means: Means) -> Solution:
    """The plan that is wanted: with certainty where that is asked for and something was measured."""
    problem = make_problem(candidates, kinds, wanted)
    if wanted.margin is None or GROUP not in kinds.columns:
        return means.fine(problem, wanted.goal)
    return solve_surely(problem, make_risk(candidates, kinds, wanted.margin), wanted.goal, means)
