"""`modelroute history export` and `history import`: a history carried from one machine to another."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_measured import HistoryExportFlags, HistoryImportFlags
from modelroute_cli.cli.history_place import open_store
from modelroute_cli.pilot.history.files import form_of, read
from modelroute_cli.pilot.history.keeping import Taken, rows, take
from modelroute_cli.report.screen import plural


def history_export(flags: HistoryExportFlags, console: Console) -> ExitCode:
    """Write all rows; UsageError for an ending that is not known, or a file that is there already."""
    form = form_of(flags.file.name)
    if flags.file.exists() and not flags.force:
        message = f"`{flags.file}` is there already"
        raise UsageError(message, hint="name another file, or add --force to replace it")
    held = rows(open_store(flags.config).file)
    if not held:
        message = "the history is empty: there is nothing to export"
        raise UsageError(message, hint="measure something first: `modelroute pilot JOBS`")
    try:
        _replace(flags.file, form.write(held))
    except OSError as error:
        message = f"`{flags.file}` cannot be written: {error.strerror}"
        raise UsageError(message, hint="name a file in a folder of yours") from error
    console.say(f"Wrote {plural(len(held), 'row')} to {flags.file}")
    return ExitCode.OK


def history_import(flags: HistoryImportFlags, console: Console) -> ExitCode:
    """Check a whole file, then add it; UsageError with line and field of what cannot be, and nothing is added."""
    form_of(flags.file.name)
    try:
        content = flags.file.read_bytes()
    except OSError as error:
        message = f"`{flags.file}` cannot be read: {error.strerror}"
        raise UsageError(message, hint="give a file that `modelroute history export` wrote") from error
    found = read(content, flags.file.name)
    taken = take(open_store(flags.config).file, found)
    console.say(_told(taken))
    return ExitCode.OK


def _told(taken: Taken) -> str:
    """`Imported 12 new rows, replaced 1; 3 were there already`."""
    known = f"; {taken.known:,} {'was' if taken.known == 1 else 'were'} there already" if taken.known else ""
    return f"Imported {plural(taken.new, 'new row')}, replaced {taken.replaced:,}{known}"


def _replace(path: Path, content: bytes) -> None:
    """Written aside, then renamed."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as aside:
        try:
            aside.write(content)
            aside.close()
            Path(aside.name).replace(path)
        except OSError:
            Path(aside.name).unlink(missing_ok=True)
            raise
