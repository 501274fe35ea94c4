"""Plans from the safest to the cheapest, and which of them may run."""

import numpy as np
import pytest

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.statistics import Floats
from modelroute_cli.pilot.certify import Known, Method, Promise
from modelroute_cli.pilot.certify_draws import uniform
from modelroute_cli.pilot.ladder import Rung, certify_ladder, undecided

FLOOR = Promise(0.97)
DRAWS = uniform(1_000, 100_000)


def rung(name: str, cost: int, lost: int, *, count: int = 1_000) -> Rung:
    """A plan that wins 2% of the pairs and loses `lost`, in a random order that is always the same."""
    won = count // 50
    d = np.repeat([1.0, -0.97, 0.03], [won, lost, count - won - lost])
    return Rung(name, PicoUSD(cost), np.random.default_rng(7).permutation(d))


GOOD, CHEAPER, BAD, CHEAPEST = rung("1.03", 90, 5), rung("1.00", 60, 20), rung("0.97", 30, 50), rung("0.94", 10, 20)


@pytest.mark.parametrize("method", list(Method))
def test_the_cheapest_plan_before_the_first_failure_runs(method: Method) -> None:
    """What lies behind a failure is not looked at, however good."""
    found = certify_ladder([GOOD, CHEAPER, BAD, CHEAPEST], DRAWS, FLOOR, method)
    assert found.rung == CHEAPER
    assert [each.rung.name for each in found.climbed] == ["1.03", "1.00", "0.97"]
    assert [each.finding.passed for each in found.climbed] == [True, True, False]
    assert (found.draws, found.promise, found.method) == (1_000, FLOOR, method)


def test_where_the_safest_fails_only_the_baseline_may_run() -> None:
    """No plan is certified."""
    found = certify_ladder([BAD, CHEAPEST], DRAWS, FLOOR, Method.FIXED)
    assert found.rung is None
    assert len(found.climbed) == 1


def test_where_all_pass_the_cheapest_runs() -> None:
    """The last of them."""
    assert certify_ladder([GOOD, CHEAPER], DRAWS, FLOOR, Method.FIXED).rung == CHEAPER


def test_a_ladder_without_plans_certifies_none() -> None:
    """And there is nothing to decide."""
    assert certify_ladder([], DRAWS, FLOOR, Method.FIXED).rung is None
    assert not undecided([], DRAWS, FLOOR)


def test_every_plan_is_judged_by_all_draws() -> None:
    """One difference for each."""
    with pytest.raises(ValueError, match=r"^`1\.03` has 900 differences for 1000 draws$"):
        certify_ladder([rung("1.03", 9, 5, count=900)], DRAWS, FLOOR, Method.FIXED)


def test_draws_go_on_while_they_can_change_the_outcome() -> None:
    """Not when all passed, nor when the first failure is refuted; where neither is known yet, more is bought."""
    assert not undecided([GOOD, CHEAPER], DRAWS, FLOOR)
    assert not undecided([GOOD, rung("0.9", 5, 100)], DRAWS, FLOOR)
    assert undecided([GOOD, rung("0.98", 40, 35)], DRAWS, FLOOR)


def test_what_was_known_before_goes_with_its_rung() -> None:
    """Each plan has its own answers to the requests of the pilot."""
    weak = rung("0.98", 40, 42)
    helped = Rung(weak.name, weak.cost_pusd, weak.d, Known(50_000, 5_000.0))
    assert certify_ladder([weak], DRAWS, FLOOR, Method.FIXED).rung is None
    assert certify_ladder([helped], DRAWS, FLOOR, Method.FIXED).rung == helped
    assert not undecided([Rung("0.98", PicoUSD(40), weak.d, Known(50_000, -9_000.0))], DRAWS, FLOOR)


def nested(random: np.random.Generator, losses: list[float], draws: int) -> list[Floats]:
    """Plans that each lose what the one before lost and more: the same draws, D of each rung."""
    chance, right = random.random(draws), random.random(draws) < 0.9
    return [np.where(right, np.where(chance < loss, -0.97, 0.03), 0.0) for loss in losses]


@pytest.mark.parametrize(("method", "trials"), [(Method.FIXED, 40), (Method.ANY_TIME, 200)])
def test_a_ladder_runs_a_broken_plan_at_most_once_in_twenty(method: Method, trials: int) -> None:
    """Five rungs, the third of them just broken (3% of right answers lost), no penalty for the number of tests."""
    random = np.random.default_rng(12)
    false = 0
    for _ in range(trials):
        rows = nested(random, [0.002, 0.008, 0.03, 0.032, 0.05], 600)
        rungs = [Rung(str(at), PicoUSD(100 - at), d) for at, d in enumerate(rows)]
        found = certify_ladder(rungs, uniform(600, 10**6), FLOOR, method).rung
        false += found is not None and int(found.name) >= 2
    assert false <= trials * (0.05 + 2 * (0.05 * 0.95 / trials) ** 0.5)
