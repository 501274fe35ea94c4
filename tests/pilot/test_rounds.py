"""When a pilot asks no more of a model, and what it asks next."""

from collections.abc import Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.contenders import roof
from modelroute_cli.pilot.rounds import Asked, Seen, Standing, StopRule, next_round, standings

BILL = 1000
OPEN, WORSE, AS_GOOD = Standing.OPEN, Standing.WORSE, Standing.AS_GOOD
TENTH = StopRule(slack=0.1)


def seen(name: str, cost: int, *differences: float) -> Seen:
    """A model with these differences to the baseline."""
    return Seen(name, cost, differences)


def test_before_anything_is_seen_every_model_is_open() -> None:
    """And so are those that were seen a little."""
    assert standings([seen("a", 10), seen("b", 500)], BILL, TENTH) == {"a": OPEN, "b": OPEN}
    assert standings([seen("a", 10, *[0.0] * 10)], BILL, TENTH) == {"a": OPEN}


def test_a_model_that_is_always_worse_is_asked_no_more() -> None:
    """Its best possible quality allows so small a share of it that nothing is saved."""
    assert standings([seen("a", 10, *[-1.0] * 20), seen("b", 20, *[0.0] * 20)], BILL, TENTH)["a"] is OPEN
    assert standings([seen("a", 10, *[-1.0] * 50)], BILL, StopRule(slack=0.02)) == {"a": WORSE}


def test_where_quality_may_fall_as_far_as_it_likes_only_a_better_bargain_ends_it() -> None:
    """With a budget instead of a floor, the cheapest model is always of use."""
    bad = [-1.0] * 60
    assert standings([seen("a", 10, *bad)], BILL, StopRule()) == {"a": OPEN}
    assert standings([seen("b", 20, *bad), seen("a", 10, *[0.0] * 60)], BILL, StopRule())["b"] is WORSE


def test_a_model_that_saves_next_to_nothing_is_not_asked() -> None:
    """At 960 of 1,000 it cannot save a twentieth of the bill."""
    assert standings([seen("a", 960)], BILL, TENTH) == {"a": WORSE}
    assert standings([seen("a", 940)], BILL, TENTH) == {"a": OPEN}


def test_the_cheapest_that_is_surely_as_good_ends_the_template() -> None:
    """The dearer one cannot be a better bargain, and both are told."""
    good = [0.0] * 200
    assert standings([seen("a", 10, *good), seen("b", 500, *good)], BILL, TENTH) == {"a": AS_GOOD, "b": OPEN}
    better = [0.5] * 200
    assert standings([seen("a", 10, *better), seen("b", 500, *good)], BILL, TENTH) == {"a": AS_GOOD, "b": WORSE}


def test_of_the_models_a_plan_could_use_at_most_one_in_twenty_templates_loses_one() -> None:
    """Two models of four lie on the true hull; looks after 10, 20, 35 and 50 requests."""
    truth = {"cheap": (20, 0.78), "mid": (150, 0.9), "bad": (160, 0.5), "dear": (600, 0.7)}
    usable = {name for name, (cost, quality) in truth.items() if _on_hull(truth, name, cost, quality)}
    assert usable == {"cheap", "mid"}
    wrong, spared = 0, 0
    for trial in range(60):
        stopped = _stopped(truth, np.random.default_rng(trial))
        wrong += bool(usable & stopped.keys())
        spared += sum(50 - at for at in stopped.values())
    assert wrong / 60 <= 0.05
    assert spared > 0


def _on_hull(truth: Mapping[str, tuple[int, float]], name: str, cost: int, quality: float) -> bool:
    """Whether no mixture of the others and the baseline is better for the price."""
    others = [point for other, point in truth.items() if other != name]
    return quality > roof([*others, (BILL, 0.92)], cost)


def _stopped(truth: Mapping[str, tuple[int, float]], rng: np.random.Generator) -> dict[str, int]:
    """The models that are stopped, and after how many requests."""
    hard = rng.random(50)
    base = hard < 0.92
    answers = {name: np.where(rng.random(50) < 0.5, hard, rng.random(50)) < good for name, (_, good) in truth.items()}
    differences = {name: right.astype(float) - base for name, right in answers.items()}
    stopped: dict[str, int] = {}
    for look in (10, 20, 35):
        known = [
            Seen(name, truth[name][0], tuple(each[: stopped.get(name, look)])) for name, each in differences.items()
        ]
        found = standings(known, BILL, StopRule(slack=0.02))
        stopped |= {name: look for name, standing in found.items() if standing is WORSE and name not in stopped}
    return stopped


def asked(name: str = "t", at: int = 0, size: int = 50, gain: int = 100) -> Asked:
    """A template that is open, one request of which costs 7."""
    return Asked(template=name, asked=at, size=size, most=60, is_open=True, each_pusd=7, gain_pusd=gain)


MUCH = PicoUSD(10**9)


def test_a_template_is_asked_in_rounds_up_to_its_size() -> None:
    """Ten, twenty, then all."""
    assert [next_round([asked(at=at)], MUCH) for at in (0, 7, 10, 20, 49)] == [
        {"t": 10},
        {"t": 10},
        {"t": 20},
        {"t": 50},
        {"t": 50},
    ]
    assert next_round([asked(at=20, size=30)], MUCH) == {"t": 30}
    assert next_round([asked(at=10, size=20)], MUCH) == {"t": 20}


def test_what_is_left_extends_open_templates_up_to_what_was_drawn() -> None:
    """By ten at a time, and not before all have their size."""
    assert next_round([asked(at=50)], MUCH) == {"t": 60}
    assert next_round([asked(at=50), asked("u", at=20)], MUCH) == {"u": 50}
    assert next_round([asked(at=60)], MUCH) == {}


def test_a_template_of_which_enough_is_known_is_asked_no_more() -> None:
    """Whatever money is left."""
    known = Asked(template="t", asked=10, size=50, most=60, is_open=False, each_pusd=7, gain_pusd=1)
    assert next_round([known], MUCH) == {}


def test_the_money_left_goes_to_where_there_is_most_to_gain() -> None:
    """A round that it does not pay for is left out, a smaller one after it is not."""
    both = [asked("small", at=20, size=30, gain=5), asked("large", at=20, gain=50)]
    assert next_round(both, PicoUSD(280)) == {"large": 50, "small": 30}
    assert next_round(both, PicoUSD(279)) == {"large": 50}
    assert next_round(both, PicoUSD(209)) == {"small": 30}
    assert next_round(both, PicoUSD(69)) == {}


states = st.builds(
    Asked,
    template=st.uuids().map(str),
    asked=st.integers(0, 70),
    size=st.integers(1, 50),
    most=st.integers(50, 60),
    is_open=st.booleans(),
    each_pusd=st.integers(0, 100),
    gain_pusd=st.integers(0, 100),
)


@given(st.lists(states, max_size=6), st.integers(0, 20_000))
def test_a_round_never_costs_more_than_what_is_left(templates: list[Asked], left: int) -> None:
    """It asks for more of what it asks, only of open templates, and never above what was drawn."""
    due = next_round(templates, PicoUSD(left))
    known = {each.template: each for each in templates}
    assert sum((upto - known[name].asked) * known[name].each_pusd for name, upto in due.items()) <= left
    for name, upto in due.items():
        assert known[name].is_open
        assert known[name].asked < upto <= known[name].most
