"""What the audit log came to with a run: a line to note elsewhere, since nobody can then write the log anew."""

from modelroute_cli.execution.audit.noted import AuditNote
from modelroute_cli.report.screen import Line, Screen


def audit_line(note: AuditNote | None) -> Screen:
    """`Audit log, last entry: 64:9b8efc...`, in the form that `audit verify --noted` takes; or no line."""
    return () if note is None else (Line(f"Audit log, last entry: {note.entries}:{note.hash}"),)
