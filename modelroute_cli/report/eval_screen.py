"""An evaluation on a screen: what every way of choosing models cost and brought, and how far plans were off."""

import textwrap
from collections.abc import Iterator

from modelroute_cli.base.money import format_usd
from modelroute_cli.pilot.evaluate.scoreboard import OURS, Row, Scoreboard, Spread
from modelroute_cli.report.screen import Column, Line, Screen, Style, safe
from modelroute_cli.report.tables import table_screen

_RANGE, _HELD = 2, 1
_COLUMNS = (
    Column("Method", right=False),
    Column("Cost"),
    Column("range", drop=_RANGE),
    Column("Quality"),
    Column("worst", drop=0),
    Column("Held", drop=_HELD),
)


def eval_screen(board: Scoreboard, width: int | None) -> Screen:
    """The scoreboard for a width."""
    return tuple(_lines(board, width))


def _lines(board: Scoreboard, width: int | None) -> Iterator[Line]:
    yield from _wrapped(_head(board), width)
    for text in board.left_out:
        yield from _wrapped(f"left out: {safe(text)}", width, "dim")
    yield Line()
    yield from table_screen(_COLUMNS, [_cells(row, board) for row in board.rows], width)
    yield Line()
    for text in (*_answer(board), _gap(board), _rests(board)):
        yield from _wrapped(text, width)


def _wrapped(text: str, width: int | None, style: Style = "") -> Iterator[Line]:
    """A paragraph in lines that fit; as one line where there is no width."""
    lines = [text] if width is None else textwrap.wrap(text, width, break_on_hyphens=False)
    yield from (Line(line, style) for line in lines)


def _head(board: Scoreboard) -> str:
    bill = format_usd(board.baseline_pusd)
    return (
        f"{board.requests:,} requests in {board.groups:,} groups, {len(board.models)} models with recorded outcomes. "
        f"Baseline {safe(board.baseline)}: quality {board.baseline_quality:.3f}, {bill} for all"
    )


def _cells(row: Row, board: Scoreboard) -> tuple[str, ...]:
    held = "" if row.held is None else f"{row.held}/{board.seeds}"
    low, high = row.cost.low, row.cost.high
    return (
        row.name,
        _percent(row.cost.mean),
        "" if low == high else f"{_percent(low)}-{_percent(high)}",
        _percent(row.quality.mean),
        _percent(row.quality.low),
        held,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _answer(board: Scoreboard) -> Iterator[str]:
    own = board.row(OURS)
    asked = f"{_percent(board.floor)} of the baseline's quality" if board.floor is not None else ""
    if board.budget is not None:
        asked = f"the best quality for {_percent(board.budget)} of the baseline's cost"
    yield (
        f"Asked for {asked}: after a pilot, the plan realised {_percent(own.quality.mean)} at "
        f"{_percent(own.cost.mean)} of the cost (worst of {board.seeds} seeds {_percent(own.quality.low)})."
    )
    yield (
        f"The pilot asked about {board.pilot_requests:,} requests (at most {board.pilot_per_template} a group) and "
        f"cost {_percent(board.pilot_cost.mean)} of the baseline's bill; "
        "its best answers are the results of those requests."
    )


def _gap(board: Scoreboard) -> str:
    gap = board.predicted_minus_realised
    return (
        f"Predicted minus realised: quality {_points(gap.quality)}, cost {_points(gap.cost)} points. "
        f"Planned quality (the bound) {_percent(gap.bound.mean)}, kept in {gap.bound_kept} of {board.seeds} seeds."
    )


def _points(spread: Spread) -> str:
    return f"{100 * spread.mean:+.1f} ({100 * spread.low:+.1f} to {100 * spread.high:+.1f})"


def _rests(board: Scoreboard) -> str:
    return (
        "Cost and quality are realised, as shares of the baseline's on the same requests; every number is from "
        f"recorded outcomes, spent as a run would have spent them, at a confidence of {board.confidence:g}."
    )
