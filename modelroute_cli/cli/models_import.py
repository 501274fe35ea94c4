"""`modelroute models import`: settings from a list of models that somebody else keeps."""

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.catalog.imports.document import MOST_BYTES
from modelroute_cli.catalog.imports.make import Imported, ImportOptions, import_models
from modelroute_cli.catalog.imports.told import told_by_name, told_by_reason
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import ModelsImportFlags
from modelroute_cli.cli.workspace import names, open_workspace
from modelroute_cli.report.screen import plural, safe

_STDIN = "-"


def models_import(flags: ModelsImportFlags, console: Console) -> ExitCode:
    """Write YAML of the models asked for to stdout or to a file that is not there yet; say what was left out."""
    output = flags.output
    if output is not None and output.exists() and not flags.force:
        message = f"`{output}` is there already"
        raise UsageError(message, hint="name another file, or add --force to replace it")
    space = open_workspace(flags.config, None, {})
    only = tuple(name for item in flags.only or () for name in names(item))
    options = ImportOptions(file=_shown(flags.file), day=_day(flags.file), only=only)
    imported = import_models(_bytes(flags.file), space.catalog, options)
    _tell(imported, only, console)
    if not imported.taken:
        message = f"no model of `{options.file}` could be taken"
        raise UsageError(message, hint="the lines above say why; nothing was written")
    _write(imported, output, console)
    return ExitCode.OK


def _shown(file: str) -> str:
    """The file's own name, which stands in the YAML."""
    return "stdin" if file == _STDIN else Path(file).name


def _day(file: str) -> date:
    """The day a list is of: that of the file's last change, today's for stdin."""
    if file == _STDIN:
        return SystemClock().now().date()
    try:
        return datetime.fromtimestamp(Path(file).stat().st_mtime, UTC).date()
    except OSError as error:
        raise _unreadable(file, error) from error


def _bytes(file: str) -> bytes:
    """The file, or as much of it as shows that it is too large."""
    if file == _STDIN:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: str, error: OSError) -> UsageError:
    return UsageError(f"`{file}` cannot be read: {error.strerror}", hint="give the file of a list, as downloaded")


def _tell(imported: Imported, only: Sequence[str], console: Console) -> None:
    """What was left out: name by name where names were given, else by reason."""
    told = told_by_name if only else told_by_reason
    for line in told(imported.left_out):
        console.note(safe(line))


def _write(imported: Imported, output: Path | None, console: Console) -> None:
    """The YAML, and what to type next."""
    count = plural(len(imported.taken), "model")
    if output is None:
        console.say(imported.yaml.rstrip("\n"))
        console.note(f"{count} of {imported.origin}")
        return
    try:
        _replace(output, imported.yaml)
    except OSError as error:
        message = f"`{output}` cannot be written: {error.strerror}"
        raise UsageError(message, hint="name a file in a folder of yours") from error
    console.note(f"Wrote {count} of {imported.origin} to {output}")
    console.note(f"Next: modelroute models --config {output}")


def _replace(output: Path, text: str) -> None:
    """Written aside, then renamed."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=output.parent, prefix=f".{output.name}.", delete=False) as aside:
        try:
            aside.write(text)
            aside.close()
            Path(aside.name).replace(output)
        except OSError:
            Path(aside.name).unlink(missing_ok=True)
            raise
