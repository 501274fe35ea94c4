"""A chargeback as text: a row for each name, the dearest first, and by what rule it was split."""

from collections.abc import Iterator

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.charge_types import Charge, Chargeback
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, safe
from modelroute_cli.report.tables import table_screen

_UNKNOWN = "-"
_NONE = "none"
_MOST_NAME = 40
_MOST_ROWS = 200
_COLUMNS = (
    Column("Requests"),
    Column("Failed", drop=4),
    Column("Direct cost", drop=2),
    Column("Overhead", drop=3),
    Column("Charged"),
    Column("Projected", drop=6),
    Column("Saved", drop=5),
)
_CAPS = (Column("Cap", drop=8), Column("Cap left", drop=7))


def charge_screen(charges: Chargeback, width: int | None) -> Screen:
    """The table for a width in cells, and what is to be known of it."""
    if not charges.charges:
        return (Line("Nothing was spent" + _when(charges)), *_left_out(charges))
    shown = charges.charges[:_MOST_ROWS]
    capped = any(charge.cap_pusd is not None for charge in charges.charges)
    columns = (Column(_title(charges.by), right=False), *_COLUMNS, *(_CAPS if capped else ()))
    rows = [*(_row(charge) for charge in shown), _whole(charges)]
    return (
        Line(f"Charged by {safe(charges.by)}: {plural(len(charges.runs), 'run')}{_when(charges)}", "bold"),
        *table_screen(columns, [row[: len(columns)] for row in rows], width, title=""),
        *_more(charges),
        Line(),
        *_told(charges),
        *_left_out(charges),
    )


def _title(by: str) -> str:
    """The heading of the names."""
    return "Tenant" if by == "tenant" else safe(by.partition(".")[2], most=_MOST_NAME)


def _when(charges: Chargeback) -> str:
    """` from 2026-11-01 to 2026-11-30`."""
    first = f" from {charges.from_day}" if charges.from_day else ""
    return first + (f" to {charges.to_day}" if charges.to_day else "")


def _row(charge: Charge) -> Row:
    return (
        safe(charge.name, most=_MOST_NAME) or "(none)",
        _count(charge.requests),
        _count(charge.failed),
        format_usd(charge.direct_pusd),
        format_usd(charge.overhead_pusd),
        format_usd(charge.charged_pusd),
        _money(charge.projected_pusd),
        _money(charge.saved_pusd),
        _NONE if charge.cap_pusd is None else format_usd(charge.cap_pusd),
        _NONE if charge.cap_left_pusd is None else format_usd(charge.cap_left_pusd),
    )


def _whole(charges: Chargeback) -> Row:
    """The sums of the columns that have any."""
    every = charges.charges
    return (
        "Total",
        _count(_sum([charge.requests for charge in every])),
        _count(_sum([charge.failed for charge in every])),
        format_usd(sum(charge.direct_pusd for charge in every)),
        format_usd(sum(charge.overhead_pusd for charge in every)),
        format_usd(charges.spent_pusd),
        _money(_sum([charge.projected_pusd for charge in every])),
        _money(_sum([charge.saved_pusd for charge in every])),
        "",
        "",
    )


def _sum(values: list[PicoUSD | None] | list[int | None]) -> int | None:
    """The sum, None where one is unknown."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _count(value: int | None) -> str:
    return _UNKNOWN if value is None else f"{value:,}"


def _money(value: int | None) -> str:
    return _UNKNOWN if value is None else format_usd(value)


def _more(charges: Chargeback) -> Iterator[Line]:
    left = len(charges.charges) - _MOST_ROWS
    if left > 0:
        yield Line(f"and {plural(left, 'name')} more that are charged less: -o FILE.csv has all of them")


def _told(charges: Chargeback) -> Iterator[Line]:
    """By what rules, and what is not in it."""
    if charges.duplicates == "split":
        yield Line("An answer that several requests share is divided evenly among them.")
    else:
        yield Line("An answer that several requests share is charged to the one that was sent.")
    if any(charge.overhead_pusd for charge in charges.charges):
        yield Line("Overhead (control sample, pilot, questions) is divided by direct cost.")
    if charges.held_pusd:
        yield Line(f"{format_usd(charges.held_pusd)} more may have been billed; it is charged to nobody yet.")
    if any(line.emulated for line in charges.lines):
        yield Line("EMULATED runs are among them: they cost nothing really", "warning")
    if any(charge.requests is None for charge in charges.charges):
        yield Line("Of a run that began or ended outside of these days, requests and savings are not told.")


def _left_out(charges: Chargeback) -> Iterator[Line]:
    """Runs that cost nothing."""
    if charges.emulated_left_out:
        count = plural(len(charges.emulated_left_out), "emulated run")
        yield Line(f"{count} left out, which cost nothing: --emulated shows them")
