"""Where the money went by template and by tenant: the dearest at once, the others for those who open them."""

from collections.abc import Sequence
from dataclasses import dataclass

from modelroute_cli.base.money import format_usd
from modelroute_cli.report.detail_types import OTHERS, GroupActual
from modelroute_cli.report.html.barred import BAR, BARS, barred
from modelroute_cli.report.html.section import Section, section
from modelroute_cli.report.html.tables import Cells, Head, folded, notes, table
from modelroute_cli.report.markup import Markup, name_of
from modelroute_cli.report.screen import plural
from modelroute_cli.report.summary import saved_share

SHOWN_ROWS = 12
"""Groups that are shown at once."""

MOST_ROWS = 100
"""More groups than this nobody reads in a page; all of them are in the other formats."""

_NUMBERS = ("Requests", "Duplicates", "Accepted", "Failed", "Escalated", "Projected", "Cost", "Baseline", "Saved")
_UNKNOWN = "-"
_BASELINE = "Baseline: what the chosen baseline would have cost for these answers, an estimate"


@dataclass(frozen=True, slots=True)
class Grouping:
    """What groups are called, and where they stand in the page."""

    key: str
    title: str
    noun: str
    unnamed: str  # what requests are called that name none


TEMPLATES = Grouping("templates", "By template", "template", "(no template)")
TENANTS = Grouping("tenants", "By tenant", "tenant", "(no tenant named)")


def groups_section(groups: Sequence[GroupActual], named: Grouping) -> Section | None:
    """Templates or tenants, the dearest first; None where there are none."""
    if not groups:
        return None
    shown = groups[:MOST_ROWS]
    heads = (Head(named.noun.capitalize(), "name"), *map(Head, _NUMBERS), BAR)
    rows = barred(shown, [_row(line, named.unnamed) for line in shown])
    first = table(f"What each {named.noun} came to{BARS}", heads, rows[:SHOWN_ROWS])
    told = notes([*_left_out(groups, named), _BASELINE])
    return section(named.key, named.title, first, _folded(heads, rows[SHOWN_ROWS:], named), told)


def _folded(heads: Sequence[Head], rows: Sequence[Cells], named: Grouping) -> Markup | None:
    if not rows:
        return None
    return folded(f"{plural(len(rows), named.noun)} more", table(f"The other {named.noun}s", heads, rows))


def _left_out(groups: Sequence[GroupActual], named: Grouping) -> list[str]:
    """That there are more than a page should hold."""
    more = sum(line.groups for line in groups[MOST_ROWS:])
    return [f"and {plural(more, named.noun)} more, in the other formats"] if more > 0 else []


def _row(line: GroupActual, unnamed: str) -> Cells:
    share = saved_share(line.baseline_pusd, line.cost_pusd)
    return (
        _named(line, unnamed),
        f"{line.requests:,}",
        f"{line.duplicates:,}",
        f"{line.accepted:,}",
        f"{line.failed:,}",
        f"{line.escalated:,}",
        format_usd(line.projected_pusd, estimate=True),
        format_usd(line.cost_pusd),
        _UNKNOWN if line.baseline_pusd is None else format_usd(line.baseline_pusd, estimate=True),
        _UNKNOWN if share is None else f"{share:.1%}",
    )


def _named(line: GroupActual, unnamed: str) -> Markup:
    """Its name, or how many are in one line."""
    together = line.groups > 1 or line.name == OTHERS
    return name_of(f"{line.groups:,} others" if together else line.name or unnamed)
