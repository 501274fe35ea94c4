"""The control file, and the file that tells where a run stands."""

import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.progress import HandClock, progress

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.control import Control, ControlFile, want
from modelroute_cli.execution.live import Live, LiveFile, read_live
from modelroute_cli.execution.pace import FULL, Pace
from modelroute_cli.execution.work import KnownLimit, LimitUnit, ModelProgress, Progress

AT = "2026-11-23T10:00:00.000+00:00"


def _progress(done: int) -> Progress:
    model = ModelProgress(
        model="m",
        done=done,
        in_flight=1,
        waiting=2,
        per_minute=None,
        limit=KnownLimit(5, LimitUnit.RPM),
        holds="",
        spent_pusd=PicoUSD(1),
    )
    return replace(progress(done), models=(model,))


def test_a_pace_is_taken_up_once_each_time_it_is_wanted(tmp_path: Path) -> None:
    """Whatever is wanted again counts again; nothing new is None."""
    path = tmp_path / "control.json"
    file = ControlFile(path)
    assert file.poll() is None
    for number, pace in enumerate((Pace(50), FULL, FULL)):
        want(path, Control(pace, AT))
        os.utime(path, ns=(number, number))
        assert (file.poll(), file.poll()) == (Control(pace, AT), None)


def test_a_run_may_be_wanted_to_stop(tmp_path: Path) -> None:
    """The pace does not matter then; a file of an earlier modelroute wants no such thing."""
    path = tmp_path / "control.json"
    want(path, Control(FULL, AT, stop=True))
    assert ControlFile(path).poll() == Control(FULL, AT, stop=True)
    path.write_bytes(b'{"pace":{"percent":50},"at":"2026-11-23T10:00:00+00:00","format":1}')
    assert ControlFile(path).poll() == Control(Pace(50), "2026-11-23T10:00:00+00:00")


def test_what_an_earlier_session_was_told_is_forgotten(tmp_path: Path) -> None:
    """A run that was paused and killed does not begin paused."""
    path = tmp_path / "control.json"
    want(path, Control(Pace(0), AT))
    file = ControlFile(path)
    file.clear()
    file.clear()
    assert file.poll() is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"pace": {"percent": 50}}', b'{"pace": 7, "at": "now"}'])
def test_a_file_that_is_not_ours_changes_nothing(tmp_path: Path, content: bytes) -> None:
    """A slip of the hand does not stop a run."""
    path = tmp_path / "control.json"
    path.write_bytes(content)
    assert ControlFile(path).poll() is None


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    """The one who types it is told."""
    with pytest.raises(StorageError, match="cannot use the run folder"):
        want(tmp_path / "none" / "control.json", Control(FULL, AT))


def test_where_a_run_stands_is_written_once_a_second_and_taken_away_at_the_end(tmp_path: Path) -> None:
    """Others read it whole; afterwards there is none."""
    path, clock = tmp_path / "live.json", HandClock()
    file = LiveFile(path, clock)
    for seconds, done in ((0.0, 1), (0.5, 2), (1.0, 3), (1.9, 4)):
        clock.seconds = seconds
        file.on_progress(_progress(done))
    assert read_live(path) == Live(
        at="2026-11-23T10:00:01.000+00:00", started_at=AT, progress=_progress(3), asking=False
    )
    file.close()
    assert read_live(path) is None


def test_a_disk_that_refuses_it_stops_no_run(tmp_path: Path) -> None:
    """The journal tells of a full disk; this file is for others' eyes."""
    file = LiveFile(tmp_path / "none" / "live.json", HandClock())
    file.on_progress(_progress(1))
    file.close()
    assert read_live(tmp_path / "none" / "live.json") is None
