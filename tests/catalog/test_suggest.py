"""Suggestions name the nearest known word, or nothing."""

import pytest

from modelroute_cli.catalog.suggest import did_you_mean, nearest


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("objectve", "objective"), ("OBJECTIVE", "objective"), ("rule", "rules"), ("zzz", None), ("", None)],
)
def test_the_nearest_name_is_found_whatever_its_case(typed: str, expected: str | None) -> None:
    """A slip of the finger finds its word; a strange word finds none."""
    assert nearest(typed, ["objective", "rules", "run"]) == expected


def test_a_known_name_keeps_its_own_case() -> None:
    """What is suggested can be typed as it stands."""
    assert nearest("gpt-5", ["GPT-5", "other"]) == "GPT-5"


def test_a_hint_asks_or_says_otherwise() -> None:
    """A near name is asked about; without one the other hint is given."""
    assert did_you_mean("chaep", ["cheap"], "look there") == "did you mean `cheap`?"
    assert did_you_mean("xyz", ["cheap"], "look there") == "look there"
