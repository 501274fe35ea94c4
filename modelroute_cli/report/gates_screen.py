"""The gates of a run on a terminal: what they caught, where they caught anything."""

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.gates import GateLine
from modelroute_cli.report.screen import Column, Line, Row, Screen
from modelroute_cli.report.tables import table_screen

_COLUMNS = (
    Column("Gate", right=False),
    Column("Looked at", drop=3),
    Column("Failed"),
    Column("Then accepted", drop=2),
    Column("False alarms", drop=1),
    Column("Cost of it"),
)


def gates_screen(lines: tuple[GateLine, ...], width: int | None) -> Screen:
    """A blank line and a table of the gates that failed answers; nothing where none did."""
    rows = [_row(line) for line in lines if line.failed]
    if not rows:
        return ()
    return (Line(), *table_screen(_COLUMNS, rows, width))


def _row(line: GateLine) -> Row:
    """One gate; its cost is what it asked, and the attempts that followed its failures."""
    return (
        line.gate,
        "unknown" if line.looked is None else f"{line.looked:,}",
        f"{line.failed:,}",
        f"{line.accepted_after:,} of {line.failed:,}",
        f"{line.false_alarms:,} of {line.known:,} known" if line.known else "unknown",
        format_usd(PicoUSD(line.following_pusd + line.own_pusd)),
    )
