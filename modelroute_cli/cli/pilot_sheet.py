"""`modelroute pilot export` and `import`: the sheet on which people say what answers are worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.cli.console import Console
from modelroute_cli.report.screen import plural

if TYPE_CHECKING:
    from modelroute_cli.pilot.observation import Observation
    from modelroute_cli.pilot.scorers.answers import Answer
    from modelroute_cli.pilot.scorers.sheet_reading import SheetRead


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOrder:
    """Where the sheet goes, of how many requests a template (None: all), and the seed of its draw and order.

    `force` replaces a sheet that is there.
    """

    path: Path
    seed: int
    per_template: int | None = None
    force: bool = False


def export(answers: "Sequence[Answer]", text_of: Callable[[str], str], order: SheetOrder, console: Console) -> ExitCode:
    """Write a pilot's answers as a sheet and its key; `text_of` gives a request's text by custom_id.

    UsageError for a pilot without answers and for a file that is there: somebody may have filled it in.
    """
    from modelroute_cli.pilot.scorers.sheet import key_path, write_sheet  # noqa: PLC0415 - not for every command
    from modelroute_cli.pilot.scorers.sheet_draw import drawn  # noqa: PLC0415

    if not answers:
        message = "the pilot has no answers that people could look at"
        raise UsageError(message, hint="`modelroute pilot JOBS` asks for some")
    if not order.force and (there := next((each for each in _files(order.path) if each.exists()), None)) is not None:
        message = f"`{there}` is there already, and may be filled in"
        raise UsageError(message, hint="name another file with `-o`, or add --force to replace it")
    shown = answers if order.per_template is None else drawn(answers, order.per_template, order.seed)
    key = write_sheet(order.path, shown, text_of, order.seed)
    requests = plural(len({row.answers[0].custom_id for row in key.rows}), "request")
    console.note(f"Wrote {plural(len(key.rows), 'answer')} to {requests} to {order.path}, without who wrote them")
    console.note(f"{key_path(order.path)} says who: keep it, and keep it from those who fill in the sheet")
    console.note(
        "Fill in `quality`: 0 (of no use) to 1 (as good as can be), or yes and no; leave empty what you cannot say"
    )
    console.note(f"Next: modelroute pilot import {order.path}")
    return ExitCode.OK


def import_(path: Path, console: Console, key: Path | None = None) -> "SheetRead":
    """What people said on a sheet; its `key` lies beside it where none is named (a copy somebody filled in has none).

    UsageError for a sheet without any quality.
    """
    from modelroute_cli.pilot.scorers.sheet import key_path  # noqa: PLC0415
    from modelroute_cli.pilot.scorers.sheet_reading import read_key, read_sheet  # noqa: PLC0415

    found = read_sheet(path, read_key(key or key_path(path)))
    if not found.filled:
        message = f"`{path}` has no quality in any of its {found.unfilled:,} rows"
        raise UsageError(message, hint="type a number from 0 to 1, or yes or no, in the column `quality`")
    left = f"; {found.unfilled:,} were left empty" if found.unfilled else ""
    console.note(f"Read the quality of {plural(found.filled, 'answer')} from {path}{left}")
    return found


def tell_scorers(
    seen: "Sequence[Observation]", labels: "Sequence[Observation]", baseline: str, console: Console
) -> None:
    """Say what labels show of those that scored the same answers, and how many count for nothing."""
    from modelroute_cli.pilot.scorers.telling import checked_lines, set_aside_line  # noqa: PLC0415

    for line in checked_lines(seen, labels, baseline):
        console.note(line)
    aside = set_aside_line(seen, labels, baseline)
    if aside is not None:
        console.note(aside)


def _files(path: Path) -> tuple[Path, Path]:
    """The sheet and its key."""
    from modelroute_cli.pilot.scorers.sheet import key_path  # noqa: PLC0415

    return path, key_path(path)
