"""Facts of models for tests of lists and pages."""

from collections.abc import Mapping
from datetime import UTC, datetime

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.report.catalog_summary import HoursPrice, ModelFacts, ModelsSummary, StepPrice, TierPrice

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
STANDARD = ServiceTier.STANDARD


def step(given: str, made: str, above: int = 0) -> StepPrice:
    """Dollars per million tokens; cached input costs a tenth."""
    return StepPrice(
        above_input_tokens=above,
        input_per_mtok_pusd=from_usd(given),
        output_per_mtok_pusd=from_usd(made),
        cache_read_per_mtok_pusd=PicoUSD(from_usd(given) // 10),
        cache_write_per_mtok_pusd=from_usd(given),
    )


def tier(steps: tuple[StepPrice, ...], name: ServiceTier = STANDARD, hours: tuple[HoursPrice, ...] = ()) -> TierPrice:
    """One tier's prices."""
    return TierPrice(
        service_tier=name, now=steps, prices=steps, hours=hours, window_s=None, source="a list", date="2026-11-20"
    )


def model(name: str, **fields: object) -> ModelFacts:
    """A model at $1 and $2 a million tokens, of which `fields` say other things."""
    tiers = fields.get("tiers", (tier((step("1", "2"),)),))
    assert isinstance(tiers, tuple)
    standard = next((item for item in tiers if item.service_tier is STANDARD), None)
    usual: Mapping[str, object] = {
        "provider": "openai",
        "model_id": name,
        "prices": () if standard is None else standard.now,
        "tiers": tiers,
        "changes_by_hour": False,
        "price_source": "a list",
        "price_date": "2026-11-20",
        "context_tokens": 100_000,
        "max_output_tokens": 10_000,
        "modalities": ("text",),
        "tokenizer": "o200k",
        "response_schema": "none",
        "thinking": "none",
        "effort": None,
        "efforts": (),
        "regions": (),
        "retention_days": None,
        "zero_retention": None,
        "trains_on_data": None,
        "shutdown": None,
        "shutdown_in_days": None,
        "aliases": (),
        "source": "a card",
        "facts": (),
    }
    return ModelFacts(name=name, **{**usual, **fields})  # type: ignore[arg-type]


def summary_of(*models: ModelFacts) -> ModelsSummary:
    """A list of these."""
    return ModelsSummary(kind="models", prices_at=AT.isoformat(), models=models)
