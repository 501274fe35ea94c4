"""Whom a run tells what."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from support.fake_transport import FakeProvider, always, answer
from support.plans import Row
from support.runs import DIGEST, Job, Setup, Watcher, work_of
from support.virtual import run_virtual

from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.journal_read import events
from modelroute_cli.execution.keys import Credentials
from modelroute_cli.execution.records import Event, EventKind
from modelroute_cli.execution.run_log import LogEvent, RunLog
from modelroute_cli.execution.teller import Teller


def told(folder: Path, act: Callable[[Teller], None], *, logged: bool = True) -> tuple[list[str], list[list[str]]]:
    """What people were told, and event and text of the log's lines."""
    job, watcher, path = Job.of([Row()], folder), Watcher(), folder / "log.jsonl"

    async def acted(log: RunLog | None) -> None:
        journal = Journal.open(job.journal, DIGEST)
        work = work_of(job, FakeProvider(always(answer())), Setup(log=log), journal)
        act(Teller(replace(work, credentials={"cheap": Credentials(key="sk-secret")}), watcher))
        await journal.close()

    with RunLog(path) as log:
        run_virtual(acted(log if logged else None))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return watcher.notices, [[line["event"], line["text"]] for line in lines]


def test_a_notice_goes_to_people_and_to_the_log(tmp_path: Path) -> None:
    """The same words; without a log it goes to people alone."""
    assert told(tmp_path, lambda teller: teller.notice("slow")) == (["slow"], [["notice", "slow"]])
    (tmp_path / "log.jsonl").unlink()
    assert told(tmp_path, lambda teller: teller.notice("slow"), logged=False) == (["slow"], [])


def test_what_happened_to_the_run_is_journaled_too(tmp_path: Path) -> None:
    """With its subject and how many requests it moved."""
    notices, _ = told(tmp_path, lambda teller: teller.happened(EventKind.REPLANNED, "a", "2 go to `b`", 2))
    assert notices == ["2 go to `b`"]
    assert events(tmp_path / "journal.db") == (
        Event("2026-11-23T10:00:00.000000+00:00", EventKind.REPLANNED, "a", 2, "2 go to `b`"),
    )


def test_what_is_no_event_is_a_notice_alone(tmp_path: Path) -> None:
    """The journal holds nothing of it."""
    assert told(tmp_path, lambda teller: teller.happened(None, "a", "busy"))[0] == ["busy"]
    assert events(tmp_path / "journal.db") == ()


def test_what_a_program_wrote_is_logged_without_keys(tmp_path: Path) -> None:
    """And people are not told."""
    assert told(tmp_path, lambda teller: teller.program("key sk-secret")) == ([], [["program", "key [hidden]"]])


def test_a_line_of_the_log_is_told_to_nobody(tmp_path: Path) -> None:
    """Such as that a session started."""
    assert told(tmp_path, lambda teller: teller.log(LogEvent.STARTED, "go")) == ([], [["started", "go"]])
