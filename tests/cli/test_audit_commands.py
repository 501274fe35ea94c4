"""`audit catch-up` and `audit prune` over logs made by hand, and sessions that end badly."""

from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from support.audited import PLAIN, Run, request, requests_told, told
from support.cli import Cli
from support.plans import Row

from modelroute_cli.base.errors import StorageError, UsageError
from modelroute_cli.cli.audit_prune import audit_prune
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_audit import AuditPruneFlags
from modelroute_cli.execution.audit.entries import Began, Ended, Pruned
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.trail import EndOfSession, end
from modelroute_cli.execution.audit.verifying import verify
from modelroute_cli.execution.audit.writing import LogOptions, writing

LATER = datetime(2027, 1, 20, tzinfo=UTC)


def killed(folder: Path) -> Run:
    """A run that answered one request before it was killed."""
    run = Run.of(folder / ".modelroute", [Row(), Row()])
    run.begin()
    run.accepted(1, 0)
    run.sent(2, 1)
    return run


def test_what_a_crash_left_out_is_taken_in_afterwards(cli: Cli) -> None:
    """Once; the attempt in flight is told of as open."""
    run = killed(cli.folder)
    assert cli("audit", "catch-up").out == "Run run1: 2 entries added\n"
    assert cli("audit", "catch-up").out == "Nothing was missing\n"
    outcomes = [attempt.outcome for each in requests_told(run.trail.place) for attempt in each.attempts]
    assert outcomes == ["answered", None]


def test_a_run_that_is_being_executed_takes_itself_in(cli: Cli) -> None:
    """It is left alone, and named."""
    run = killed(cli.folder)
    with run.folder.lock():
        found = cli("audit", "catch-up")
    assert (found.code, found.out) == (0, "Nothing was missing\n")
    assert "run `run1` is being executed by" in found.err


def test_a_run_that_cannot_be_read_is_named(cli: Cli) -> None:
    """The others are taken in."""
    run = killed(cli.folder)
    run.folder.plan.write_text("no plan")
    found = cli("audit", "catch-up")
    assert (found.code, found.out) == (1, "Nothing was missing\n")
    assert found.err.startswith("warning: run `run1`: `.modelroute/runs/run1/plan` is not a plan file: ")


class Terminal(Console):
    """A console at which somebody types."""

    def __init__(self, answer: str | None) -> None:
        self.out, self.asked, self._answer = StringIO(), "", answer
        super().__init__(self.out, StringIO(), {})

    @property
    def interactive(self) -> bool:
        """Whether somebody is there."""
        return self._answer is not None

    def ask(self, question: str) -> str:
        """What is typed."""
        self.asked = question
        return self._answer or ""


@pytest.fixture
def old(cli: Cli) -> AuditPlace:
    """A log in this folder with a file of each of two months long ago."""
    place = AuditPlace(cli.folder / ".modelroute" / "audit")
    for row, at in enumerate((datetime(2020, 1, 5, tzinfo=UTC), datetime(2020, 2, 5, tzinfo=UTC))):
        with writing(place, LogOptions(PLAIN, at)) as log:
            log.append(request(row))
    return place


def test_old_files_are_deleted_once_somebody_agreed(old: AuditPlace) -> None:
    """Who is asked is told how much and which; what is left can be verified."""
    terminal = Terminal("yes")
    audit_prune(AuditPruneFlags(days=30), terminal)
    assert terminal.asked == "Type `yes` to delete 2 entries for good (000001.2020-01.jsonl): "
    assert terminal.out.getvalue().startswith("Deleted 2 entries in 1 file (0.0 MB), all from before 2")
    assert [file.name.partition(".")[0] for file in old.files()] == ["000002", "000003"]
    found = verify(old, PLAIN)
    assert (found.problems, found.first) == ((), 3)
    again = Terminal(None)
    audit_prune(AuditPruneFlags(days=36_000), again)
    assert again.out.getvalue() == "No file of the audit log is older than 36,000 days: nothing is deleted\n"


@pytest.mark.parametrize(
    ("answer", "message", "hint"),
    [
        (
            None,
            "nobody agreed: there is no terminal to ask at; nothing was deleted",
            "do it with `modelroute audit prune --days 30 --yes`",
        ),
        ("no", "not agreed to; nothing was deleted", "type `yes` to delete"),
    ],
)
def test_nobody_deletes_without_a_yes(old: AuditPlace, answer: str | None, message: str, hint: str) -> None:
    """Neither where there is nobody to ask, nor where the answer is another."""
    with pytest.raises(UsageError) as caught:
        audit_prune(AuditPruneFlags(days=30), Terminal(answer))
    assert (caught.value.message, caught.value.hint) == (message, hint)
    assert len(old.files()) == 2


def test_without_a_length_nothing_is_old(cli: Cli) -> None:
    """Neither a flag nor a setting says one."""
    with pytest.raises(UsageError) as caught:
        audit_prune(AuditPruneFlags(), Terminal(None))
    assert caught.value.hint == "give --days, or set `audit.retention_days`"
    assert cli.folder.is_dir()


def test_a_session_that_fails_is_told_by_the_name_of_its_error(tmp_path: Path) -> None:
    """Its words may be a provider's."""
    run = Run.of(tmp_path, [Row()])
    run.begin()
    end(run.trail, run.folder, run.plan, EndOfSession(status=StorageError.__name__), LATER)
    assert [each.entry.status for each in told(run.trail.place) if isinstance(each.entry, Ended)] == ["StorageError"]


def test_who_ran_it_is_told_where_it_is_wanted(tmp_path: Path) -> None:
    """Account and machine."""
    run = Run.of(tmp_path, [Row()])
    run = replace(run, trail=replace(run.trail, user="anna", host="build-7"))
    run.begin()
    (began,) = [each.entry for each in told(run.trail.place) if isinstance(each.entry, Began)]
    assert (began.user, began.host) == ("anna", "build-7")
    assert not [each for each in told(run.trail.place) if isinstance(each.entry, Pruned)]
    assert verify(run.trail.place, PLAIN).is_whole
