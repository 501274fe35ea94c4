"""Measured cascades beside the single models: a cheap one answers, what its gates reject goes to a stronger one.

A cascade is one more candidate of a kind of request, told by its cheap model with `escalate_to`. It is bought at the
standard tier, its tokens and the most that an attempt can cost are those of the cheap model, and its cost has what its
escalations are expected to add: planned, they are part of the projection and of the hard cap that follows from it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.beliefs import GROUP, INTERVAL_Z
from modelroute_cli.planning.cascades import (
    Bill,
    GroupCandidate,
    Joint,
    Measured,
    cascade_candidates,
    escalated_share,
    gain_of,
)
from modelroute_cli.planning.figures import mean
from modelroute_cli.planning.measured import GateCell
from modelroute_cli.planning.offers import STANDARD
from modelroute_cli.planning.policy import Policy
from modelroute_cli.planning.problem import Margin

ESCALATE_TO = "escalate_to"
_GATE = "gates"
_EXPECTED = ("cost_pusd", "uncached_cost_pusd", "standard_cost_pusd", "output_cost_pusd")
_STRONG = ("cost_pusd", "cost_low_pusd", "cost_range_pusd", "quality", "quality_low")


@dataclass(frozen=True, slots=True)
class Escalating:
    """What is known of cascades: measured gates, how sure a plan is, and where each rule lets failed answers go."""

    margin: Margin
    goes_to: Mapping[str, tuple[str, ...]]

    def rules(self, strong: str) -> list[str]:
        """The rules by which a failed answer may go to a model."""
        return [rule for rule, names in self.goes_to.items() if strong in names]


def escalating(policy: Policy, margin: Margin | None, most_escalations: int) -> Escalating | None:
    """What is known of cascades, where something was measured and a run may escalate at all."""
    if margin is None or not most_escalations:
        return None
    return Escalating(margin, policy.escalations)


def with_cascades(possible: pl.DataFrame, kinds: pl.DataFrame, known: Escalating | None) -> pl.DataFrame:
    """`possible` (QUOTES without a problem, by row) with the cascades of each kind, by row.

    A pair of models is there only where its group has LEAST_MEASURED requests with both answers and verdicts, both may
    serve the kind at the standard tier, its rule lets failed answers go to the second, and the pair lies on the group's
    hull of cost and lower bound.
    """
    if known is None or not known.margin.measured.gates:
        return possible
    standard = _standard(possible, kinds)
    pairs = _worth(standard, known.margin)
    parts = [_rows(standard.filter(pl.col("rule").is_in(known.rules(pair.strong))), pair) for pair in pairs]
    if not parts:
        return possible
    return pl.concat([possible, *(part.select(possible.columns) for part in parts)]).sort("row", maintain_order=True)


def _standard(possible: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """The candidates that a cascade may be made of, with their kind's `group`, `rule` and `requests`."""
    own = kinds.select("row", GROUP, "rule", "requests")
    at_once = possible.filter(pl.col("service_tier").cast(pl.String) == STANDARD.value)
    return at_once.join(own, on="row", how="inner", maintain_order="left")


def _worth(standard: pl.DataFrame, margin: Margin) -> Iterator[GateCell]:
    """The measured pairs that lie on the hull of their group."""
    for group, cells in _by_group(margin.measured.gates).items():
        own = standard.filter(pl.col(GROUP) == group)
        singles = _singles(own, group, margin)
        pairs = {(cell.cheap, cell.strong): cell for cell in cells}
        found = cascade_candidates(singles, (counted(cell) for cell in cells))
        yield from (pairs[each.model, each.escalate_to] for each in found if each.escalate_to is not None)


def _by_group(gates: Iterable[GateCell]) -> Mapping[str, Sequence[GateCell]]:
    found: dict[str, list[GateCell]] = {}
    for cell in gates:
        found.setdefault(cell.group, []).append(cell)
    return found


def _singles(own: pl.DataFrame, group: str, margin: Margin) -> list[GroupCandidate]:
    """Each measured model of a group: its mean cost over the kinds it may serve, and what is kept of its quality."""
    cells = margin.measured.cells.get(group, {})
    singles = []
    for name in own["model"].unique(maintain_order=True):
        cell, part = cells.get(name), own.filter(pl.col("model") == name)
        if cell is not None:
            cost = PicoUSD(round(mean(part["cost_pusd"], part["requests"])))
            low = cell.bound(margin.z, paired=margin.paired)
            singles.append(GroupCandidate(model=name, cost_pusd=cost, quality=cell.mean, quality_low=low))
    return singles


def counted(cell: GateCell) -> Measured:
    """What a pilot counted, as cascades are made from it; the gates themselves cost nothing."""
    return Measured(
        cheap=cell.cheap,
        strong=cell.strong,
        gate=_GATE,
        passed=_joint(cell.passed),
        rejected=_joint(cell.rejected),
        gate_cost_pusd=PicoUSD(0),
        strong_bill=Bill(
            rejected_pusd=PicoUSD(cell.strong_rejected_pusd),
            all_pusd=PicoUSD(cell.strong_all_pusd),
        ),
    )


def _joint(counts: tuple[int, int, int, int]) -> Joint:
    both, only_cheap, only_strong, neither = counts
    return Joint(both=both, only_cheap=only_cheap, only_strong=only_strong, neither=neither)


def _rows(standard: pl.DataFrame, cell: GateCell) -> pl.DataFrame:
    """The cascade of one pair for every kind of its group that both its models may serve."""
    measured = counted(cell)
    own = standard.filter(pl.col(GROUP) == cell.group)
    figures = [name for name in _STRONG if name in own.columns]
    strong = own.filter(pl.col("model") == cell.strong).select("row", pl.col(figures).name.prefix("strong_"))
    both = own.filter(pl.col("model") == cell.cheap).join(strong, on="row", how="inner", maintain_order="left")
    share, gain = escalated_share(measured), gain_of(measured)
    added = dict.fromkeys(_EXPECTED, "strong_cost_pusd")
    added |= {name: f"strong_{name}" for name in ("cost_low_pusd", "cost_range_pusd")}
    low = pl.col("strong_quality_low") + gain.mean - INTERVAL_Z * gain.error
    return both.with_columns(
        *((pl.col(name) + _part(more, share)).alias(name) for name, more in added.items() if name in own.columns),
        (pl.col("strong_quality") + gain.mean).clip(0.0, 1.0).alias("quality"),
        low.clip(0.0, 1.0).alias("quality_low"),
        pl.lit(cell.strong).alias(ESCALATE_TO),
    )


def _part(cost: str, share: float) -> pl.Expr:
    """A share of a cost, rounded up."""
    return (pl.col(cost) * share).ceil().cast(pl.Int64)
