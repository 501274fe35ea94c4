"""CPU of the optimiser and of whole plans, beside HiGHS's linear program on the same numbers, in one run.

    python benchmarks/plan_small.py [ROWS]

Jobs are made up (lognormal sizes, ten candidates a row, dearer ones mostly better); what is measured is the method.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import highspy
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.planning_jobs import OPTIONS, job_of, requests_of, settings_of

from modelroute_cli.base.money import PER_USD
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.planning.make import make_plan
from modelroute_cli.planning.optimize import Problem, maximise_quality, minimise_cost

CANDIDATES = 10
FLOOR = 0.85
HIGHS_ROWS = (500, 2_000, 5_000)

T = TypeVar("T")


def made_up(rows: int) -> Problem:
    """A job of `rows` requests."""
    random = np.random.default_rng(1)
    price = np.geomspace(1, 60, CANDIDATES)
    cost = np.exp(random.normal(22, 1, (rows, 1))) * price
    quality = np.clip(0.35 + 0.15 * np.log(price) + random.normal(0, 0.08, (rows, CANDIDATES)), 0, 1)
    owner = np.repeat(np.arange(rows, dtype=np.int64), CANDIDATES)
    one = np.ones(rows, dtype=np.int64)
    return Problem(owner, np.ceil(cost).astype(np.int64).ravel(), quality.ravel(), one, one)


def measured(what: str, work: Callable[[], T]) -> T:
    """Run once and print the CPU seconds it took."""
    start = time.process_time()
    result = work()
    print(f"{time.process_time() - start:9.2f} CPU s  {what}")
    return result


def relaxed(problem: Problem) -> float:
    """HiGHS's optimum of the linear relaxation, in dollars."""
    rows, count = len(problem.weight), len(problem.owner)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, rows + 1
    lp.col_cost_ = problem.cost_pusd / PER_USD
    lp.col_lower_, lp.col_upper_ = np.zeros(count), np.ones(count)
    lp.row_lower_ = np.append(np.ones(rows), FLOOR * rows)
    lp.row_upper_ = np.append(np.ones(rows), highspy.kHighsInf)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.arange(0, 2 * count + 1, 2)
    lp.a_matrix_.index_ = np.column_stack([problem.owner, np.full(count, rows)]).ravel()
    lp.a_matrix_.value_ = np.column_stack([np.ones(count), problem.quality]).ravel()
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    model.passModel(lp)
    model.run()
    return float(model.getInfo().objective_function_value)


def beside_highs() -> None:
    """The same problem by both, growing."""
    for rows in HIGHS_ROWS:
        problem = made_up(rows)
        ours = measured(f"ours,  {rows:,} rows x {CANDIDATES}", partial(minimise_cost, problem, FLOOR))
        theirs = measured(f"HiGHS, {rows:,} rows x {CANDIDATES} (relaxed)", partial(relaxed, problem))
        assert ours.bound_cost_pusd is not None
        bound = ours.bound_cost_pusd / PER_USD
        print(
            f"{'':17}bound ${bound:.6f}, HiGHS ${theirs:.6f}, plan ${ours.cost_pusd / PER_USD:.6f}, gap {ours.gap:.1e}"
        )


def alone(rows: int) -> None:
    """The optimiser at full size, both ways round."""
    problem = made_up(rows)
    least = measured(
        f"cheapest of quality {FLOOR}, {rows:,} rows x {CANDIDATES}", lambda: minimise_cost(problem, FLOOR)
    )
    most = measured(
        f"best for that cost, {rows:,} rows x {CANDIDATES}", lambda: maximise_quality(problem, least.cost_pusd)
    )
    print(f"{'':17}gaps {least.gap:.1e} and {most.gap:.1e}, qualities {least.quality:.6f} and {most.quality:.6f}")


def whole_plan(rows: int) -> None:
    """From a REQUESTS frame to a plan: quotes of all models, candidates, optimum, baselines."""
    tasks = ("email", "code", "analysis", "summarization", "classification")
    requests = requests_of(
        *({"task_type": tasks[at % 5], "input_tokens": 50 + at % 997, "importance": "standard"} for at in range(rows))
    )
    settings = settings_of(objective__min_quality=FLOOR)
    catalog = load_catalog(settings)
    plan = measured(f"whole plan, {rows:,} requests", lambda: make_plan(job_of(requests), catalog, settings, OPTIONS))
    print(f"{'':17}gap {plan.header.gap:.1e}, models {sorted(set(plan.assignments.collect()['model']))}")


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    beside_highs()
    alone(size)
    whole_plan(size)
