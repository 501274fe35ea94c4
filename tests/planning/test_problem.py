"""What is asked, as a problem for the optimiser."""

import polars as pl
import pytest

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import TaskType
from modelroute_cli.planning.accounts import Account
from modelroute_cli.planning.coupling import Goal
from modelroute_cli.planning.problem import Wanted, least_costs, make_charges, optimum

CANDIDATES = pl.DataFrame(
    {
        "row": [0, 0, 7, 7],
        "model": ["cheap", "good", "cheap", "good"],
        "cost_pusd": [10, 50, 10, 50],
        "quality": [0.5, 1.0, 0.5, 1.0],
        "service_tier": ["standard"] * 4,
        "setup_pusd": [0] * 4,
    }
)
KINDS = pl.DataFrame(
    {"row": [0, 7], "requests": [1, 1], "copies": [1, 3], "task_type": ["email", "code"], "prefix": [None, None]}
)


@pytest.mark.parametrize(
    ("min_quality", "max_cost", "models"),
    [
        (0.5, None, ["cheap", "cheap"]),
        (0.8, None, ["cheap", "good"]),
        (1.0, None, ["good", "good"]),
        (0.8, PicoUSD(1), ["cheap", "good"]),
        (None, PicoUSD(60), ["cheap", "good"]),
        (None, PicoUSD(20), ["cheap", "cheap"]),
        (None, None, ["cheap", "cheap"]),
    ],
)
def test_what_was_asked_is_solved(min_quality: float | None, max_cost: PicoUSD | None, models: list[str]) -> None:
    """A quality is met most cheaply, a cost alone buys the most, nothing asked is the cheapest; rows need no order."""
    wanted = Wanted(min_quality=min_quality, max_cost=max_cost)
    solution = optimum(CANDIDATES, KINDS, wanted)
    assert CANDIDATES[solution.portions.candidate]["model"].to_list() == models


def models_of(wanted: Wanted, candidates: pl.DataFrame = CANDIDATES, kinds: pl.DataFrame = KINDS) -> list[str]:
    """The models of the optimum, a row each."""
    solution = optimum(candidates, kinds, wanted)
    return candidates[solution.portions.candidate]["model"].to_list()


def test_a_task_type_keeps_a_floor_of_its_own() -> None:
    """Beside that of the whole job; one that the job does not have asks for nothing."""
    floors = {TaskType.EMAIL: 0.9, TaskType.MATH: 1.0}
    assert models_of(Wanted(min_quality=0.5, by_task_type=floors)) == ["good", "cheap"]
    assert models_of(Wanted(by_task_type={TaskType.CODE: 0.9})) == ["cheap", "good"]
    assert models_of(Wanted(max_cost=PicoUSD(60), by_task_type={TaskType.EMAIL: 0.9})) == ["good", "cheap"]


def test_a_task_type_s_floor_out_of_reach_is_named() -> None:
    """With the best that can be had."""
    worse = CANDIDATES.with_columns(quality=pl.col("quality") * 0.9)
    with pytest.raises(InfeasibleError) as caught:
        models_of(Wanted(min_quality=0.4, by_task_type={TaskType.EMAIL: 0.95}), worse)
    assert caught.value.message == (
        "mean quality of `email` `0.95` cannot be reached: the best that the allowed models give is 0.900"
    )


TOKENS = CANDIDATES.with_columns(input_tokens=pl.lit(100), max_tokens=pl.lit(50))


@pytest.mark.parametrize(("limit", "models"), [(300, ["cheap", "cheap"]), (299, ["cheap", "good"])])
def test_an_account_takes_no_more_than_it_can_until_the_deadline(limit: int, models: list[str]) -> None:
    """Input and the whole output limit count, as providers count at admission; the rest goes elsewhere."""
    account = Account(name="a tokens", models=frozenset({"cheap"}), limit=limit, counts_tokens=True)
    found = models_of(Wanted(min_quality=0.0, accounts=(account,)), TOKENS)
    assert sorted(found) == sorted(models)


def test_requests_are_counted_too_and_batches_are_not() -> None:
    """A batch waits in a queue of its own."""
    account = Account(name="a requests", models=frozenset({"cheap"}), limit=1, counts_tokens=False)
    wanted = Wanted(min_quality=0.0, accounts=(account,))
    assert sorted(models_of(wanted, TOKENS)) == ["cheap", "good"]
    assert models_of(wanted, TOKENS.with_columns(service_tier=pl.lit("batch"))) == ["cheap", "cheap"]


SHARED = KINDS.with_columns(prefix=pl.Series([5, 5]))


def test_a_shared_beginning_is_a_charge_that_is_paid_once() -> None:
    """Two requests on one model pay it once: that is what makes the group stay together."""
    charged = CANDIDATES.with_columns(setup_pusd=pl.Series([100, 45, 100, 45]))
    charges = make_charges(charged, SHARED, Goal.CHEAPEST)
    assert charges is not None
    assert (charges.needed.tolist(), charges.cost_pusd.tolist()) == ([0, 1, 0, 1], [100, 45])
    assert charges.group.tolist() == [0, 0]
    solution = optimum(charged, SHARED, Wanted(min_quality=0.0))
    assert charged[solution.portions.candidate]["model"].to_list() == ["cheap", "cheap"]
    assert solution.cost_pusd == 120
    dearer = CANDIDATES.with_columns(setup_pusd=pl.Series([100, 10, 100, 10]))
    assert models_of(Wanted(min_quality=0.0), dearer, SHARED) == ["good", "good"]


def test_where_a_group_s_charges_differ_the_one_that_keeps_the_promise_counts() -> None:
    """The least for the bound of a cost, the most where a budget must hold."""
    charged = CANDIDATES.with_columns(setup_pusd=pl.Series([7, 0, 9, 0]))
    cheapest = make_charges(charged, SHARED, Goal.CHEAPEST)
    best = make_charges(charged, SHARED, Goal.BEST)
    assert cheapest is not None
    assert best is not None
    assert (cheapest.cost_pusd.tolist(), best.cost_pusd.tolist()) == ([7], [9])
    assert cheapest.needed.tolist() == [0, -1, 0, -1]


def test_the_curve_bears_the_charges() -> None:
    """No plan with its charges is below it: each of two requests bears half of what both share."""
    charged = CANDIDATES.with_columns(setup_pusd=pl.Series([30, 10, 30, 10]))
    points = least_costs(charged, SHARED, 10)
    assert (points[0].cost_pusd, points[-1].cost_pusd) == (2 * (10 + 15), 2 * (50 + 5))
    assert points[0].cost_pusd <= optimum(charged, SHARED, Wanted()).cost_pusd == 50
    assert least_costs(CANDIDATES, KINDS, 10)[0].cost_pusd == 20


def test_without_shared_beginnings_there_is_no_charge() -> None:
    """Nor where no offer charges for them."""
    assert make_charges(CANDIDATES, KINDS, Goal.CHEAPEST) is None
    assert make_charges(CANDIDATES, SHARED, Goal.CHEAPEST) is None
