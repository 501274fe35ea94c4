"""Sums over a journal, against the rows themselves."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.fake_transport import Act, FakeProvider, answer, failure
from support.plans import CHEAP, OTHER, STRONG, Row
from support.runs import Job, Setup, run, scratch

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_read import attempts_frame, finals_frame, read_state
from modelroute_cli.execution.journal_totals import (
    Ended,
    Failed,
    ModelSums,
    ended,
    ended_rows,
    failures,
    last_cap,
    model_sums,
    slim_attempts,
    totals_by_model,
)
from modelroute_cli.execution.meter import ModelTotals
from modelroute_cli.providers.base import Call, FailureKind

ROWS = [Row(), Row(model=OTHER), Row(), Row()]


def _script(call: Call, nth: int) -> Act:
    """The first is refused by the cheap model, the third fails for good, the others are answered."""
    del nth
    name, model = call.request.custom_id, call.card.name
    if name == "r2":
        return Act(failure(FailureKind.UNKNOWN) if model == CHEAP else failure(FailureKind.REQUEST, 400))
    return Act(answer("" if (name, model) == ("r0", CHEAP) else "fine"))


def _done(folder: Path) -> Job:
    job = Job.of(ROWS, folder)
    run(job, FakeProvider(_script), Setup(cap=PicoUSD(10**7)))
    return job


def test_each_model_has_its_sums(tmp_path: Path) -> None:
    """Attempts, endings, escalations, tokens, money spent and held."""
    sums = {item.model: item for item in model_sums(_done(tmp_path).journal)}
    assert sums[OTHER] == ModelSums(OTHER, 2, 1, 0, 0, 100, 50, PicoUSD(1200), PicoUSD(0))
    assert (sums[STRONG].accepted, sums[STRONG].escalations) == (1, 1)
    assert (sums[CHEAP].accepted, sums[CHEAP].held_pusd) == (1, 2 * 2100)


def test_a_session_that_goes_on_knows_what_was_done(tmp_path: Path) -> None:
    """The endings and the money of each model."""
    totals = totals_by_model(_done(tmp_path).journal)
    assert totals[OTHER] == ModelTotals(1, 0, PicoUSD(1200))
    assert totals[STRONG].escalations == 1


def test_failures_are_counted_by_reason_with_the_first_rows(tmp_path: Path) -> None:
    """As many rows as are asked for."""
    journal = _done(tmp_path).journal
    assert failures(journal, 3) == (Failed("request 400: no", 1, (2,)),)
    assert failures(journal, 0) == (Failed("request 400: no", 1, ()),)


def test_the_cap_is_that_of_the_last_session(tmp_path: Path) -> None:
    """A later session may have another."""
    job = _done(tmp_path)
    assert last_cap(job.journal) == 10**7
    run(job, FakeProvider(_script), Setup(cap=PicoUSD(10**8)))
    assert last_cap(job.journal) == 10**8


def test_there_is_nothing_to_sum_up_without_a_journal(tmp_path: Path) -> None:
    """An error of storage, as everywhere."""
    with pytest.raises(StorageError):
        model_sums(tmp_path / "journal.db")


quick = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(st.lists(st.sampled_from(["fine", "", "I cannot help with that."]), min_size=1, max_size=8))
@quick
def test_sums_agree_with_the_attempts_themselves(texts: list[str]) -> None:
    """Whatever happened: nothing is counted twice and nothing is left out."""
    with scratch() as folder:
        job = Job.of([Row()] * len(texts), folder)
        run(job, FakeProvider(lambda call, _: Act(answer(texts[int(call.request.custom_id[1:])]))))
        attempts, finals, state = attempts_frame(job.journal), finals_frame(job.journal), read_state(job.journal)
        sums = model_sums(job.journal)
        assert sum(item.attempts for item in sums) == attempts.height
        assert sum(item.cost_pusd for item in sums) == state.spent_pusd
        assert sum(item.held_pusd for item in sums) == state.held_pusd
        assert ended(job.journal) == Ended(state.accepted, state.failed)
        assert sum(item.accepted for item in sums) == state.accepted
        assert ended_rows(job.journal)["row"].sort().to_list() == finals["row"].to_list()
        slim = slim_attempts(job.journal)
        assert slim.sort("row", "kind").equals(
            attempts.select(slim.columns).cast({"kind": pl.String}).sort("row", "kind")
        )
