"""A run that hands requests in dies before and after every commit and every exchange; the next session goes on."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.dying_journal import opened_dying
from support.fake_transport import always, answer
from support.handing_in import DAY_S, HALF, BatchProvider, LaterClock, batch_job, row_of
from support.runs import Job, Setup, run, scratch

from modelroute_cli.base.errors import StorageError
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.execution.work import Patience, RunOutcome
from modelroute_cli.providers.batch import LineEnd

ROWS = 7
FOUR = TierTerms(window_s=DAY_S, max_requests=4)


def session(job: Job, provider: BatchProvider, setup: Setup) -> RunOutcome | None:
    """One session; None where it died."""
    provider.is_dead = False
    try:
        return run(job, provider, replace(setup, batches=provider.api_for, clock=provider.clock))
    except StorageError:
        return None


def provider_of(*, keeps_names: bool, expires: frozenset[int] = frozenset()) -> BatchProvider:
    """One whose batches take an hour."""
    return BatchProvider(
        always(answer()),
        keeps_names=keeps_names,
        fate=lambda row: LineEnd.EXPIRED if row in expires else answer(),
    )


def check(provider: BatchProvider, outcome: RunOutcome | None, expired: int = 0) -> None:
    """Every request is answered and paid once: none is handed in twice, and none is lost."""
    assert outcome is not None
    assert (outcome.accepted, outcome.failed, outcome.unsent) == (ROWS, 0, 0)
    assert Counter(map(row_of, provider.asked)) == Counter(range(ROWS))
    assert len(provider.sent) == expired
    assert outcome.spent_pusd == (ROWS - expired) * HALF + expired * 2 * HALF
    assert (outcome.held_pusd, sum(provider.billed.values())) == (0, (ROWS - expired) * HALF)


@pytest.mark.parametrize("keeps_names", [True, False])
def test_it_dies_around_every_exchange(*, keeps_names: bool) -> None:
    """Before it, and once it is done."""
    at = 0
    while True:
        at += 1
        with scratch() as folder:
            job, provider = (
                batch_job(ROWS, folder, FOUR),
                provider_of(keeps_names=keeps_names),
            )
            provider.dies_at = at
            first = session(job, provider, Setup())
            if first is not None:
                break
            provider.dies_at = 0
            check(provider, session(job, provider, Setup()))
    assert at > 2 * len({"upload", "submit", "status", "results"})


@pytest.mark.parametrize("after", [True, False])
def test_it_dies_around_every_commit(*, after: bool) -> None:
    """Just before it is written, and just after."""
    at, ended = 0, False
    while not ended:
        at += 1
        with scratch() as folder:
            job, provider = (
                batch_job(ROWS, folder, FOUR),
                provider_of(keeps_names=True),
            )
            first = session(job, provider, Setup(open_journal=opened_dying(at, after=after)))
            ended = first is not None
            check(provider, first if ended else session(job, provider, Setup()))
    assert at > 12


@given(
    deaths=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 30), st.booleans()), max_size=3),
    hours=st.floats(0, 3),
    keeps_names=st.booleans(),
    leaves=st.booleans(),
)
def test_it_dies_again_and_again(
    deaths: list[tuple[int, int, bool]], hours: float, *, keeps_names: bool, leaves: bool
) -> None:
    """At some exchange or commit, some hours apart, detached or not, while some lines expire."""
    expires = frozenset({2, 5})
    with scratch() as folder:
        job, provider = (
            batch_job(ROWS, folder, FOUR),
            provider_of(keeps_names=keeps_names, expires=expires),
        )
        patience = Patience.LEAVE if leaves else Patience.WAIT
        for number, (exchange, commit, after) in enumerate(deaths):
            provider.said.clear()
            provider.dies_at, provider.clock = exchange, LaterClock(timedelta(hours=hours * number))
            session(job, provider, Setup(open_journal=opened_dying(commit, after=after), patience=patience))
        provider.dies_at, provider.clock = 0, LaterClock(timedelta(hours=hours * len(deaths)))
        outcome = session(job, provider, Setup())
        assert outcome is not None
        assert (outcome.accepted, outcome.failed) == (ROWS, 0)
        assert Counter(map(row_of, provider.asked)) == Counter(range(ROWS))
        assert provider.billed == dict.fromkeys(provider.billed, HALF)
        assert len(provider.billed) == ROWS - len(expires)


def test_a_dead_program_leaves_a_file_that_the_next_one_takes_away(tmp_path: Path) -> None:
    """Lines that were written and never journaled."""
    job, provider = batch_job(ROWS, tmp_path), provider_of(keeps_names=True)
    session(job, provider, Setup(open_journal=opened_dying(1, after=False)))
    assert len(list((tmp_path / "handed_in").iterdir())) == 1

    check(provider, session(job, provider, Setup()))
    assert list((tmp_path / "handed_in").iterdir()) == []
