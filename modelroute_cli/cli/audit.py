"""`modelroute audit verify` and `audit catch-up`: is the log whole, and is everything in it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ExitCode, ModelrouteError, RunLockedError, UsageError
from modelroute_cli.catalog.audit import AuditSettings
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.cli.audited import make_trail
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_audit import AuditCatchUpFlags, AuditFlags, AuditVerifyFlags
from modelroute_cli.cli.workspace import AUDIT, HOLD_OUTS, PILOTS, RUNS
from modelroute_cli.execution.audit.chain import hasher_from
from modelroute_cli.execution.audit.findings import Noted, Verified
from modelroute_cli.execution.audit.noted import notes_below
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.trail import Beginning, Trail, catch_up, run_kind
from modelroute_cli.execution.audit.verifying import verify, verify_file
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.planning import plan_file
from modelroute_cli.report.audit_screen import entries, verified_screen
from modelroute_cli.report.json_out import to_json

ROOTS = (RUNS, PILOTS, HOLD_OUTS)
_NOTED = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


def audit(flags: AuditFlags, console: Console) -> ExitCode:
    """Verify this folder's log."""
    return audit_verify(AuditVerifyFlags(config=flags.config, as_json=flags.as_json), console)


def audit_verify(flags: AuditVerifyFlags, console: Console) -> ExitCode:
    """Say whether a log is whole; SOME_FAILED where it is not."""
    found = _verified(flags)
    if flags.as_json:
        console.say(to_json(found))
    else:
        console.show(verified_screen(found))
    return ExitCode.OK if found.is_whole else ExitCode.SOME_FAILED


def _verified(flags: AuditVerifyFlags) -> Verified:
    hasher = hasher_from(os.environ, flags.key_env or audit_settings(flags.config).key_env)
    place = AUDIT if flags.log is None else flags.log
    noted = [] if flags.noted is None else [_noted(flags.noted)]
    if place.is_file():
        return verify_file(place, hasher)
    own = notes_below(tuple(place.parent / root.name for root in ROOTS))
    return verify(AuditPlace(place), hasher, [*own, *noted])


def _noted(text: str) -> Noted:
    found = _NOTED.fullmatch(text)
    if found is None:
        message = f"--noted: `{text}` is no number of entries and hash"
        raise UsageError(message, hint="type it as `audit verify` or a report showed it: `--noted 1024:3f9c...`")
    return Noted(int(found[1]), found[2], "--noted")


def audit_settings(config: Path | None) -> AuditSettings:
    """The section `audit` that holds here."""
    return load_settings(Path.cwd(), config, os.environ, {}).audit


def audit_catch_up(flags: AuditCatchUpFlags, console: Console) -> ExitCode:
    """Take in what runs journaled and a crash kept from the log; SOME_FAILED where a run could not be read."""
    trail, added, failed = make_trail(audit_settings(flags.config), os.environ), 0, False
    for folder in _folders():
        try:
            count = _caught_up(trail, folder)
        except RunLockedError as error:
            console.note(f"{error.message}: its session takes itself in")
            continue
        except ModelrouteError as error:
            console.note(f"warning: run `{folder.run_id}`: {error.message}", "warning")
            failed = True
            continue
        if count:
            console.say(f"Run {folder.run_id}: {entries(count)} added")
        added += count
    if not added:
        console.say("Nothing was missing")
    return ExitCode.SOME_FAILED if failed else ExitCode.OK


def _caught_up(trail: Trail, folder: RunFolder) -> int:
    """Entries that were missing of a run that nobody executes."""
    with folder.lock():
        return take_in(trail, folder)


def take_in(trail: Trail, folder: RunFolder) -> int:
    """The same of a run whose lock is held."""
    session = Beginning(
        plan=plan_file.read(folder.plan),
        what=run_kind(folder.path),
        purpose="catch_up",
        emulated=read_state(folder.journal).emulated,
        cap_pusd=read_state(folder.journal).cap_pusd or plan_file.read(folder.plan).header.hard_cap_pusd,
    )
    return catch_up(trail, folder, session, SystemClock().now())


def _folders() -> Iterator[RunFolder]:
    """Every folder with a journal: runs, pilots, hold-outs, those set aside, and what lies inside them."""
    for root in ROOTS:
        yield from journaled_in(root)


def journaled_in(place: Path) -> Iterator[RunFolder]:
    """Every folder with a journal in a place, itself or inside it."""
    for journal in sorted(place.glob("**/journal.db")):
        yield RunFolder(journal.parent.parent, _id_of(journal.parent), journal.parent.name)


def _id_of(folder: Path) -> str:
    """The id of the run in a folder."""
    if folder.name == "questions":
        return f"{folder.parent.name.partition('.')[0]}0"
    return folder.name.partition(".")[0]
