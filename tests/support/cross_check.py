"""Our catalog held against two others: LiteLLM's model map (a kept extract) and the package model-prices.

Each finding is a number that differs by more than 1%, or a fact that one has and the other has not.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import model_prices
import yaml
from support.catalog_room import default_catalog, default_settings

from modelroute_cli.base.money import to_decimal
from modelroute_cli.base.schema import Modality, ServiceTier
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.imports import litellm
from modelroute_cli.catalog.imports.found import Entry, Json
from modelroute_cli.catalog.prices import PriceStep, rate_at, tiers

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday, off-peak everywhere
ALLOWED = Path(__file__).with_name("cross_check_allowed.yaml")
EXTRACT = Path(__file__).with_name("litellm_extract.json")
TOLERANCE = Decimal("0.01")
_MTOK = 1_000_000
_UNITS = ("input", "output", "cache_read", "cache_write")
_LITELLM_UNITS = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
}
_LITELLM_TIERS = {
    ServiceTier.STANDARD: "",
    ServiceTier.FLEX: "_flex",
    ServiceTier.BATCH: "_batches",
    ServiceTier.PRIORITY: "_priority",
}
_SILENT = {("model-prices", "flex"), ("model-prices", "priority")}  # tiers of which a source says nothing at all
_OWN_IDS = {
    "google": "google",
    "openai": "openai",
    "anthropic": "anthropic",
    "deepseek": "deepseek",
    "mistral": "mistral",
}

Numbers = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One disagreement: whose, about which field of which model, and both values as they stand."""

    source: str
    model: str
    field: str
    ours: str
    theirs: str


def findings() -> list[Finding]:
    """All disagreements of both sources, in order."""
    cards = default_catalog().models.values()
    return sorted(finding for card in cards for finding in (*litellm_findings(card), *model_prices_findings(card)))


def compared() -> Mapping[str, int]:
    """How many numbers and facts each source had something to say about."""
    cards = list(default_catalog().models.values())
    return {
        "litellm": sum(len(_litellm_prices(card)) + len(_litellm_facts(card)) for card in cards),
        "model-prices": sum(len(_model_prices(card)) for card in cards),
    }


def allowed() -> Mapping[Finding, str]:
    """The reviewed disagreements, with the reason of each."""
    document = yaml.safe_load(ALLOWED.read_text("utf-8"))
    return {
        Finding(source, model, field, str(ours), str(theirs)): reason
        for source, models in document.items()
        for model, fields in models.items()
        for field, (ours, theirs, reason) in fields.items()
    }


def our_peak(name: str) -> Numbers:
    """Our standard prices of one model in its dearest hours."""
    card = default_catalog().models[name]
    (window, *_) = tiers(card, default_settings(), AT)[ServiceTier.STANDARD].windows
    return _step(ServiceTier.STANDARD, window.steps[0])


def litellm_prices(name: str) -> Numbers:
    """LiteLLM's prices of one model, by the names of findings."""
    return _litellm_prices(default_catalog().models[name])


def litellm_findings(card: ModelCard) -> Iterator[Finding]:
    """What LiteLLM's map says otherwise."""
    yield from differing("litellm", card, _ours(card), _litellm_prices(card))
    ours = _our_facts(card)
    for name, theirs in _litellm_facts(card).items():
        if ours[name] != theirs:
            yield Finding("litellm", card.name, name, ours[name], theirs)


def model_prices_findings(card: ModelCard) -> Iterator[Finding]:
    """What model-prices says otherwise."""
    yield from differing("model-prices", card, _ours(card), _model_prices(card))


def differing(source: str, card: ModelCard, ours: Numbers, theirs: Numbers) -> Iterator[Finding]:
    """Each of their numbers that ours does not meet within 1%, and each tier that one of us has alone."""
    sold, listed = _tiers(ours), _tiers(theirs)
    for field, value in theirs.items():
        own = ours.get(field)
        if field.split(".")[0] in sold and (own is None or abs(own - value) > TOLERANCE * value):
            yield Finding(source, card.name, field, "-" if own is None else f"{own:f}", f"{value:f}")
    for tier in sorted(sold ^ listed if listed else ()):
        if (source, tier) not in _SILENT:
            yield Finding(source, card.name, tier, *(("sold", "-") if tier in sold else ("-", "sold")))


def _tiers(numbers: Numbers) -> set[str]:
    """The service tiers that have prices."""
    return {name.split(".")[0] for name in numbers}


def _ours(card: ModelCard) -> Numbers:
    """Our list prices by `tier.unit`, and by `tier.unit>start` for the steps after the first."""
    return {
        name: price
        for tier, rates in tiers(card, default_settings(), AT).items()
        for step in rate_at(rates, AT)
        for name, price in _step(tier, step).items()
    }


def _step(tier: ServiceTier, step: PriceStep) -> Numbers:
    """One step's four prices per million tokens."""
    start = f">{step.above_input_tokens}" if step.above_input_tokens else ""
    per_mtok = {unit: to_decimal(getattr(step.rate, f"{unit}_pusd") * _MTOK) for unit in _UNITS}
    return {f"{tier}.{unit}{start}": price.normalize() for unit, price in per_mtok.items()}


def _our_facts(card: ModelCard) -> Mapping[str, str]:
    """Our capabilities, as texts."""
    return {
        "context": str(card.context_tokens),
        "max_output": str(card.max_output_tokens),
        "vision": _yes(Modality.IMAGE in card.modalities),
        "schema": _yes(card.response_schema == "native"),
        "shutdown": card.shutdown or "-",
    }


def _yes(holds: bool) -> str:  # noqa: FBT001 - one word for one value
    return "yes" if holds else "no"


@cache
def _extract() -> Mapping[str, Json]:
    """LiteLLM's fields by our names of models."""
    document = json.loads(EXTRACT.read_text("utf-8"))
    return {name: dict(fields) for name, fields in document["models"].items()}


def _litellm_prices(card: ModelCard) -> Numbers:
    """LiteLLM's prices per million tokens; a cache price of 0 says nothing."""
    fields = _extract().get(card.name, {})
    return {
        f"{tier}.{unit}{_start(above)}": Decimal(str(value)).scaleb(6).normalize()
        for tier, suffix in _LITELLM_TIERS.items()
        for unit, name in _LITELLM_UNITS.items()
        for above in _steps(fields)
        if (value := fields.get(f"{name}{above}{suffix}")) is not None
        if Decimal(str(value))
    }


def _steps(fields: Json) -> list[str]:
    """The endings of names of prices: none, and one for each step."""
    starts = {name.split("_above_")[1].split("_")[0] for name in fields if "_above_" in name}
    return ["", *(f"_above_{start}_tokens" for start in sorted(starts))]


def _start(above: str) -> str:
    """`_above_272k_tokens` as `>272000`."""
    return f">{above.split('_')[2].removesuffix('k')}000" if above else ""


def _litellm_facts(card: ModelCard) -> Mapping[str, str]:
    """LiteLLM's capabilities; what it does not say is `no`, as in the map itself."""
    fields = _extract().get(card.name)
    if fields is None:
        return {}
    entry = Entry(card.name, card.provider, card.model_id, {**fields, "mode": "chat"})
    found = litellm.model(Entry(entry.listed, entry.provider, entry.model_id, _decimals(entry.fields)))
    return {
        "context": str(found.context_tokens),
        "max_output": str(found.max_output_tokens),
        "vision": _yes(Modality.IMAGE in found.modalities),
        "schema": _yes(found.schema),
        "shutdown": found.shutdown or "-",
    }


def _decimals(fields: Json) -> Json:
    """Prices as the reader of the map has them: the extract keeps their digits as texts."""
    return {
        name: Decimal(value) if isinstance(value, str) and "cost" in name else value for name, value in fields.items()
    }


def _model_prices(card: ModelCard) -> Numbers:
    """What model-prices says of the provider's own model at its standard and batch prices."""
    provider = _OWN_IDS.get(card.provider)
    if provider is None:
        return {}
    prices: dict[str, Decimal] = {}
    for tier, mode in ((ServiceTier.STANDARD, None), (ServiceTier.BATCH, "batch")):
        rates = model_prices.rates(card.model_id, at=AT, provider=provider, mode=mode)
        if rates is not None and rates.model == card.model_id:
            prices |= _rates(tier, rates)
    return prices


def _rates(tier: ServiceTier, rates: model_prices.Rates) -> Numbers:
    """One mode's prices, the steps of long prompts among them."""
    steps: list[tuple[str, object]] = [("", rates), *((f">{step.above}", step) for step in rates.tiers)]
    return {
        f"{tier}.{unit}{start}": Decimal(str(value))
        for start, step in steps
        for unit in _UNITS
        if (value := getattr(step, unit)) is not None
    }
