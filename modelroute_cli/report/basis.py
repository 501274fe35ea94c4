"""What a report's numbers rest on, from the plan's header alone."""

from collections.abc import Iterator

from modelroute_cli.planning.plan import PlanHeader
from modelroute_cli.report.detail_types import Basis, Choice
from modelroute_cli.report.summary import price_sources, token_counts


def basis(header: PlanHeader) -> Basis:
    """Prices, quality, counts and assumptions, and the curve with the choices that stand beside it."""
    return Basis(
        tool_version=header.tool_version,
        planned_at=header.created_at,
        prices_at=header.prices_at,
        price_sources=price_sources(header),
        quality_source=header.quality_source,
        token_counts=token_counts(header),
        assumptions=header.assumptions,
        warnings=header.warnings,
        hard_cap_source=header.hard_cap_source,
        curve=header.curve,
        choices=tuple(_choices(header)),
        personal_data=header.personal_data,
    )


def _choices(header: PlanHeader) -> Iterator[Choice]:
    """The plan, and the baselines whose cost and quality are known."""
    totals = header.totals
    yield Choice(kind="plan", model=None, cost_pusd=totals.cost_pusd, quality=totals.quality)
    for base in header.baselines:
        if base.cost_pusd is not None and base.quality is not None:
            yield Choice(kind=base.kind, model=base.model, cost_pusd=base.cost_pusd, quality=base.quality)
