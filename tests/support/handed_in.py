"""Plans with batches: settings under which three providers take them, and a day to wait."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from support.planning_jobs import OPTIONS, plan_of, settings_of

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.planning.header import PlanOptions
from modelroute_cli.planning.offers import SENT_TIERS
from modelroute_cli.planning.plan import Plan

DAY_S = 86_400
TAKEN: Mapping[str, object] = {
    "providers__openai__batch_api": "openai",
    "providers__anthropic__batch_api": "anthropic",
    "providers__google__batch_api": "gemini",
}


def taking(**flags: object) -> Settings:
    """The default settings, where batches can be handed in, under flags."""
    return settings_of(**{**TAKEN, **flags})


def within_a_day(*models: str, tiers: tuple[ServiceTier, ...] = SENT_TIERS, deadline_s: int = DAY_S) -> PlanOptions:
    """A plan of these models (any, without one) at these tiers, with a deadline."""
    return replace(OPTIONS, deadline_s=deadline_s, models=models or None, tiers=tiers)


def batched(
    rows: Sequence[Mapping[str, object]], *models: str, deadline_s: int = DAY_S, settings: Settings | None = None
) -> Plan:
    """Such rows on these models, whatever their quality, at the standard tier or in batches."""
    options = within_a_day(*models, tiers=(ServiceTier.STANDARD, ServiceTier.BATCH), deadline_s=deadline_s)
    return plan_of(rows, settings or taking(objective__min_quality=0.0), options)
