"""Tests of modelroute_cli.emulator.patterns."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.emulator.chance import chance
from modelroute_cli.emulator.patterns import matching

SIMPLE = st.lists(
    st.sampled_from(["a", "b-", "\\d", "\\w", "[a-f]", "[^x]", "(?:no|yes)", "(q)", "\\.", "[A-Z\\d_]", "."]).flatmap(
        lambda piece: st.sampled_from(["", "+", "*", "?", "{2}", "{1,3}", "{2,}"]).map(lambda again: piece + again)
    ),
    min_size=1,
    max_size=6,
).map(lambda pieces: f"^{''.join(pieces)}$")


@pytest.mark.parametrize(
    "pattern",
    ["^[A-Z]{3}-\\d{4}$", "^(red|green)$", "\\d{3}", "^#[0-9a-f]{6}$", "^a?b*c+$", "^\\+\\d{1,3} \\d+$", "x|y"],
)
def test_usual_patterns_are_met(pattern: str) -> None:
    """What people write into schemas."""
    made = matching(pattern, chance(1, b""))
    assert made is not None
    assert re.search(pattern, made)


@given(SIMPLE, st.integers(0, 50))
def test_what_is_made_matches(pattern: str, seed: int) -> None:
    """Every combination of the pieces we know is met."""
    made = matching(pattern, chance(seed, b""))
    assert made is not None
    assert re.search(pattern, made)


@pytest.mark.parametrize("pattern", ["(?=x)y", "^\\p{L}+$", "\\bword", "[", "(", "a{5,2}", "^(a"])
def test_what_is_beyond_us_is_none(pattern: str) -> None:
    """The caller then writes plain text."""
    assert matching(pattern, chance(1, b"")) is None


@given(st.text(max_size=30))
def test_no_pattern_breaks_it(pattern: str) -> None:
    """A string that matches, or None."""
    made = matching(pattern, chance(1, b""))
    assert made is None or re.search(pattern, made)
