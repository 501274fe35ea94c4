"""Duplicates under different rules."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from support.planning_jobs import requests_of

from modelroute_cli.planning.split import split_duplicates


def links(rules: list[str], firsts: list[int | None]) -> list[int | None]:
    """What each request repeats once rules are looked at."""
    rows = [{"duplicate_of": first} for first in firsts]
    ruled = requests_of(*rows).with_columns(rule=pl.Series(rules))
    return split_duplicates(ruled.lazy()).collect()["duplicate_of"].to_list()


def test_one_answer_serves_one_rule() -> None:
    """The first under another rule is asked for itself, and the next of its kind repeats that one."""
    assert links(["a", "b", "a", "b", "b"], [None, 0, 0, 0, None]) == [None, None, 0, 1, None]


def test_where_rules_agree_nothing_changes() -> None:
    """Nor where nothing is repeated."""
    assert links(["a", "a", "b"], [None, 0, None]) == [None, 0, None]
    assert links(["a", "b"], [None, None]) == [None, None]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), min_size=1, max_size=12))
def test_a_duplicate_always_repeats_a_first_of_its_own_rule(made: list[tuple[str, bool]]) -> None:
    """And there are never more questions than requests and rules ask for."""
    rules = [rule for rule, _ in made]
    firsts = [0 if again and at else None for at, (_, again) in enumerate(made)]
    found = links(rules, firsts)
    for at, first in enumerate(found):
        assert first is None or (found[first] is None and rules[first] == rules[at] and first < at)
