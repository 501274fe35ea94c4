"""Runs in the log: everything that a journal holds, exactly once."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.audited import AT, KEYED, PLAIN, SENT, Run, request, requests_told, told
from support.plans import Row
from support.runs import scratch

from modelroute_cli.execution.audit.chain import Hasher
from modelroute_cli.execution.audit.cursor import load
from modelroute_cli.execution.audit.entries import (
    AnyEntry,
    BatchEntry,
    Began,
    CapEntry,
    Ended,
    EventEntry,
    Note,
)
from modelroute_cli.execution.audit.head import Head
from modelroute_cli.execution.audit.noted import AuditNote, notes_below, read_note
from modelroute_cli.execution.audit.trail import life_of, note, run_kind
from modelroute_cli.execution.audit.verifying import verify
from modelroute_cli.execution.audit.writing import LogOptions, writing
from modelroute_cli.execution.run_folder import RunFolder

ROWS = [Row() for _ in range(6)]
QUICK = settings(max_examples=20, deadline=None)


def kinds(run: Run) -> list[str]:
    """What stands in the log, but for the lines that begin files."""
    return [type(each.entry).__name__ for each in told(run.trail.place)][1:]


def of_kind(run: Run, kind: type[AnyEntry]) -> list[AnyEntry]:
    """All entries of a kind."""
    return [each.entry for each in told(run.trail.place) if isinstance(each.entry, kind)]


def attempts(run: Run) -> list[int]:
    """Every attempt as it is told of."""
    return [attempt.attempt for each in requests_told(run.trail.place) for attempt in each.attempts]


def test_a_session_is_told_from_beginning_to_end(tmp_path: Path) -> None:
    """Who began what, each request, how it ended."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    run.accepted(1, 0)
    run.accepted(2, 1)
    run.end()
    assert kinds(run) == ["Began", "RequestEntry", "RequestEntry", "Ended"]
    (began,) = of_kind(run, Began)
    assert isinstance(began, Began)
    assert (began.run_id, began.what, began.purpose, began.requests, began.cap_pusd) == (
        "run1",
        "run",
        "send",
        6,
        10**9,
    )
    assert began.plan_sha256 == sha256(run.folder.plan.read_bytes()).hexdigest()
    assert [terms.provider for terms in began.models] == ["cheap", "other", "strong"]
    assert verify(run.trail.place, PLAIN).is_whole


def test_an_entry_tells_decision_attempts_and_end(tmp_path: Path) -> None:
    """All of it as it stands in plan and journal; digests in the place of texts."""
    run = Run.of(tmp_path, [Row(tenant="shop")])
    run.begin()
    run.accepted(1, 0)
    run.end()
    (entry,) = requests_told(run.trail.place)
    (attempt,) = entry.attempts
    assert (entry.custom_id, entry.tenant, entry.row, entry.of) == ("r0", "shop", 0, 2)
    assert (entry.decision.model, entry.decision.rule, entry.decision.reason) == ("cheap-1", "all", "by hand")
    assert (entry.decision.quality, entry.decision.cost_pusd, entry.decision.most_pusd) == (0.9, 600, 2100)
    assert (attempt.kind, attempt.model, attempt.provider, attempt.at) == ("first", "cheap-1", "cheap", SENT)
    assert (attempt.outcome, attempt.verdict, attempt.cost_pusd, attempt.reserved_pusd) == (
        "answered",
        "pass",
        600,
        2100,
    )
    assert attempt.prompt_sha256 == f"{1:064x}"
    assert attempt.answer_sha256 == sha256(b"an answer").hexdigest()
    assert (attempt.answer, entry.ended and entry.ended.status) == (None, "accepted")


@QUICK
@given(steps=st.lists(st.sampled_from(["begin", "end", "catch_up", "request"]), max_size=14))
def test_sessions_in_any_pieces_tell_of_each_thing_once(steps: list[str]) -> None:
    """However often the log is brought up to date in between, by sessions or afterwards."""
    with scratch() as folder:
        run, row = Run.of(folder, [Row() for _ in steps]), 0
        for step in steps:
            if step == "request":
                run.accepted(row + 1, row)
                row += 1
            else:
                {"begin": run.begin, "end": run.end, "catch_up": run.catch_up}[step]()
        run.catch_up()
        assert run.catch_up() == 0
        if run.trail.place.files():
            assert attempts(run) == list(range(1, row + 1))
            assert [each.row for each in requests_told(run.trail.place) if each.ended] == list(range(row))
            assert verify(run.trail.place, PLAIN).is_whole


@pytest.mark.parametrize("hasher", [PLAIN, KEYED], ids=["plain", "keyed"])
@settings(QUICK, max_examples=12)
@given(cut=st.integers(1, 2_000))
def test_a_crash_while_the_log_is_written_loses_and_doubles_nothing(hasher: Hasher, cut: int) -> None:
    """At any byte of what is written: the next to write appends what is missing."""
    with scratch() as folder:
        run = Run.of(folder, ROWS[:2], hasher)
        run.begin()
        head = run.trail.place.head.read_bytes()
        (cursor,) = run.trail.place.cursors.iterdir()
        known = cursor.read_bytes()
        run.accepted(1, 0)
        run.accepted(2, 1)
        run.end()
        (file,) = run.trail.place.files()
        file.write_bytes(file.read_bytes()[: json.loads(head)["size"] + cut])
        run.trail.place.head.write_bytes(head)
        cursor.write_bytes(known)
        run.catch_up()
        assert attempts(run) == [1, 2]
        assert verify(run.trail.place, hasher).is_whole


def test_a_crash_behind_the_head_doubles_nothing(tmp_path: Path) -> None:
    """The cursor was not written yet, or is gone: the log itself is read."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    (cursor,) = run.trail.place.cursors.iterdir()
    known = cursor.read_bytes()
    run.accepted(1, 0)
    run.end()
    cursor.write_bytes(known)
    assert run.catch_up() == 0
    cursor.unlink()
    assert run.catch_up() == 0
    cursor.write_bytes(b"\xff")
    run.accepted(2, 1)
    assert run.catch_up() == 1
    assert attempts(run) == [1, 2]


def test_an_open_attempt_stands_again_once_more_is_known_of_it(tmp_path: Path) -> None:
    """Sent; then nobody knows; then it was billed after all."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    run.sent(1, 0)
    run.catch_up()
    run.catch_up()
    run.came(1, outcome="unknown")
    run.catch_up()
    run.catch_up()
    run.came(1)
    run.judged(1, 0)
    run.end()
    run.catch_up()
    told_of = [
        (attempt.outcome, attempt.verdict) for each in requests_told(run.trail.place) for attempt in each.attempts
    ]
    assert told_of == [(None, None), ("unknown", None), ("answered", "pass")]


def test_an_answer_that_was_judged_later_stands_again(tmp_path: Path) -> None:
    """With its verdict and the end of its request."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    run.sent(1, 0)
    run.came(1)
    run.catch_up()
    run.judged(1, 0)
    run.end()
    entries = requests_told(run.trail.place)
    assert [(each.attempts[0].verdict, each.ended is not None) for each in entries] == [(None, False), ("pass", True)]


def test_a_line_of_a_batch_is_told_of_once_it_is_collected(tmp_path: Path) -> None:
    """Until then the batch stands for it, with the digest of its lines."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    run.sent(1, 0, batch=1)
    run.sent(2, 1)
    run.came(2)
    batch = (1, "openai", "batch", "cheap-1", 1, 100, 300, "ab" * 32, "mr-1", SENT, None)
    run.write(f"INSERT INTO batches VALUES ({', '.join('?' * len(batch))})", *batch)  # noqa: S608 - question marks
    for step in ("submitted", "seen", "ended"):
        run.write("INSERT INTO batch_steps VALUES (1, ?, ?, 'batch_1', 0, 0, '')", SENT, step)
    run.end()
    assert attempts(run) == [2]
    steps = [
        (each.step, each.provider, each.sha256) for each in of_kind(run, BatchEntry) if isinstance(each, BatchEntry)
    ]
    assert steps == [("submitted", "openai", "ab" * 32), ("ended", "openai", "ab" * 32)]
    run.came(1)
    run.judged(1, 0)
    run.write("INSERT INTO batch_steps VALUES (1, ?, 'settled', NULL, 1, 0, '')", SENT)
    run.catch_up()
    assert attempts(run) == [2, 1]
    assert len(of_kind(run, BatchEntry)) == 3


def test_a_duplicate_ends_as_the_first_does(tmp_path: Path) -> None:
    """It has a decision and no attempt."""
    run = Run.of(tmp_path, [Row(), Row(duplicate_of=0), Row()])
    run.begin()
    run.catch_up()
    run.accepted(1, 0)
    run.end()
    run.catch_up()
    entries = [(each.row, each.duplicate_of, len(each.attempts), each.ended) for each in requests_told(run.trail.place)]
    assert [entry[:3] for entry in entries] == [(0, None, 1), (1, 0, 0)]
    assert entries[0][3] == entries[1][3]


def test_a_request_that_was_taken_up_again_ends_twice(tmp_path: Path) -> None:
    """As it did."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    run.sent(1, 0)
    run.came(1, outcome="failed")
    run.write("INSERT INTO finals VALUES (0, 'failed', NULL, 'a reason')")
    run.end()
    run.write("INSERT INTO reopened VALUES (0, 1)")
    run.write("DELETE FROM finals")
    run.begin()
    run.accepted(2, 0)
    run.end()
    run.catch_up()
    ended = [each.ended for each in requests_told(run.trail.place)]
    assert [(end.status, end.attempt, end.after) for end in ended if end] == [("failed", None, 0), ("accepted", 2, 1)]


def test_caps_and_events_are_told_once_without_their_words(tmp_path: Path) -> None:
    """Words may be a provider's."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    run.write("INSERT INTO caps VALUES (?, 1000)", SENT)
    run.write("INSERT INTO events VALUES (?, 'closed', 'cheap', 3, 'no longer: <provider words>')", SENT)
    run.catch_up()
    run.catch_up()
    run.end()
    caps = [each.cap_pusd for each in of_kind(run, CapEntry) if isinstance(each, CapEntry)]
    events = [
        (each.event, each.subject, each.requests) for each in of_kind(run, EventEntry) if isinstance(each, EventEntry)
    ]
    assert (caps, events) == ([1000], [("closed", "cheap", 3)])
    assert b"provider words" not in b"".join(file.read_bytes() for file in run.trail.place.files())


def test_a_run_that_starts_over_is_another_one(tmp_path: Path) -> None:
    """Its attempts are numbered from 1 on again."""
    first = Run.of(tmp_path, ROWS)
    first.begin()
    first.accepted(1, 0)
    first.end()
    first.folder.set_aside()
    second = Run.of(tmp_path, ROWS) if not (tmp_path / "runs" / "run1").exists() else first
    (second.folder.path / "meta.json").write_text('{"created_at":"2026-11-24T10:00:00+00:00"}')
    second.begin()
    second.accepted(1, 0)
    second.end()
    assert [(each.of, len(each.attempts)) for each in requests_told(first.trail.place)] == [(2, 1), (5, 1)]


def test_runs_do_not_count_each_other(tmp_path: Path) -> None:
    """Though their entries stand among each other."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    with writing(run.trail.place, LogOptions(PLAIN, AT)) as log:
        log.append(structs.replace(request(0), of=77))
    run.accepted(1, 0)
    run.end()
    assert [(each.of, each.custom_id) for each in requests_told(run.trail.place)] == [(77, "mail-0"), (2, "r0")]


def test_a_run_that_nobody_noted_is_begun_by_catching_up(tmp_path: Path) -> None:
    """The log was switched off, or the first session was killed at once."""
    run = Run.of(tmp_path, ROWS)
    assert run.catch_up() == 0
    run.accepted(1, 0)
    assert run.catch_up() == 3
    (began,) = of_kind(run, Began)
    assert isinstance(began, Began)
    assert began.purpose == "catch_up"


def test_a_session_that_was_killed_has_no_end(tmp_path: Path) -> None:
    """Which is how it shows."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    run.accepted(1, 0)
    run.begin()
    run.end()
    assert kinds(run) == ["Began", "RequestEntry", "Began", "Ended"]
    ended = of_kind(run, Ended)
    assert [each.status for each in ended if isinstance(each, Ended)] == ["done"]


def test_texts_stand_there_where_they_are_asked_for(tmp_path: Path) -> None:
    """Answers, as they were journaled."""
    run = Run.of(tmp_path, ROWS)
    run = replace(run, trail=replace(run.trail, texts=True))
    run.begin()
    run.sent(1, 0)
    run.came(1, "Grüße\nan alle")
    run.end()
    assert requests_told(run.trail.place)[0].attempts[0].answer == "Grüße\nan alle"


def test_what_was_replaced_before_sending_is_counted(tmp_path: Path) -> None:
    """By kind of data; the values stand nowhere."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    run.accepted(1, 0)
    run.accepted(2, 1)
    run.write("INSERT INTO redactions VALUES (1, ?, 0, 0)", '{"email":2,"iban":1}')
    run.end()
    redacted = [attempt.redacted for each in requests_told(run.trail.place) for attempt in each.attempts]
    assert redacted == [{"email": 2, "iban": 1}, None]


def test_the_folder_of_a_run_notes_what_the_log_came_to(tmp_path: Path) -> None:
    """So that it can be compared, and shown in a report."""
    run = Run.of(tmp_path, ROWS)
    run.begin()
    found = verify(run.trail.place, PLAIN)
    assert read_note(run.folder.path) == AuditNote(entries=found.entries, hash=found.hash or "")
    (noted,) = notes_below((tmp_path / "runs",))
    assert verify(run.trail.place, PLAIN, [noted]).is_whole
    assert read_note(tmp_path) is None


def test_other_deeds_can_be_noted(tmp_path: Path) -> None:
    """Such as deleting old runs."""
    run = Run.of(tmp_path, ROWS)
    note(run.trail, "runs_pruned", "3 runs", AT)
    (entry,) = of_kind(run, Note)
    assert isinstance(entry, Note)
    assert (entry.what, entry.subject) == ("runs_pruned", "3 runs")


def test_folders_inside_a_run_began_with_it(tmp_path: Path) -> None:
    """Questions, and what a judge is asked."""
    run = Run.of(tmp_path, ROWS)
    questions = run.folder.questions()
    assert life_of(questions).created_at == life_of(run.folder).created_at == "2026-11-23T09:59:00+00:00"
    assert life_of(RunFolder(tmp_path / "elsewhere", "x")).created_at == ""
    assert load(run.trail.place, life_of(questions), Head()).of is None


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("runs/a", "run"),
        ("runs/a/questions", "questions"),
        ("pilots/a", "pilot"),
        ("hold_outs/a", "certify"),
        ("pilots/a/judging/b", "scoring"),
    ],
)
def test_the_place_of_a_folder_says_what_it_is_of(folder: str, kind: str) -> None:
    """Below `.modelroute`."""
    assert run_kind(Path(folder)) == kind
