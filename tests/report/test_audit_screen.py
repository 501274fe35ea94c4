"""What is said of an audit log."""

from pathlib import Path

from msgspec import structs
from support.audited import PLAIN, Run, log_of, told
from support.plans import Row

from modelroute_cli.execution.audit.findings import Problem, Verified
from modelroute_cli.execution.audit.verifying import verify
from modelroute_cli.report.audit_screen import entries, problem_text, request_screen, verified_screen
from modelroute_cli.report.screen import Screen

WHOLE = Verified(
    place=".modelroute/audit",
    files=2,
    entries=1024,
    first=1,
    hash="ab" * 32,
    keyed=1024,
    unsealed=0,
    problems=(),
    problem_count=0,
)
NO_KEY = (
    "No key: who can write this folder can write the whole log anew. Note the line above elsewhere, "
    "and compare it with --noted, or set a key."
)
CHANGED = Problem(file="000001.2026-11.jsonl", line=9, entry=9, custom_id="mail-7", what="it was changed")


def text(screen: Screen) -> str:
    """As it is shown."""
    return "\n".join(line.text for line in screen)


def test_a_whole_log_under_a_key_needs_no_further_word() -> None:
    """What to note stands there."""
    assert text(verified_screen(WHOLE)) == (
        "1,024 entries in 2 files of .modelroute/audit: nothing was changed, cut, moved or put in\n"
        f"Last entry: 1024:{'ab' * 32}"
    )


def test_what_it_does_not_rule_out_is_said() -> None:
    """Without a key, with a key that came late, after a crash, after old files were deleted."""
    told_of = structs.replace(WHOLE, keyed=0, unsealed=2, first=513)
    assert text(verified_screen(told_of)).splitlines()[2:] == [
        "Entries 1 to 512 were deleted by `audit prune`, which signed for it.",
        "2 entries behind the head, where a crash left them: modelroute audit catch-up",
        NO_KEY,
    ]
    late = structs.replace(WHOLE, keyed=1000)
    assert text(verified_screen(late)).splitlines()[2:] == ["24 entries from before there was a key are not under it."]


def test_problems_are_told_with_their_places() -> None:
    """Twenty of them, and how many more there are."""
    found = structs.replace(WHOLE, problems=(CHANGED,) * 25, problem_count=130)
    told_of = text(verified_screen(found)).splitlines()
    assert told_of[0] == "130 problems in the audit log at .modelroute/audit"
    assert told_of[1] == "  000001.2026-11.jsonl:9: entry 9, request mail-7: it was changed"
    assert (len(told_of), told_of[-1]) == (22, "  and 110 more (--json lists a hundred)")


def test_a_name_cannot_write_on_the_terminal() -> None:
    """A custom_id is somebody's text."""
    hostile = structs.replace(CHANGED, custom_id="\x1b[2J\u202eab\n", line=None, entry=None)
    shown = problem_text(hostile)
    assert shown.startswith("000001.2026-11.jsonl: request ")
    assert not any(sign in shown for sign in "\x1b\u202e\n")


def test_an_empty_log_says_so(tmp_path: Path) -> None:
    """It is whole, and there is nothing to note."""
    found = verify(log_of(tmp_path / "log", 0), PLAIN)
    assert text(verified_screen(found)) == f"The audit log at {tmp_path / 'log'} has no entries"


def test_counts_are_words() -> None:
    """One is not many."""
    assert (entries(1), entries(2048)) == ("1 entry", "2,048 entries")


def test_one_request_is_told_from_decision_to_end(tmp_path: Path) -> None:
    """Where it was sent, what came back, and both digests."""
    run = Run.of(tmp_path, [Row(), Row(duplicate_of=0)])
    run.begin()
    run.accepted(1, 0)
    run.end()
    shown = text(request_screen(told(run.trail.place))).splitlines()
    assert shown[:4] == [
        "Run run1, entry 3 (000001.2026-11.jsonl:3)",
        "  planned: cheap-1 at standard, by hand, quality 0.90, ~$0.00000000060",
        "  2026-11-23T10:00:00Z  attempt 1 (first): cheap-1 at cheap: pass, $0.00000000060",
        f"    prompt sha256 {1:064x}",
    ]
    assert shown[5:] == [
        "  accepted by attempt 1",
        "Run run1, entry 4 (000001.2026-11.jsonl:4)",
        "  planned: cheap-1 at standard, answered as row 0 was, which asks the same",
        "  accepted by attempt 1",
    ]
