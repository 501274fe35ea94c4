"""Rules of the compared methods: each keeps its promise by the table, and the global plan is the cheapest."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from replay_methods import METHODS, Known, Shares, oracle, threshold, two_models
from replay_outcomes import Table
from support.replayed import known, outcomes

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.planning.hull import Floats

PROMISED = (0.9, 0.95, 0.98, 0.99, 1.0)


def expected(of: Known, shares: Shares) -> tuple[int, float]:
    """Cost and mean quality by the table."""
    cost = sum(share.count * share.candidate.cost_pusd for share in shares)
    quality = sum(share.count * share.candidate.quality for share in shares)
    return cost, quality / int(of.counts.sum())


def table(quality: list[list[float]], cost: list[list[int]]) -> Table:
    """A table written out."""
    values = np.array(quality, float)
    return Table(np.array(cost), values, values, int(np.argmax(values.mean(axis=0))))


def two_kinds() -> Known:
    """A strong and a weak model, alike in the first category, far apart in the second."""
    return Known(("strong", "weak"), np.array([100, 100]), table([[0.9, 0.9], [0.9, 0.1]], [[100, 1], [100, 1]]))


@pytest.mark.parametrize(("name", "share"), list(product(sorted(METHODS), PROMISED)))
def test_every_method_promises_what_is_asked_and_answers_all(tmp_path: Path, name: str, share: float) -> None:
    """By the table the mean quality is at least the target, and every prompt has one candidate."""
    of = known(outcomes(tmp_path))
    shares = METHODS[name](of, share * of.premium_quality)
    assert expected(of, shares)[1] >= share * of.premium_quality - 1e-6
    assert sum(part.count for part in shares) == of.counts.sum()
    assert all(part.count > 0 for part in shares)


@pytest.mark.parametrize(("name", "share"), list(product(sorted(METHODS), PROMISED)))
def test_no_method_promises_it_for_less_than_the_global_plan(tmp_path: Path, name: str, share: float) -> None:
    """With the same table; but for one request that whole numbers cost."""
    of = known(outcomes(tmp_path))
    target = share * of.premium_quality
    ours, theirs = (expected(of, METHODS[method](of, target))[0] for method in ("global plan", name))
    assert ours <= theirs + int(of.table.cost_pusd.max())


def test_a_threshold_pays_for_quality_where_it_is_dear() -> None:
    """One q for all: the second category's small need lifts the first one's model too."""
    of = Known(("large", "small"), np.array([100, 100]), table([[1.0, 0.6], [0.7, 0.5]], [[100, 1], [10, 1]]))
    assert [share.candidate.model for share in threshold(of, 0.56)] == ["small", "large"]
    assert [share.candidate.model for share in threshold(of, 0.66)] == ["large", "large"]
    cost, quality = expected(of, METHODS["global plan"](of, 0.66))
    assert quality >= 0.66
    assert cost < expected(of, threshold(of, 0.66))[0] / 2


def test_a_threshold_falls_back_to_the_best() -> None:
    """Where no model has q, the best of the category answers."""
    shares = threshold(two_kinds(), 0.9)
    assert [(share.category, share.candidate.model) for share in shares] == [(0, "weak"), (1, "strong")]


def test_a_router_sends_the_largest_advantage_to_the_strong_model() -> None:
    """Half of the gap closed: half of the second category, nothing of the first."""
    shares = two_models(two_kinds(), 0.7)
    assert [(share.category, share.candidate.model, share.count) for share in shares] == [
        (1, "strong", 50),
        (0, "weak", 100),
        (1, "weak", 50),
    ]


def test_the_mixture_does_not_look_at_the_category(tmp_path: Path) -> None:
    """At most two models, each for prompts of all categories."""
    shares = METHODS["best mix of single models"](known(outcomes(tmp_path)), 0.85)
    assert len(shares) <= 2
    assert all(share.category is None for share in shares)


@pytest.mark.parametrize("name", ["best mix of single models", "strong/weak router", "threshold per request"])
def test_what_no_table_entry_reaches_cannot_be_promised(name: str) -> None:
    """An error, never a lesser plan."""
    with pytest.raises(InfeasibleError):
        METHODS[name](two_kinds(), 0.95)


def test_an_error_says_what_could_not_be_promised() -> None:
    """With the target."""
    with pytest.raises(InfeasibleError) as raised:
        threshold(two_kinds(), 0.95)
    assert raised.value.message == "this method cannot promise mean quality 0.95"


def test_the_lower_bound_costs_more(tmp_path: Path) -> None:
    """A careful plan of the same promise is dearer by the table."""
    of = known(outcomes(tmp_path))
    target = 0.95 * of.premium_quality
    plain, careful = (expected(of, METHODS[name](of, target)) for name in ("global plan", "global plan, lower bound"))
    assert careful[0] > plain[0]
    assert careful[1] > plain[1]


def test_the_oracle_takes_the_cheapest_that_was_right(tmp_path: Path) -> None:
    """Asked for all that can be had, it pays the cheapest good answer of each prompt."""
    plan = outcomes(tmp_path, 60)
    best: Floats = plan.quality.max(axis=1)
    found = oracle(plan, float(best.mean()))
    right = np.where(plan.quality == best[:, None], plan.cost_pusd, np.iinfo(np.int64).max)
    assert found.cost_pusd == int(right.min(axis=1).sum())
    assert found.quality == pytest.approx(best.mean())
