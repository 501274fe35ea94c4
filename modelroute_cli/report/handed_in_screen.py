"""What is handed in, on a terminal: a line for each provider, its batches below, and what is reserved for them."""

from collections.abc import Sequence

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.handed_in import BatchLine, HandedIn
from modelroute_cli.report.progress_screen import moment
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, safe
from modelroute_cli.report.tables import table_screen

_COLUMNS = (
    Column("Handed in", right=False),
    Column("Requests", drop=2),
    Column("Done"),
    Column("Since", drop=4),
    Column("Expected", drop=5),
    Column("Due", drop=3),
    Column("State", right=False, drop=1),
)
_MOST_BATCHES = 10  # of one provider; all are in `--json`
_UNKNOWN = "-"
_ID_CHARS = 56  # longer names than any provider's are no names


def handed_in_screen(groups: Sequence[HandedIn], width: int | None) -> Screen:
    """Nothing where nothing is handed in; times are UTC."""
    if not groups:
        return ()
    notes = [f"  {_named(line)}: {safe(line.note)}" for group in groups for line in group.batches if line.note]
    return (
        Line(),
        *table_screen(_COLUMNS, [row for group in groups for row in _rows(group)], width),
        *(Line(text) for text in notes[:_MOST_BATCHES]),
        Line(reserved_line(groups)),
    )


def reserved_line(groups: Sequence[HandedIn]) -> str:
    """`500 requests in 2 batches, 120 collected: up to $1.23 stays reserved for the others (times are UTC)`."""
    requests, collected = sum(each.requests for each in groups), sum(each.collected for each in groups)
    batches = sum(len(each.batches) for each in groups)
    form = "batch" if batches == 1 else "batches"
    most = format_usd(PicoUSD(sum(each.reserved_pusd for each in groups)))
    told = f"{plural(requests, 'request')} in {batches:,} {form}"
    if not collected:
        return f"{told}: up to {most} is reserved for them (times are UTC)"
    return f"{told}, {collected:,} collected: up to {most} stays reserved for the others (times are UTC)"


def _rows(group: HandedIn) -> list[Row]:
    """The provider's own line, then its batches, the first of them."""
    more = len(group.batches) - _MOST_BATCHES
    rest = [(f"  and {more:,} more, in `--json`", *[""] * (len(_COLUMNS) - 1))] if more > 0 else []
    return [_group_row(group), *(_batch_row(line) for line in group.batches[:_MOST_BATCHES]), *rest]


def _group_row(group: HandedIn) -> Row:
    due = min((at for line in group.batches if (at := _due(line)) is not None), default=None)
    return (
        f"{group.provider} {group.service_tier}",
        f"{group.requests:,}",
        _count(group.done),
        moment(group.since),
        moment(group.expected_at),
        moment(due),
        group.state,
    )


def _batch_row(line: BatchLine) -> Row:
    return (
        f"  {_named(line)}",
        f"{line.requests:,}",
        _count(line.done),
        moment(line.since),
        moment(line.expected_at),
        moment(_due(line)),
        line.state,
    )


def _due(line: BatchLine) -> str | None:
    """The deadline of its requests; where there is none, when the provider gives it up."""
    return line.due_at or line.ends_at


def _named(line: BatchLine) -> str:
    """The provider's name of it; until there is one, its number here."""
    return f"batch {line.batch}" if line.name is None else safe(line.name, most=_ID_CHARS)


def _count(count: int | None) -> str:
    return _UNKNOWN if count is None else f"{count:,}"
