"""What other processes want of a run that goes on."""

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import pytest
from support.fake_transport import FakeProvider, always, answer
from support.plans import Row
from support.progress import HandClock
from support.runs import Job, Setup, work_of

from modelroute_cli.cli.audience import Audience, attended
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.progress import Silent
from modelroute_cli.execution.control import Control, want
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.live import LiveFile
from modelroute_cli.execution.pace import FULL, Pace
from modelroute_cli.execution.work import RunWork

AT = "2026-11-23T10:00:00.000+00:00"


class YieldingClock(HandClock):
    """A clock whose sleep lets others go on."""

    async def sleep(self, delay_s: float) -> None:
        """Move on, after a turn."""
        await asyncio.sleep(0)
        self.seconds += delay_s


async def _attended(folder: Path, wanted: tuple[Control, ...], err: io.StringIO) -> RunWork:
    """A run of which these things are wanted, one after the other."""
    job = Job.of([Row()], folder)
    journal = Journal.open(job.journal, "sha256:plan")
    clock = YieldingClock()
    work = work_of(job, FakeProvider(always(answer())), Setup(clock=clock), journal)
    audience = Audience(Silent(Console(io.StringIO(), err, {})), LiveFile(folder / "live.json", clock))
    control = folder / "control.json"
    async with attended(control, replace(work, clock=clock), audience):
        for each in wanted:
            control.unlink(missing_ok=True)
            want(control, each)
            for _ in range(5):
                await asyncio.sleep(0)
    await journal.close()
    return work


def test_a_pace_is_taken_up(tmp_path: Path) -> None:
    """Nothing is said: the display says it."""
    err = io.StringIO()
    work = asyncio.run(_attended(tmp_path, (Control(Pace(50), AT),), err))
    assert (work.pace.pace, work.stop.stage, err.getvalue()) == (Pace(50), 0, "")


def test_a_run_ends_when_it_is_to_be_cancelled(tmp_path: Path) -> None:
    """As at the first ^C, however often it is wanted; its pace stays."""
    err = io.StringIO()
    stop = Control(Pace(50), AT, stop=True)
    work = asyncio.run(_attended(tmp_path, (stop, Control(FULL, AT, stop=True)), err))
    assert (work.pace.pace, work.stop.stage) == (FULL, 1)
    assert err.getvalue() == (
        "Stopping, as `modelroute cancel` wants it: no more requests are sent, those in flight are finished first.\n"
    )


def test_what_an_earlier_session_was_told_is_forgotten(tmp_path: Path) -> None:
    """A run that was cancelled and is run again does not end at once."""
    want(tmp_path / "control.json", Control(FULL, AT, stop=True))
    work = asyncio.run(_attended(tmp_path, (), io.StringIO()))
    assert work.stop.stage == 0


@pytest.mark.parametrize("content", [b"", b"{"])
def test_a_broken_file_stops_nothing(tmp_path: Path, content: bytes) -> None:
    """A slip of the hand does not stop a run."""
    (tmp_path / "control.json").write_bytes(content)
    assert asyncio.run(_attended(tmp_path, (), io.StringIO())).stop.stage == 0
