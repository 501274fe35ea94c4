"""The audit log in a report."""

from modelroute_cli.execution.audit.noted import AuditNote
from modelroute_cli.report.audit_note import audit_line
from modelroute_cli.report.screen import Line


def test_the_last_entry_is_told_as_verify_takes_it() -> None:
    """Number and hash."""
    assert audit_line(AuditNote(entries=64, hash="9b8e")) == (Line("Audit log, last entry: 64:9b8e"),)


def test_without_a_log_nothing_is_told() -> None:
    """Also where the run's folder cannot say."""
    assert audit_line(None) == ()
