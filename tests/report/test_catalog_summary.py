"""The list of models: prices per million tokens, with what a row cannot say below."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from support.report_plans import card

from modelroute_cli.base.money import from_usd
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.report.catalog_summary import ModelFacts, StepPrice, models_summary, tier_of
from modelroute_cli.report.models_screen import models_screen

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def facts(name: str, catalog: Catalog | None = None) -> ModelFacts:
    """One model under the shipped settings."""
    settings = load_settings(Path("/"), None, {}, {})
    (found,) = models_summary(catalog or load_catalog(settings), settings, [name], AT).models
    return found


def test_prices_are_dollars_per_million_tokens() -> None:
    """gpt-5 costs $1.25 in and $10 out."""
    assert facts("gpt-5").prices == (
        StepPrice(
            above_input_tokens=0,
            input_per_mtok_pusd=from_usd("1.25"),
            output_per_mtok_pusd=from_usd("10"),
            cache_read_per_mtok_pusd=from_usd("0.125"),
            cache_write_per_mtok_pusd=from_usd("1.25"),
        ),
    )


def test_aliases_name_the_models_they_hold() -> None:
    """A model may be in several."""
    assert facts("gpt-6-sol").aliases == ("premium", "escalation")


@pytest.mark.parametrize(("name", "changes"), [("deepseek-flash", True), ("gpt-5", False)])
def test_prices_that_follow_the_hour_are_marked(name: str, changes: bool) -> None:  # noqa: FBT001 - a table
    """DeepSeek has peak and off-peak hours."""
    assert facts(name).changes_by_hour is changes


def test_a_model_without_a_price_is_listed_as_such() -> None:
    """A dash, never $0.00, and what to do."""
    own = Catalog({"house": card("house")}, {}, {})
    found = facts("house", own)
    assert (found.prices, found.price_source, found.price_date) == ((), None, None)
    settings = load_settings(Path("/"), None, {}, {})
    lines = [line.text for line in models_screen(models_summary(own, settings, ["house"], AT), None)]
    assert lines[1].split()[:4] == ["house", "-", "-", "-"]
    assert lines[-1] == "house: no price is known; set `prices.house` to use it"


def test_steps_by_length_stand_below_the_table() -> None:
    """A row shows the first step alone."""
    settings = load_settings(Path("/"), None, {}, {})
    summary = models_summary(load_catalog(settings), settings, ["gpt-6-sol"], AT)
    lines = [line.text for line in models_screen(summary, None)]
    assert lines[-1] == "gpt-6-sol: above 272 k input tokens $4.000 in, $15.000 out"


def test_narrow_terminals_keep_name_and_price() -> None:
    """Everything else may go."""
    settings = load_settings(Path("/"), None, {}, {})
    summary = models_summary(load_catalog(settings), settings, ["gpt-5"], AT)
    assert [line.text for line in models_screen(summary, 30)][:2] == [
        "Model  Input/M  Output/M",
        "gpt-5   $1.250   $10.000",
    ]


def test_no_names_are_no_models() -> None:
    """An empty alias lists nothing."""
    settings = load_settings(Path("/"), None, {}, {})
    assert models_summary(load_catalog(settings), settings, [], AT).models == ()


def test_each_tier_has_its_own_prices() -> None:
    """OpenAI halves its prices in batches and in flex; DeepSeek sells no batches, and cheap hours."""
    found = facts("gpt-5")
    named = [item.service_tier for item in found.tiers]
    assert named == [tier for tier in ServiceTier if tier in named]
    assert {ServiceTier.STANDARD, ServiceTier.FLEX, ServiceTier.BATCH, ServiceTier.PRIORITY} <= set(named)
    batch = tier_of(found, ServiceTier.BATCH)
    assert batch is not None
    assert (batch.now[0].input_per_mtok_pusd, batch.window_s) == (from_usd("0.625"), 86_400)
    assert tier_of(facts("deepseek-flash"), ServiceTier.BATCH) is None


def test_hours_are_listed_beside_the_prices_of_now() -> None:
    """Noon is off-peak; the peak hours of workdays stand apart."""
    standard, off_peak = facts("deepseek-flash").tiers
    assert standard.now == standard.prices == off_peak.prices == off_peak.now
    assert (off_peak.service_tier, off_peak.hours) == (ServiceTier.OFF_PEAK, ())
    assert [(hours.start_minute, hours.end_minute, hours.weekdays) for hours in standard.hours] == [
        (60, 240, (0, 1, 2, 3, 4)),
        (360, 600, (0, 1, 2, 3, 4)),
    ]


def test_shutdowns_are_counted_from_today() -> None:
    """Whatever day the prices are of."""
    settings = load_settings(Path("/"), None, {}, {})
    past = datetime(2025, 9, 1, 12, tzinfo=UTC)
    (found,) = models_summary(load_catalog(settings), settings, ["gpt-5"], past, date(2026, 12, 1)).models
    assert (found.shutdown, found.shutdown_in_days) == ("2026-12-11", 10)
    assert facts("gpt-5").shutdown_in_days == 21
    assert facts("gpt-6-sol").shutdown_in_days is None


def test_facts_carry_their_sources() -> None:
    """Every number of the catalog's, with where it was read."""
    found = {fact.field: fact for fact in facts("mistral-small").facts}
    assert found["context_tokens"].value == "262,144"
    assert found["context_tokens"].date == "2026-11"
    assert facts("mistral-small").regions == ("eu",)
