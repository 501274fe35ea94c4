"""How far a run is."""

import asyncio

from support.plans import Row, plan_of
from support.runs import Watcher
from support.virtual import VirtualClock, run_virtual

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.execution.budget import Budget, Margins
from modelroute_cli.execution.dispatch import Dispatcher
from modelroute_cli.execution.lane import Lane
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.meter import Meter
from modelroute_cli.execution.observed import Learned
from modelroute_cli.execution.pace import PaceSignal
from modelroute_cli.execution.progress import Instruments, Reporter, Tally
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.records import FinalStatus
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.warmth import Warmth


async def _told_every(step_s: float, times: int) -> Watcher:
    watcher, tally = Watcher(), Tally(total=100, accepted=10, failed=0)
    purse = Purse(Budget(PicoUSD(1000), spent=PicoUSD(7)), Margins(), Learned({}))
    dispatcher = Dispatcher(
        purse, lambda _: Pass(Lane(Limits()), Lane(Limits())), lambda _: False, Warmth(lambda _: False)
    )
    instruments = Instruments(tally, dispatcher, Meter(), Routes.of(plan_of([Row()])), PaceSignal())
    reporter = Reporter(watcher, VirtualClock(), instruments)
    for _ in range(times):
        tally.count(FinalStatus.ACCEPTED)
        reporter.progress(in_flight=3)
        await asyncio.sleep(step_s)
    reporter.progress(in_flight=0, at_end=True)
    return watcher


def test_progress_is_told_at_most_five_times_a_second() -> None:
    """Faster changes are left out, the end never is."""
    watcher = run_virtual(_told_every(0.01, 50))
    assert len(watcher.progress) == 4
    assert watcher.progress[-1].done == 60


def test_the_eta_follows_the_pace_of_this_session() -> None:
    """One a second from now on: what earlier sessions did is no pace."""
    watcher = run_virtual(_told_every(1.0, 10))
    assert [progress.eta_s for progress in watcher.progress[:4]] == [None] * 4
    assert watcher.progress[9].eta_s == 80 * 9 / 10
    assert watcher.progress[-1].eta_s is None  # nothing more is sent


def test_progress_carries_the_money() -> None:
    """Spent, held and cap, beside the counts."""
    first = run_virtual(_told_every(1.0, 1)).progress[0]
    assert (first.spent_pusd, first.held_pusd, first.cap_pusd) == (7, 0, 1000)
    assert (first.done, first.total, first.failed, first.in_flight) == (11, 100, 0, 3)


def test_failures_are_counted_apart() -> None:
    """Done is accepted and failed."""
    tally = Tally(total=3, accepted=0, failed=0)
    tally.count(FinalStatus.ACCEPTED)
    tally.count(FinalStatus.FAILED)
    assert (tally.accepted, tally.failed, tally.done, tally.done_now) == (1, 1, 2, 2)
