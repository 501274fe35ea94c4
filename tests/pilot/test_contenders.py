"""Which models are worth asking: those that some plan could use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.contenders import Contender, contenders, roof

BASE = Contender("base", 1000, 9000, 0.95, 0.02)


def model(name: str, cost: int, quality: float = 0.8, sd: float = 0.1) -> Contender:
    """A model that costs so much and is believed to be so good."""
    return Contender(name, cost, cost * 9, quality, sd)


def names(found: tuple[Contender, ...]) -> list[str]:
    """Their names."""
    return [each.model for each in found]


def test_a_model_as_dear_as_the_baseline_is_not_asked() -> None:
    """Nothing could be saved with it, however good it is."""
    assert names(contenders([model("dear", 1000, 1.0), model("cheap", 999)], BASE)) == ["cheap"]


def test_a_model_that_a_cheaper_one_surely_beats_is_not_asked() -> None:
    """Surely: at its worst the cheaper one is better than the other at its best."""
    good, beaten, unsure = model("good", 10, 0.9, 0.05), model("beaten", 20, 0.7, 0.1), model("unsure", 20, 0.75, 0.15)
    assert names(contenders([beaten, good, unsure], BASE)) == ["good", "unsure"]


def test_models_nobody_knows_are_all_asked_as_far_as_there_is_room() -> None:
    """With the same belief of all, price decides who is nearest to the hull."""
    alike = [model(f"m{at}", 10 * at) for at in range(1, 10)]
    assert names(contenders(alike, BASE, most=3)) == ["m1", "m2", "m3"]
    assert names(contenders(alike, BASE, most=9)) == [f"m{at}" for at in range(1, 10)]


def test_of_too_many_those_on_the_hull_come_first() -> None:
    """A dear model that could be as good as the baseline is worth more than one that is like a cheaper one."""
    models = [model("a", 10, 0.6), model("b", 12, 0.6), model("c", 13, 0.6), model("d", 600, 0.95, 0.05)]
    assert names(contenders(models, BASE, most=2)) == ["a", "d"]


known = st.builds(
    Contender, st.uuids().map(str), st.integers(1, 1500), st.integers(1, 9), st.floats(0, 1), st.floats(0, 0.3)
)


@given(st.lists(known, max_size=12), st.integers(1, 6))
def test_never_more_than_asked_for_always_the_cheapest_first(models: list[Contender], most: int) -> None:
    """All are cheaper than the baseline; the cheapest of all is asked where there is room for all."""
    found = contenders(models, BASE, most)
    assert len(found) <= most
    assert [each.cost_pusd for each in found] == sorted(each.cost_pusd for each in found)
    assert all(each.cost_pusd < BASE.cost_pusd for each in found)
    cheaper = [each for each in models if each.cost_pusd < BASE.cost_pusd]
    if cheaper and len(contenders(models, BASE, 12)) <= most:
        assert found[0].cost_pusd == min(each.cost_pusd for each in cheaper)


@pytest.mark.parametrize(
    ("cost", "best"), [(5, float("-inf")), (10, 0.5), (15, 0.7), (20, 0.9), (30, 0.9), (1000, 0.9)]
)
def test_the_roof_mixes_points_and_is_flat_behind_the_last(cost: float, best: float) -> None:
    """Half of either for a price in the middle."""
    assert roof([(10, 0.5), (20, 0.9), (30, 0.6)], cost) == pytest.approx(best)


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1)), min_size=1, max_size=8), st.integers(0, 60))
def test_the_roof_lies_above_every_point_it_pays_for_and_never_above_all(
    points: list[tuple[float, float]], cost: int
) -> None:
    """And it never falls with the price."""
    reached = [quality for price, quality in points if price <= cost]
    if reached:
        assert max(reached) - 1e-9 <= roof(points, cost) <= max(quality for _, quality in points) + 1e-9
        assert roof(points, cost + 1) >= roof(points, cost) - 1e-9
