"""How large a pilot is: never above its ceiling, never smaller than what tells something, only where it can pay."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.contenders import Contender
from modelroute_cli.pilot.stakes import LEAST_REQUESTS, USED_SHARE, Reason, Size, Stake, Terms, sizes

BASE = Contender("base", 1000, 9000, 0.9, 0.02)
CHEAP, MIDDLE = Contender("cheap", 10, 90, 0.8, 0.15), Contender("middle", 200, 1800, 0.85, 0.1)


def stake(requests: int, name: str = "a", contenders: tuple[Contender, ...] = (CHEAP, MIDDLE)) -> Stake:
    """A template of so many requests."""
    return Stake(template=name, requests=requests, baseline=BASE, contenders=contenders)


def one(wanted: Stake, terms: Terms) -> Size:
    """The size of a lone template."""
    return sizes([wanted], terms)[0]


PLENTY = Terms(PicoUSD(10**9))


def test_a_large_template_is_measured_with_fifty_requests_on_every_model() -> None:
    """The baseline first; what it costs is all of them on all models."""
    assert one(stake(10_000), PLENTY) == Size(
        template="a",
        requests=50,
        models=("base", "cheap", "middle"),
        reason=Reason.MEASURED,
        cost_pusd=PicoUSD(50 * 1210),
        gain_pusd=PicoUSD(9_950 * 990),
    )


def test_under_twenty_requests_a_template_is_too_small_to_measure() -> None:
    """Twenty are enough where the rest is worth it."""
    assert one(stake(19), PLENTY).reason == Reason.TOO_SMALL
    assert one(stake(1000), replace(PLENTY, per_template=19)).reason == Reason.TOO_SMALL
    assert one(stake(1000), replace(PLENTY, per_template=20)).requests == 20


def test_measuring_must_cost_less_than_it_can_save_on_the_rest() -> None:
    """Of 60 requests, 20 on three models cost 24,200 and 40 are left to save 39,600 on; of 40, only 19,800."""
    assert one(stake(60), PLENTY).requests == 20
    assert one(stake(40), PLENTY).reason == Reason.NO_GAIN
    assert one(stake(20), PLENTY).reason == Reason.NO_GAIN


def test_a_small_ceiling_means_fewer_requests_then_fewer_models() -> None:
    """Thirty on all, then fifty on the cheapest alone would be the next choice after twenty on all."""
    assert _at(60_000 * 5 // 4)[:2] == (40, ("base", "cheap", "middle"))
    assert _at(25_000 * 5 // 4)[:2] == (20, ("base", "cheap", "middle"))
    assert _at(21_000 * 5 // 4)[:2] == (20, ("base", "cheap"))
    assert _at(20_000 * 5 // 4)[2] == Reason.OVER_CEILING


def _at(ceiling: int) -> tuple[int, tuple[str, ...], Reason]:
    """What a large template gets under a ceiling."""
    found = one(stake(10_000), Terms(PicoUSD(ceiling)))
    return found.requests, found.models, found.reason


def test_the_template_with_the_most_to_gain_is_served_first() -> None:
    """What is left of the ceiling goes to the next one."""
    found = sizes([stake(500, "small"), stake(5_000, "large")], Terms(PicoUSD(90_000 * 5 // 4)))
    assert [(size.template, size.requests) for size in found] == [("large", 50), ("small", 20)]


def test_nothing_is_gained_where_no_model_is_credible() -> None:
    """One that at its best does not keep the share that is asked for saves nothing."""
    wanted = stake(10_000, contenders=(replace(CHEAP, quality=0.5),))
    assert one(wanted, replace(PLENTY, keep=0.98)).reason == Reason.NO_GAIN
    assert one(wanted, replace(PLENTY, keep=0.5)).reason == Reason.MEASURED


def test_without_a_baseline_or_a_cheaper_model_there_is_nothing_to_measure() -> None:
    """Each says so by its own name."""
    assert one(replace(stake(1000), baseline=None), PLENTY).reason == Reason.NO_BASELINE
    assert one(stake(1000, contenders=()), PLENTY).reason == Reason.NO_CONTENDER


contender = st.builds(
    Contender, st.uuids().map(str), st.integers(1, 999), st.just(1), st.floats(0.3, 1), st.floats(0, 0.3)
)
stakes = st.lists(
    st.builds(
        lambda name, requests, models: stake(requests, name, tuple(sorted(models, key=lambda each: each.cost_pusd))),
        st.uuids().map(str),
        st.integers(1, 2000),
        st.lists(contender, max_size=5),
    ),
    max_size=8,
)


@given(stakes, st.integers(0, 10**6), st.integers(1, 200), st.floats(0, 1))
def test_all_together_stay_below_the_ceiling(wanted: list[Stake], ceiling: int, most: int, keep: float) -> None:
    """Each measured template has twenty requests at least, at most what was asked, and more to gain than it costs."""
    found = sizes(wanted, Terms(PicoUSD(ceiling), most, keep))
    assert {size.template for size in found} == {each.template for each in wanted}
    assert sum(size.cost_pusd for size in found) <= ceiling * USED_SHARE
    for size in found:
        if size.requests:
            assert LEAST_REQUESTS <= size.requests <= most
            assert size.cost_pusd < size.gain_pusd
            assert size.models[0] == "base"
            assert size.calls == size.requests * len(size.models)
        else:
            assert size.reason is not Reason.MEASURED
            assert (size.cost_pusd, size.models) == (0, ())


def test_a_template_has_the_bill_of_the_baseline() -> None:
    """Nothing is known of it where the baseline cannot be asked."""
    assert stake(30).bill_pusd == 30_000
    assert replace(stake(30), baseline=None).bill_pusd == 0
