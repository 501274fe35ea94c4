"""Which models a list shows, and in which order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.report.catalog_summary import ModelFacts, StepPrice, tier_of

SortKey = Literal["name", "input", "output", "context", "shutdown"]
_NEVER = 10**6  # days
_UNPRICED = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the listed models must be; a field that is None or empty asks for nothing.

    Prices are per million tokens of `tier` (standard where it is None), at the shortest length and the hour asked for.
    A model whose price or region is not known never meets a wish about it.
    """

    providers: tuple[str, ...] = ()
    tier: ServiceTier | None = None
    modality: str | None = None
    schema: bool = False
    most_input: PicoUSD | None = None
    most_output: PicoUSD | None = None
    least_context: int | None = None
    region: str | None = None


def choose(models: tuple[ModelFacts, ...], wanted: Wanted, sort: SortKey | None) -> tuple[ModelFacts, ...]:
    """The models that meet every wish, cheapest, longest or soonest first; in their own order without `sort`."""
    chosen = tuple(model for model in models if _meets(model, wanted))
    return chosen if sort is None else tuple(sorted(chosen, key=_order(sort, _tier(wanted))))


def _tier(wanted: Wanted) -> ServiceTier:
    return wanted.tier or ServiceTier.STANDARD


def _meets(model: ModelFacts, wanted: Wanted) -> bool:
    """Whether one model meets every wish."""
    return (
        (not wanted.providers or model.provider in wanted.providers)
        and (wanted.tier is None or tier_of(model, wanted.tier) is not None)
        and (wanted.modality is None or wanted.modality in model.modalities)
        and (not wanted.schema or model.response_schema == "native")
        and (wanted.least_context is None or model.context_tokens >= wanted.least_context)
        and (wanted.region is None or wanted.region in model.regions)
        and _affordable(model, wanted)
    )


def _affordable(model: ModelFacts, wanted: Wanted) -> bool:
    """Whether both prices are at most what was asked."""
    price = _price(model, _tier(wanted))
    if price is None:
        return wanted.most_input is None and wanted.most_output is None
    return (wanted.most_input is None or price.input_per_mtok_pusd <= wanted.most_input) and (
        wanted.most_output is None or price.output_per_mtok_pusd <= wanted.most_output
    )


def _price(model: ModelFacts, tier: ServiceTier) -> StepPrice | None:
    """The price of short requests now."""
    sold = tier_of(model, tier)
    return None if sold is None else sold.now[0]


def _order(sort: SortKey, tier: ServiceTier) -> Callable[[ModelFacts], tuple[int, str]]:
    """What to sort by, then the name; what is not known comes last."""
    keys: Mapping[SortKey, Callable[[ModelFacts], int]] = {
        "name": lambda _: 0,
        "input": lambda model: _UNPRICED if (price := _price(model, tier)) is None else price.input_per_mtok_pusd,
        "output": lambda model: _UNPRICED if (price := _price(model, tier)) is None else price.output_per_mtok_pusd,
        "context": lambda model: -model.context_tokens,
        "shutdown": lambda model: _NEVER if model.shutdown_in_days is None else model.shutdown_in_days,
    }
    return lambda model: (keys[sort](model), model.name)
