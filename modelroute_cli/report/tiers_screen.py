"""The service tiers of a plan on a terminal: what each saves, and what to expect of waiting."""

from collections.abc import Sequence

from modelroute_cli.base.money import format_usd, from_usd
from modelroute_cli.base.schema import HANDED_IN
from modelroute_cli.report.screen import Column, Line, Row, Screen, percent
from modelroute_cli.report.tables import table_screen
from modelroute_cli.report.tiers import TierLine

_LITTLE = from_usd("0.01")
_COLUMNS = (
    Column("Tier", right=False),
    Column("Requests", drop=1),
    Column("Saved"),
    Column("Answers within"),
    Column("Most within", drop=2),
    Column("Batches", drop=3),
)


def tiers_screen(lines: Sequence[TierLine], width: int | None) -> Screen:
    """A table of the tiers beside the standard one; nothing where there are none.

    A batch is handed in however small it is, since the plan that was asked for is the cheapest one; where it saves less
    than a cent, that is said.
    """
    if not lines:
        return ()
    return (
        Line(),
        *table_screen(_COLUMNS, [_row(line) for line in lines], width),
        *(_little(line) for line in lines if _is_little(line)),
    )


def _is_little(line: TierLine) -> bool:
    """Whether people would wait for hours for less than a cent."""
    return line.service_tier in HANDED_IN and line.saved_pusd is not None and line.saved_pusd < _LITTLE


def _little(line: TierLine) -> Line:
    """What to type where that is not worth it."""
    return Line(f"  {line.service_tier} saves less than a cent: `--tiers standard,flex` sends all at once")


def span(seconds: int | None) -> str:
    """A time as people say it: `15 min`, `24 h`, `1 h 30 min`; a dash where it is not known."""
    if seconds is None:
        return "-"
    hours, minutes = divmod(-(-seconds // 60), 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{minutes} min"] if minutes or not hours else [])])


def _row(line: TierLine) -> Row:
    """One tier."""
    batches = "-" if line.batches is None else f"~{line.batches:,}"
    return (line.service_tier, f"{line.requests:,}", _saved(line), span(line.waits_s), span(line.typical_s), batches)


def _saved(line: TierLine) -> str:
    """`~$0.088, 50%`; a dash where it is not known."""
    if line.saved_pusd is None or line.saved_share is None:
        return "-"
    return f"{format_usd(line.saved_pusd, estimate=True)}, {percent(line.saved_share)}"
