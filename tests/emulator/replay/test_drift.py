"""Tests of modelroute_cli.emulator.replay.drift."""

from datetime import UTC, datetime, timedelta

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.hidden_quality import EmulatorDrift
from modelroute_cli.emulator.replay.drift import Drift, Drifted, Moment
from modelroute_cli.emulator.replay.hidden import Group

_START = datetime(2026, 11, 23, 10, tzinfo=UTC)


def moment(number: int, at_s: float = 0.0) -> Moment:
    """A request of its own for each number."""
    return Moment(monotonic_s=50.0 + at_s, at=_START + timedelta(seconds=at_s), digest=number.to_bytes(16, "little"))


def group(number: int, template: str = "t1") -> Group:
    """The request of that number."""
    return Group(request=Request(custom_id=f"r{number}", prompt="x"), template=template, task_type="email")


def asked(drift: Drift, count: int, model: str = "m", template: str = "t1") -> list[bool]:
    """Whether each of so many requests stays right, one a second."""
    return [drift.stays_right(group(n, template), model, moment(n, float(n))) for n in range(count)]


def test_it_comes_after_so_many_requests_of_its_model() -> None:
    """Others' requests do not count."""
    drift = Drift(EmulatorDrift(model="m", after_requests=5, quality=0.0), seed=1)
    assert all(asked(drift, 9, model="n"))
    assert asked(drift, 9) == [True] * 5 + [False] * 4


def test_a_request_that_comes_again_is_met_as_the_first_time() -> None:
    """It counts once, and keeps its number."""
    drift = Drift(EmulatorDrift(model="m", after_requests=3, quality=0.0), seed=1)
    first = [drift.stays_right(group(1), "m", moment(1)) for _ in range(10)]
    assert first == [True] * 10
    assert asked(drift, 6) == [True, True, True, False, False, False]


def test_it_comes_with_time_from_the_first_request_of_any_model() -> None:
    """The first of both counts, where both are given."""
    drift = Drift(EmulatorDrift(model="m", after_s=4, after_requests=100, quality=0.0), seed=1)
    drift.stays_right(group(77), "n", moment(77))
    assert asked(drift, 7) == [True] * 4 + [False] * 3


def test_it_may_be_of_one_template_or_task_type() -> None:
    """All others stay."""
    drift = Drift(EmulatorDrift(model="m", after_s=0, quality=0.0, template="t2"), seed=1)
    assert (asked(drift, 3), asked(drift, 3, template="t2")) == ([True] * 3, [False] * 3)
    by_type = Drift(EmulatorDrift(model="m", after_s=0, quality=0.0, template="email"), seed=1)
    assert asked(by_type, 3) == [False] * 3


def test_a_share_stays_right_and_the_same_ones_each_time() -> None:
    """By request, model and seed."""
    one, same, other = (
        asked(Drift(EmulatorDrift(model="m", after_s=0, quality=0.7), seed=seed), 500) for seed in (1, 1, 2)
    )
    assert one == same != other
    assert 0.63 < sum(one) / 500 < 0.77


def test_it_tells_when_it_came_and_what_it_changed() -> None:
    """Each changed answer once."""
    drift = Drift(EmulatorDrift(model="m", after_requests=2, quality=0.0, template="t1"), seed=1)
    assert drift.told() == Drifted(model="m", template="t1", quality=0.0, since=None, after_requests=None, changed=0)
    asked(drift, 5)
    for number in (2, 3, 3):
        drift.changes(moment(number))
    assert drift.told() == Drifted(
        model="m", template="t1", quality=0.0, since="2026-11-23T10:00:02+00:00", after_requests=2, changed=2
    )
