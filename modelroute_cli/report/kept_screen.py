"""The kept runs on a terminal, and what pruning would take away."""

from collections.abc import Sequence
from pathlib import PurePath

from modelroute_cli.base.money import format_usd
from modelroute_cli.report.kept_runs import RUN, KeptRun, KeptRuns
from modelroute_cli.report.prune_choice import Choice
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, safe
from modelroute_cli.report.tables import table_screen

_COLUMNS = (
    Column("Run", right=False),
    Column("State", right=False),
    Column("Done", drop=2),
    Column("Spent"),
    Column("Last written", right=False, drop=3),
    Column("Size", drop=4),
    Column("Job file", right=False, drop=1),
)
_UNKNOWN = "-"
_STEP = 1000
_UNITS = ("B", "kB", "MB", "GB", "TB")
_FULL_PRECISION = 10


def kept_screen(found: KeptRuns, width: int | None) -> Screen:
    """One row each, and their size together; what cannot be read is told below."""
    if not found.runs:
        return (Line("No runs are kept in this folder."),)
    problems = tuple(
        Line(f"warning: {line.name}: {safe(line.problem)}", "warning") for line in found.runs if line.problem
    )
    return (*_listed(found.runs, width), *problems, Line(_sum(found)))


def _listed(lines: Sequence[KeptRun], width: int | None) -> Screen:
    return table_screen(_COLUMNS, [_row(line) for line in lines], width)


def _sum(found: KeptRuns) -> str:
    aside = sum(line.set_aside for line in found.runs)
    told = f" ({aside:,} of them set aside by --restart)" if aside else ""
    return f"{plural(len(found.runs), 'folder')}{told}, {size(found.size_bytes)} on disk"


def _row(line: KeptRun) -> Row:
    return (
        line.name if line.kind == RUN else f"{line.name} ({line.kind})",
        _state(line),
        _done(line),
        _UNKNOWN if line.spent_pusd is None else format_usd(line.spent_pusd),
        line.written_at[:10],
        size(line.size_bytes),
        safe(PurePath(line.source).name),
    )


def _state(line: KeptRun) -> str:
    """`unfinished, 12 failed, 400 handed in, emulated`."""
    told = [line.state]
    told += [f"{line.failed:,} failed"] if line.failed else []
    told += [f"{line.handed_in:,} handed in"] if line.handed_in else []
    told += ["emulated"] if line.emulated else []
    return ", ".join(told)


def _done(line: KeptRun) -> str:
    """`989/992`: accepted of those to be sent."""
    requests = _UNKNOWN if line.requests is None else f"{line.requests:,}"
    return _UNKNOWN if line.accepted is None else f"{line.accepted:,}/{requests}"


def choice_screen(choice: Choice, width: int | None) -> Screen:
    """What would go and how much space that is, and why others stay that were meant."""
    going = [kept.line for kept in choice.going]
    return (
        *(_listed(going, width) if going else ()),
        *(Line(f"stays: {stays.kept.line.name}, {safe(stays.why)}") for stays in choice.staying),
    )


def size(count: int) -> str:
    """Bytes for people: `812 B`, `1.2 MB`, `34 GB`."""
    value, unit = float(count), 0
    while value >= _STEP - 0.5 and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    digits = 1 if unit and round(value, 1) < _FULL_PRECISION else 0
    return f"{value:,.{digits}f} {_UNITS[unit]}"
