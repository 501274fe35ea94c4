"""How much what was measured before counts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.measured import NOON, About, day, part, row

from modelroute_cli.pilot.history.sums import Sums
from modelroute_cli.pilot.history.weighing import Ageing, newest_served, weight

TODAY = NOON.date()
AGEING = Ageing()


def served(version: str | None, on: str = "2026-11-23", *, emulated: bool = False) -> Sums:
    """A measurement of a version of a model."""
    return row("gpt-6-luna", [1.0], part(at=day(on)), About(served=version, emulated=emulated))


@pytest.mark.parametrize(
    ("on", "by_age"), [("2026-11-23", 1.0), ("2026-08-25", 0.5), ("2026-05-27", 0.25), ("2026-12-24", 1.0)]
)
def test_a_measurement_loses_half_its_weight_each_half_life(on: str, by_age: float) -> None:
    """90 days by default; a day to come, of a clock that was set, counts as today."""
    found = weight(served(None, on), {}, TODAY, AGEING)
    assert (found.by_age, found.by_version, found.value) == (by_age, 1.0, by_age)


def test_another_version_than_the_newest_counts_a_quarter() -> None:
    """The model may answer otherwise since."""
    old, new = served("v1", "2026-11-22"), served("v2")
    newest = newest_served([old, new])
    assert newest == {("gpt-6-luna", False): frozenset({"v2"})}
    found = [weight(each, newest, TODAY, AGEING) for each in (old, new)]
    assert [(each.by_version, each.is_other_version) for each in found] == [(0.25, True), (1.0, False)]


def test_a_version_that_comes_back_is_the_newest_again() -> None:
    """Providers take versions back."""
    rows = [served("v1", "2026-11-01"), served("v2", "2026-11-10"), served("v1", "2026-11-20")]
    assert newest_served(rows) == {("gpt-6-luna", False): frozenset({"v1"})}


def test_versions_of_the_same_last_day_are_all_the_newest() -> None:
    """A provider may be in the middle of a change."""
    assert newest_served([served("v1"), served("v2")]) == {("gpt-6-luna", False): frozenset({"v1", "v2"})}


def test_an_unknown_version_is_not_taken_for_another() -> None:
    """That it is an older one is not known."""
    unknown = served(None, "2026-11-22")
    assert weight(unknown, newest_served([unknown, served("v2")]), TODAY, AGEING).by_version == 1.0


def test_versions_of_the_emulator_do_not_age_real_ones() -> None:
    """The two are kept apart."""
    rows = [served("v1", "2026-11-22"), served("emulated", emulated=True)]
    assert weight(rows[0], newest_served(rows), TODAY, AGEING).value == pytest.approx(0.5 ** (1 / 90))


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
half_lives = st.floats(0.1, 36_500)


@given(days, days, st.integers(0, 400), half_lives)
def test_no_measurement_ever_gains_weight(measured: date, at: date, later: int, half_life_days: float) -> None:
    """With time it counts the same or less, and always from 0 to 1."""
    ageing = Ageing(half_life_days)
    one = served(None, measured.isoformat())
    now, then = (weight(one, {}, moment, ageing).value for moment in (at, at + timedelta(later)))
    assert 0.0 <= then <= now <= 1.0


@given(days, days, days, half_lives)
def test_of_two_measurements_the_newer_counts_at_least_as_much(
    one: date, other: date, at: date, half_life_days: float
) -> None:
    """Whatever the half-life."""
    older, newer = sorted((one, other))
    ageing = Ageing(half_life_days)
    weights = [weight(served(None, each.isoformat()), {}, at, ageing).value for each in (older, newer)]
    assert weights == sorted(weights)
