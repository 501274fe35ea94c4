"""What --limit and --sample take, and what becomes of duplicates."""

from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.planning_jobs import requests_of as frame_of

from modelroute_cli.base.errors import UsageError
from modelroute_cli.planning.take import take, without_dedupe


def requests_of(*rows: Mapping[str, object]) -> pl.LazyFrame:
    """A job's requests."""
    return frame_of(*rows).lazy()


def test_limit_takes_the_first() -> None:
    """The first N in input order, as they are."""
    assert take(requests_of({}, {}, {}), 2, None, 1).collect()["row"].to_list() == [0, 1]


def test_a_limit_above_the_job_takes_everything() -> None:
    """There is no more than all."""
    requests = requests_of({}, {"duplicate_of": 0})
    assert take(requests, 99, 99, 1).collect().equals(requests.collect())


def test_sample_is_drawn_by_seed_in_input_order() -> None:
    """The same seed draws the same requests, another seed others; order is the file's."""
    requests = requests_of(*({} for _ in range(100)))
    first, again, other = (take(requests, None, 10, seed).collect()["row"].to_list() for seed in (1, 1, 2))
    assert first == again == sorted(first)
    assert len(set(first)) == 10
    assert first != other


def test_sample_depends_on_ids_not_on_places() -> None:
    """A request that is drawn is drawn as well when the file is in another order."""
    requests = requests_of(*({} for _ in range(50)))
    drawn = take(requests, None, 5, 7).collect()["custom_id"].to_list()
    assert sorted(take(requests.reverse(), None, 5, 7).collect()["custom_id"].to_list()) == sorted(drawn)


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=30), st.integers(1, 30), st.integers(0, 99))
def test_taken_duplicates_point_at_taken_requests(kinds: list[int], sample: int, seed: int) -> None:
    """Each kind that was taken has exactly one request that is sent, the first of it."""
    firsts = {kind: kinds.index(kind) for kind in kinds}
    rows = [{"duplicate_of": None if firsts[kind] == at else firsts[kind]} for at, kind in enumerate(kinds)]
    taken = take(requests_of(*rows), None, sample, seed).collect()
    by_row = dict(taken.select("row", "duplicate_of").iter_rows())
    for row, first in by_row.items():
        expected = min(other for other in by_row if kinds[other] == kinds[row])
        assert (row if first is None else first) == expected


@pytest.mark.parametrize(("limit", "sample", "flag"), [(0, None, "--limit 0"), (None, -3, "--sample -3")])
def test_taking_nothing_is_a_mistake(limit: int | None, sample: int | None, flag: str) -> None:
    """The error names the flag."""
    with pytest.raises(UsageError) as caught:
        take(requests_of({}), limit, sample, 1)
    assert caught.value.message == f"`{flag}` leaves no request"


def test_without_dedupe_every_request_is_sent() -> None:
    """Nothing is a duplicate any more, and nothing else changes."""
    requests = requests_of({}, {"duplicate_of": 0})
    plain = without_dedupe(requests).collect()
    assert plain["duplicate_of"].to_list() == [None, None]
    assert plain.schema == requests.collect_schema()


def test_a_beginning_that_nobody_else_kept_is_no_group() -> None:
    """What is left out cannot fill a prompt cache; duplicates do not, either."""
    shared = {"prefix": 7, "prefix_tokens": 2_000}
    other = {"prefix": 8, "prefix_tokens": 3_000}
    frame = requests_of(shared, other, {**shared, "duplicate_of": 0}, other, shared).lazy()
    assert take(frame, 4, None, 1).collect().select("prefix", "prefix_tokens").rows() == [
        (None, 0),
        (8, 3_000),
        (None, 0),
        (8, 3_000),
    ]
    assert take(frame, None, None, 1).collect()["prefix"].to_list() == [7, 8, 7, 8, 7]
