"""What is offered is priced AND sold by the account; terms of a card go over its provider's; unknown stays unknown."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from support.catalog_room import catalog_of, default_catalog, default_settings, settings_of

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Catalog, ModelCard
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.offers import DataTerms, data_terms, offers, tier_terms
from modelroute_cli.catalog.terms import CacheTerms, TierTerms

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = sorted(default_catalog().models)
DATED = re.compile(r"20\d\d-\d\d")


def terms_of(name: str, tier: ServiceTier, catalog: Catalog | None = None) -> TierTerms | None:
    """The terms of one tier of a model."""
    catalog = catalog or default_catalog()
    card = catalog.models[name]
    return tier_terms(card, catalog.providers[card.provider], tier)


def data_of(name: str, catalog: Catalog | None = None) -> DataTerms:
    """What happens to a model's requests."""
    catalog = catalog or default_catalog()
    card = catalog.models[name]
    return data_terms(card, catalog.providers[card.provider])


@pytest.mark.parametrize(
    ("name", "tiers"),
    [
        ("gpt-6-sol", ["standard", "flex", "batch", "priority", "background_2h", "background_8h"]),
        ("portkey/openai/gpt-6-sol", ["standard"]),
        ("openrouter/openai/gpt-6-sol", ["standard", "batch"]),
        ("claude-haiku-5-5", ["standard", "batch"]),
        ("gemini-3.8-flash", ["standard", "batch"]),
        ("mistral-small", ["standard", "batch"]),
        ("deepseek-flash", ["standard", "off_peak"]),
    ],
)
def test_a_tier_is_offered_where_it_has_a_price_and_terms(name: str, tiers: list[str]) -> None:
    """Portkey is priced as OpenAI, and is not known to pass the tier on."""
    card = default_catalog().models[name]
    found = offers(card, default_catalog().providers[card.provider], default_settings(), NOON)
    assert [tier.value for tier in found] == tiers
    assert [offer.rates.service_tier for offer in found.values()] == tiers


def test_an_own_tier_needs_both(tmp_path: Path) -> None:
    """A price for flex at an account that does not sell it is not used until the account says it does."""
    price = "prices: {deepseek-flash: {flex: {input: 0.1, output: 0.3}}}\n"
    for text, tiers in (
        (price, ["standard", "off_peak"]),
        (f"{price}providers: {{deepseek: {{tiers: {{flex: {{}}}}}}}}\n", ["standard", "flex", "off_peak"]),
    ):
        settings = settings_of(text, tmp_path)
        catalog = load_catalog(settings)
        found = offers(catalog.models["deepseek-flash"], catalog.providers["deepseek"], settings, NOON)
        assert [tier.value for tier in found] == tiers


@pytest.mark.parametrize(
    ("name", "tier", "window_s", "max_requests"),
    [
        ("gpt-6-sol", ServiceTier.FLEX, 900, None),
        ("gpt-6-sol", ServiceTier.BATCH, 86_400, 50_000),
        ("gpt-6-sol", ServiceTier.PRIORITY, None, None),
        ("claude-opus-5-5", ServiceTier.BATCH, 86_400, 100_000),
        ("openrouter/openai/gpt-6-sol", ServiceTier.BATCH, 86_400, 5_000),
        ("gemini-3.8-flash", ServiceTier.BATCH, 86_400, None),
    ],
)
def test_documented_terms(name: str, tier: ServiceTier, window_s: int | None, max_requests: int | None) -> None:
    """How long an answer may take and how many may be sent at once, with where it was read."""
    terms = terms_of(name, tier)
    assert terms is not None
    assert (terms.window_s, terms.max_requests, terms.queue_tokens) == (window_s, max_requests, None)
    assert DATED.search(terms.source)


def test_the_standard_tier_has_no_terms_to_speak_of() -> None:
    """It is everywhere, and no window is promised; other tiers are not there unless somebody says so."""
    assert {terms_of(name, ServiceTier.STANDARD) for name in NAMES} == {TierTerms()}
    assert terms_of("deepseek-flash", ServiceTier.BATCH) is None


def test_a_cards_terms_go_over_its_providers(tmp_path: Path) -> None:
    """Only what it says; the user's fields merge with what ships."""
    text = "models: {gpt-6-sol: {tiers: {batch: {queue_tokens: 900000, window_s: 3600}}}}\n"
    terms = terms_of("gpt-6-sol", ServiceTier.BATCH, catalog_of(text, tmp_path))
    shipped = terms_of("gpt-6-sol", ServiceTier.BATCH)
    assert shipped is not None
    assert terms == msgspec.structs.replace(shipped, window_s=3600, queue_tokens=900_000)


def test_a_users_limit_merges_with_what_ships(tmp_path: Path) -> None:
    """The queue of one's own account, as its usage tier has it."""
    text = "providers: {openai: {tiers: {batch: {queue_tokens: 15000000}}}}\n"
    catalog = catalog_of(text, tmp_path)
    terms = terms_of("gpt-6-sol", ServiceTier.BATCH, catalog)
    assert terms is not None
    assert (terms.queue_tokens, terms.max_requests) == (15_000_000, 50_000)
    assert terms_of("gpt-6-sol", ServiceTier.FLEX, catalog) == terms_of("gpt-6-sol", ServiceTier.FLEX)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "providers:\n  openai:\n    tiers: {fast: {}}",
            "modelroute.yaml:3: unknown key `fast` in `providers.openai.tiers`",
        ),
        (
            "models:\n  gpt-5: {tiers: {batch: {window_s: 0}}}",
            "modelroute.yaml:2: `models.gpt-5.tiers.batch.window_s` is `0`: expected a whole number >= 1",
        ),
        (
            "providers: {openai: {regions: [mars]}}",
            "modelroute.yaml:1: `providers.openai.regions[0]` is `mars`: not one of the known values",
        ),
        (
            "providers: {openai: {zero_retention: maybe}}",
            "modelroute.yaml:1: `providers.openai.zero_retention` is `maybe`: not one of the known values",
        ),
        (
            "providers: {openai: {retention_days: -1}}",
            "modelroute.yaml:1: `providers.openai.retention_days` is `-1`: expected a whole number >= 0",
        ),
        (
            "models: {gpt-5: {limits: {rpd: 0}}}",
            "modelroute.yaml:1: `models.gpt-5.limits.rpd` is `0`: expected a whole number >= 1",
        ),
        (
            "models: {gpt-5: {cache: {kind: always}}}",
            "modelroute.yaml:1: `models.gpt-5.cache.kind` is `always`: not one of the known values",
        ),
    ],
)
def test_terms_that_cannot_be_are_refused_with_their_place(text: str, message: str, tmp_path: Path) -> None:
    """File, line and key."""
    with pytest.raises(SettingsError) as caught:
        catalog_of(f"{text}\n", tmp_path)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("name", "regions", "retention_days", "zero_retention", "trains_on_data"),
    [
        ("gpt-6-sol", (), 30, "on_request", False),
        ("claude-haiku-5-5", ("global",), 30, "on_request", False),
        ("gemini-3.8-flash", ("global",), None, "on_request", False),
        ("mistral-small", ("eu",), 30, "on_request", False),
        ("deepseek-flash", ("cn",), None, None, None),
        ("openrouter/openai/gpt-6-sol", (), None, None, None),
        ("portkey/openai/gpt-6-sol", (), None, None, None),
    ],
)
def test_what_happens_to_the_data(
    name: str,
    regions: tuple[str, ...],
    retention_days: int | None,
    zero_retention: str | None,
    trains_on_data: bool | None,  # noqa: FBT001 - a table's column
) -> None:
    """As documented; what no document says is unknown, behind a gateway too."""
    terms = data_of(name)
    assert (terms.regions, terms.retention_days) == (regions, retention_days)
    assert (terms.zero_retention, terms.trains_on_data) == (zero_retention, trains_on_data)


def test_a_server_of_ones_own_keeps_nothing_for_others(tmp_path: Path) -> None:
    """It is where its owner is."""
    text = "models: {local/m: {provider: local, model_id: m, base_model: m, context_tokens: 9, max_output_tokens: 9}}\n"
    terms = data_of("local/m", catalog_of(text, tmp_path))
    assert terms == DataTerms(
        regions=("local",),
        retention_days=0,
        zero_retention="always",
        trains_on_data=False,
        source="your own machine, 2026-11",
    )


def test_a_card_says_more_of_its_data_than_its_provider(tmp_path: Path) -> None:
    """Field by field: 0 days and `false` are said, not unknown."""
    text = (
        "providers: {openai: {regions: [eu], zero_retention: always, trains_on_data: true}}\n"
        "models: {gpt-6-sol: {retention_days: 0, trains_on_data: false, data_source: our contract}}\n"
    )
    assert data_of("gpt-6-sol", catalog_of(text, tmp_path)) == DataTerms(
        regions=("eu",), retention_days=0, zero_retention="always", trains_on_data=False, source="our contract"
    )


def test_every_term_that_ships_says_where_and_when_it_was_read() -> None:
    """A provider with data terms, a tier or a cache has a dated source for it."""
    untold = []
    for provider in default_catalog().providers.values():
        known = provider.regions or provider.retention_days is not None or provider.zero_retention
        if known and provider.regions != ("local",) and not DATED.search(provider.data_source):
            untold.append(provider.name)
        untold += [
            f"{provider.name}.{tier}" for tier, terms in provider.tiers.items() if not DATED.search(terms.source)
        ]
    for card in default_catalog().models.values():
        untold += [card.name] if not DATED.search(card.source) else []
        untold += [f"{card.name}.cache"] if card.cache != CacheTerms() and not DATED.search(card.cache.source) else []
    assert untold == []


@pytest.mark.parametrize(
    ("name", "kind", "min_tokens", "block_tokens", "with_batch"),
    [
        ("gpt-5", "automatic", 1024, 128, True),
        ("gpt-6.1-sol", "automatic", 1024, 128, True),
        ("claude-haiku-5-5", "marker", 512, 1, True),
        ("claude-haiku-4-5", "marker", 4096, 1, True),
        ("gemini-3.8-flash", "automatic", 4096, 1, True),
        ("gemini-2.5-flash", "automatic", 2048, 1, None),
        ("deepseek-flash", "automatic", 64, 64, None),
        ("mistral-small", "none", 0, 1, None),
        ("openrouter/openai/gpt-6-sol", "automatic", 1024, 128, True),
        ("openrouter/deepseek/deepseek-v4-pro", "none", 0, 1, None),
        ("portkey/deepseek/deepseek-flash", "none", 0, 1, None),
    ],
)
def test_how_beginnings_are_cached(
    name: str,
    kind: str,
    min_tokens: int,
    block_tokens: int,
    with_batch: bool | None,  # noqa: FBT001 - a table's column
) -> None:
    """From which length, in which steps, and whether a batch reads it below its own input price."""
    card = default_catalog().models[name]
    assert (card.cache.kind, card.cache.min_tokens, card.cache.block_tokens) == (kind, min_tokens, block_tokens)
    assert card.cache_with_batch is with_batch


def test_deepseek_needs_two_requests_before_it_reads_a_shared_beginning() -> None:
    """Its own example: the second request shows that the beginning is shared, the third finds it."""
    models = default_catalog().models
    assert {name for name, card in models.items() if card.cache.cold_requests == 2} == {
        "deepseek-flash",
        "deepseek-v4-pro",
    }


def test_only_anthropic_s_own_format_marks_what_is_cached() -> None:
    """Where nothing can be marked, a marker cache is no cache."""
    providers = default_catalog().providers.values()
    assert [(each.name, each.format) for each in providers if each.cache_markers] == [
        ("anthropic", "anthropic_messages")
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_reads_the_cache_cheaper_where_the_card_says_so(name: str) -> None:
    """What `cache_with_batch` promises stands in the price list."""
    card: ModelCard = default_catalog().models[name]
    provider = default_catalog().providers[card.provider]
    batch = offers(card, provider, default_settings(), NOON).get(ServiceTier.BATCH)
    if batch is not None and card.cache_with_batch:
        rate = batch.rates.steps[0].rate
        assert rate.cache_read_pusd < rate.input_pusd
