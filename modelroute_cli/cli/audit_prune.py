"""`modelroute audit prune`: old files of the audit log, deleted under an entry that says so."""

import os
import shlex
from datetime import datetime, timedelta

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.cli.audit import audit_settings
from modelroute_cli.cli.audited import make_trail
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_audit import AuditPruneFlags
from modelroute_cli.execution.audit.pruning import Old, old_files, prune
from modelroute_cli.report.audit_screen import entries
from modelroute_cli.report.screen import plural


def audit_prune(flags: AuditPruneFlags, console: Console) -> ExitCode:
    """Say what is old, ask, delete; UsageError where nobody agreed or nothing says what is old."""
    settings, now = audit_settings(flags.config), SystemClock().now()
    days = settings.retention_days if flags.days is None else flags.days
    if days is None:
        message = "nothing says how long the audit log is kept"
        raise UsageError(message, hint="give --days, or set `audit.retention_days`")
    trail, before = make_trail(settings, os.environ), now - timedelta(days=days)
    old = old_files(trail.place, before)
    if old is None:
        console.say(f"No file of the audit log is older than {plural(days, 'day')}: nothing is deleted")
        return ExitCode.OK
    if not flags.yes:
        _approve(old, days, console)
    prune(trail, old, before, now)
    console.say(f"Deleted {told(old, before)}. An entry of the log says so")
    return ExitCode.OK


def told(old: Old, before: datetime) -> str:
    """`1,024 entries in 2 files (64.0 MB), all from before 2026-01-01`."""
    files = plural(len(old.files), "file")
    return f"{entries(old.entries)} in {files} ({old.bytes / 1e6:,.1f} MB), all from before {before:%Y-%m-%d}"


def _approve(old: Old, days: int, console: Console) -> None:
    """Have it agreed to; UsageError when it is not."""
    if not console.interactive:
        message = "nobody agreed: there is no terminal to ask at; nothing was deleted"
        again = shlex.join(["modelroute", "audit", "prune", "--days", str(days), "--yes"])
        raise UsageError(message, hint=f"do it with `{again}`")
    names = ", ".join(file.name for file in old.files)
    if console.ask(f"Type `yes` to delete {entries(old.entries)} for good ({names}): ") != "yes":
        message = "not agreed to; nothing was deleted"
        raise UsageError(message, hint="type `yes` to delete")
