"""`modelroute audit export`, `audit show` and `audit check-text`: what the log says, as a table and of one request."""

import os
import sys
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.base.schema import Message
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_audit import AuditCheckTextFlags, AuditExportFlags, AuditShowFlags
from modelroute_cli.cli.workspace import AUDIT
from modelroute_cli.execution.audit.entries import RequestEntry
from modelroute_cli.execution.audit.looking import Found, look
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.prompt import prompt_bytes
from modelroute_cli.execution.whole_file import whole
from modelroute_cli.report.audit_rows import FORMS, AuditRow, Wanted, audit_rows, write_rows
from modelroute_cli.report.audit_screen import request_screen
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.screen import plural, safe


def audit_export(flags: AuditExportFlags, console: Console) -> ExitCode:
    """Write the rows that are wanted; UsageError for an ending or a day that is none, or a file that is there."""
    if flags.output.suffix not in FORMS:
        message = f"`{flags.output}`: its ending says no form"
        raise UsageError(message, hint=f"name a file that ends with {', '.join(FORMS)}")
    if flags.output.exists() and not flags.force:
        message = f"`{flags.output}` is there already"
        raise UsageError(message, hint="name another file, or add --force to replace it")
    wanted = Wanted(
        since=day("--from", flags.since), until=day("--to", flags.until), run=flags.run, tenant=flags.tenant
    )
    rows = audit_rows(look(AuditPlace(AUDIT)), wanted)
    with whole(flags.output, "the audit log") as file:
        count = write_rows(rows, flags.output, file)
    console.say(f"Wrote {plural(count, 'row')} to {flags.output}")
    return ExitCode.OK


def day(flag: str, text: str | None) -> date | None:
    """A day as it is typed; UsageError."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        message = f"{flag}: `{text}` is no day"
        raise UsageError(message, hint=f"type it as in `{flag} 2026-03-01`") from error


class RequestAudit(Struct, frozen=True, kw_only=True):
    """Rows of the log, for programs."""

    kind: str
    rows: tuple[AuditRow, ...]


def audit_show(flags: AuditShowFlags, console: Console) -> ExitCode:
    """Tell all of one request; UsageError where the log does not know it."""
    found = [each for each in look(AuditPlace(AUDIT), *spellings(flags.custom_id)) if _is_of(each, flags.custom_id)]
    if not found:
        message = f"the audit log knows no request `{safe(flags.custom_id)}`"
        raise UsageError(message, hint="give its custom_id as it stands in the job file")
    _tell("audit_request", found, console, as_json=flags.as_json)
    return ExitCode.OK


def spellings(custom_id: str) -> tuple[bytes, ...]:
    """How its name stands in a line."""
    return (b'"custom_id":' + msgspec.json.encode(custom_id),)


def _is_of(found: Found, custom_id: str) -> bool:
    return isinstance(found.entry, RequestEntry) and found.entry.custom_id == custom_id


def _tell(kind: str, found: Iterable[Found], console: Console, *, as_json: bool) -> None:
    """As JSON, or as text; text names the session of no entry, so that only JSON needs the other lines."""
    entries = list(found)
    if as_json:
        began = look(AuditPlace(AUDIT), b'"kind":"began"')
        together = sorted([*entries, *began], key=lambda each: each.number)
        console.say(to_json(RequestAudit(kind=kind, rows=tuple(audit_rows(together, Wanted())))))
    else:
        console.show(request_screen(entries))


def audit_check_text(flags: AuditCheckTextFlags, console: Console) -> ExitCode:
    """Say where a kept text was sent or came from; SOME_FAILED where the log has no such text."""
    digests = text_digests(_content(flags.file), flags.system)
    words = [digest.encode() for digest in digests]
    found = [each for each in look(AuditPlace(AUDIT), *words) if _holds(each, digests)]
    if not found and not flags.as_json:
        console.say(f"No prompt and no answer in the audit log has this text (sha256 {digests[0]})")
    else:
        _tell("audit_text", found, console, as_json=flags.as_json)
    return ExitCode.OK if found else ExitCode.SOME_FAILED


def text_digests(content: bytes, system: str | None) -> tuple[str, ...]:
    """Of the bytes as they are, and without the line end that an editor adds to a file; behind a system message."""
    bare = content.removesuffix(b"\n").removesuffix(b"\r")
    forms = [each if system is None else _behind(system, each) for each in (content, bare)]
    return tuple(dict.fromkeys(sha256(each).hexdigest() for each in forms))


def _behind(system: str, content: bytes) -> bytes:
    return prompt_bytes((Message("system", system), Message("user", content.decode("utf-8", "replace"))))


def _holds(found: Found, digests: tuple[str, ...]) -> bool:
    entry = found.entry
    return isinstance(entry, RequestEntry) and any(
        digest in digests for attempt in entry.attempts for digest in (attempt.prompt_sha256, attempt.answer_sha256)
    )


def _content(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        message = f"`{name}` cannot be read: {error.strerror or os.strerror(error.errno or 0)}"
        raise UsageError(message, hint="give a file that holds one prompt or one answer, or - for stdin") from error
