"""What a plan expects of its cascades: how many answers of the cheap model go on to the strong one."""

from collections.abc import Mapping

import polars as pl
from msgspec import Struct

from modelroute_cli.planning.measured import GateCell, Measured
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.screen import Line, Screen, plural

_PAIR = ("model", "escalate_to")


class CascadeLine(Struct, frozen=True, kw_only=True):
    """One pair of models: requests sent to the first, duplicates excluded, and how many go on to the second."""

    model: str
    escalate_to: str
    requests: int
    escalations: float  # expected, by the share that the gates rejected when they were measured


def cascade_lines(plan: Plan) -> tuple[CascadeLine, ...]:
    """One line for each pair, the one with most requests first; none where nothing was measured."""
    measured = plan.header.measured
    if measured is None:
        return ()
    planned = plan.assignments.filter(pl.col("duplicate_of").is_null() & pl.col("escalate_to").is_not_null())
    counts = planned.group_by("template", *_PAIR).len().collect()
    rejected = _rejected(measured)
    found: dict[tuple[str, str], tuple[int, float]] = {}
    for template, model, strong, count in counts.sort("template", *_PAIR).iter_rows():
        requests, going = found.get((model, strong), (0, 0.0))
        share = rejected.get((measured.groups.get(template, ""), model, strong), 0.0)
        found[model, strong] = (requests + count, going + count * share)
    lines = (
        CascadeLine(model=model, escalate_to=strong, requests=requests, escalations=going)
        for (model, strong), (requests, going) in found.items()
    )
    return tuple(sorted(lines, key=lambda line: (-line.requests, line.model, line.escalate_to)))


def _rejected(measured: Measured) -> Mapping[tuple[str, str, str], float]:
    """By group, cheap and strong model the share of answers that the gates rejected."""
    return {(cell.group, cell.cheap, cell.strong): _share(cell) for cell in measured.gates}


def _share(cell: GateCell) -> float:
    rejected = sum(cell.rejected)
    return rejected / max(sum(cell.passed) + rejected, 1)


def cascades_screen(lines: tuple[CascadeLine, ...]) -> Screen:
    """One line for each pair of models; what they cost is in the table already."""
    return tuple(
        Line(
            f"  escalations: about {line.escalations:,.0f} of {plural(line.requests, 'answer')} of {line.model} "
            f"go on to {line.escalate_to}; their cost is in its line"
        )
        for line in lines
    )
