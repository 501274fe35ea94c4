"""The run's log."""

import json
from pathlib import Path

import pytest
from support.fake_transport import FakeProvider, answer, failure, in_turn
from support.plans import CHEAP, Row
from support.runs import Job, Setup, run
from support.virtual import START

from modelroute_cli.base.errors import StorageError
from modelroute_cli.execution.run_log import LogEvent, LogLine, RunLog
from modelroute_cli.providers.base import FailureKind


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_run_logs_its_start_failures_notices_and_end(tmp_path: Path) -> None:
    """One line each, with the time; neither prompts nor answers are in it."""
    path = tmp_path / "log.jsonl"
    limited = failure(FailureKind.RATE_LIMITED, 429, retry_after_s=9.0)
    job = Job.of([Row()], tmp_path)
    with RunLog(path) as log:
        run(job, FakeProvider(in_turn(limited, answer("the answer"))), Setup(log=log))
    assert _lines(path) == [
        {"at": "2026-11-23T10:00:00.000+00:00", "event": "started", "text": "1 requests to go"},
        {
            "at": "2026-11-23T10:00:01.000+00:00",
            "event": "notice",
            "text": "`cheap` limits the rate: `cheap-1` gets nothing for 9 s",
        },
        {
            "at": "2026-11-23T10:00:01.000+00:00",
            "event": "failure",
            "text": "rate_limited 429: no",
            "custom_id": "r0",
            "model": CHEAP,
            "attempt": 1,
        },
        {"at": "2026-11-23T10:00:11.000+00:00", "event": "ended", "text": "done: 1 accepted, 0 failed"},
    ]


def test_a_later_session_appends(tmp_path: Path) -> None:
    """What was logged before stays."""
    path = tmp_path / "log.jsonl"
    for text in ("one", "two"):
        with RunLog(path) as log:
            log.write(START, LogLine(LogEvent.NOTICE, text))
    assert [line["text"] for line in _lines(path)] == ["one", "two"]


def test_a_log_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    """No folder, or a full disk."""
    with pytest.raises(StorageError, match="No such file or directory"), RunLog(tmp_path / "none" / "log.jsonl"):
        pass
    with (
        pytest.raises(StorageError, match="No space left on device"),
        RunLog(Path("/dev/full")) as log,
    ):
        log.write(START, LogLine(LogEvent.NOTICE, "x"))
