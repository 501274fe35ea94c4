"""Requests that are alike in all that planning looks at."""

from collections.abc import Mapping

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from support.planning_jobs import requests_of

from modelroute_cli.base import spill
from modelroute_cli.planning.kinds import Kinds, census, make_kinds


def kinds_of(*rows: Mapping[str, object]) -> Kinds:
    """The kinds of such requests, all under one rule."""
    return make_kinds(
        requests_of(*rows).with_columns(rule=pl.lit("all"), held=pl.lit("2"), patience_s=pl.lit(None, pl.Int64)).lazy()
    )


def test_requests_that_differ_in_nothing_that_matters_are_one_kind() -> None:
    """Ids, places, templates and tenants do not matter to a quote; tokens, task type and language do."""
    kinds = kinds_of({"tenant": "a"}, {"template": "t2"}, {"input_tokens": 101}, {"language": "de"}, {})
    assert kinds.kind.tolist() == [0, 0, 1, 2, 0]
    assert kinds.frame.select("row", "custom_id", "requests", "copies").rows() == [
        (0, "r0", 3, 1),
        (2, "r2", 1, 1),
        (3, "r3", 1, 1),
    ]


def test_unknowns_are_alike() -> None:
    """Two requests without a length hint are one kind, one with a hint is another."""
    assert kinds_of({}, {"length_hint_tokens": 7}, {}).kind.tolist() == [0, 1, 0]


def test_a_request_that_answers_others_is_another_kind() -> None:
    """What it is worth is that of all it answers; its duplicates have its kind and are not sent."""
    kinds = kinds_of({}, {}, {"duplicate_of": 1}, {"duplicate_of": 1})
    assert kinds.frame.select("requests", "copies").rows() == [(1, 1), (1, 3)]
    assert kinds.kind.tolist() == [0, 1, 1, 1]
    assert kinds.is_sent.tolist() == [True, True, False, False]
    assert kinds.firsts.tolist() == [1, 1]


def test_rows_need_not_follow_each_other() -> None:
    """What --sample left has the rows of the job file."""
    kept = (
        requests_of({}, {}, {"duplicate_of": 0}, {})
        .filter(pl.col("row") != 1)
        .with_columns(rule=pl.lit("all"), held=pl.lit("2"), patience_s=pl.lit(None, pl.Int64))
    )
    kinds = make_kinds(kept.lazy())
    assert kinds.firsts.tolist() == [0]
    assert kinds.kind.tolist() == [0, 0, 1]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=40), st.integers(1, 7))
def test_blocks_change_nothing(tokens: list[int], rows: int) -> None:
    """However many rows are looked at in one go, the kinds are the same, each counted whole."""
    requests = (
        requests_of(*({"input_tokens": count} for count in tokens))
        .with_columns(rule=pl.lit("all"), held=pl.lit("2"), patience_s=pl.lit(None, pl.Int64))
        .lazy()
    )
    whole = make_kinds(requests)
    parts = make_kinds(requests, block_rows=rows)
    assert parts.frame.equals(whole.frame)
    assert parts.kind.tolist() == whole.kind.tolist()
    firsts = list(dict.fromkeys(tokens))
    assert whole.kind.tolist() == [firsts.index(count) for count in tokens]
    assert whole.frame["requests"].to_list() == [tokens.count(count) for count in firsts]
    assert rows < spill.BLOCK_ROWS


def test_a_census_counts_all_requests() -> None:
    """Duplicates included, by what rules and warnings look at."""
    rows = requests_of({}, {"duplicate_of": 0}, {"data_class": "personal"}).with_columns(
        rule=pl.lit("all"), held=pl.lit("2")
    )
    assert census(rows.lazy()).select("data_class", "requests").rows() == [(None, 2), ("personal", 1)]
