"""Quotes and candidates: exact costs, ranges, and who cannot do what."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import polars as pl
import pytest
from support.handed_in import taking, within_a_day
from support.planning_jobs import AT, plan_of, requests_of

from modelroute_cli.base.errors import InfeasibleError, SettingsError
from modelroute_cli.base.schema import Modality, Need, ServiceTier, Usage
from modelroute_cli.catalog.cards import Catalog, ModelCard
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.prices import cost, dearest, resolve
from modelroute_cli.catalog.settings import Rule
from modelroute_cli.planning.candidates import allowed_quotes, candidates
from modelroute_cli.planning.offers import is_ended, make_offers, make_outlook, make_terms, windows
from modelroute_cli.planning.patience import with_patience
from modelroute_cli.planning.policy import Scope, make_policy
from modelroute_cli.planning.quotes import QUOTES, quote
from modelroute_cli.planning.rules import with_rule

SETTINGS = taking()
CATALOG = load_catalog(SETTINGS)
OUTLOOK = make_outlook(SETTINGS, AT)


def changed(name: str, **fields: object) -> Catalog:
    """The shipped catalog with one card changed."""
    card = msgspec.structs.replace(CATALOG.models[name], **fields)
    return replace(CATALOG, models={**CATALOG.models, name: card})


def quoted(name: str, *rows: Mapping[str, object], catalog: Catalog = CATALOG, at: datetime = AT) -> pl.DataFrame:
    """What a model quotes for such requests."""
    return quote(requests_of(*rows), make_terms(name, catalog, SETTINGS, at), make_outlook(SETTINGS, at))


def allowed(
    catalog: Catalog,
    models: tuple[str, ...],
    *rows: Mapping[str, object],
    tiers: tuple[ServiceTier, ...] = (),
    **rule: object,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Requests and their quotes under one rule that allows `models`, and says what else `rule` says."""
    settings = replace(SETTINGS, rules=(msgspec.structs.replace(Rule(name="all", allow=models), **rule),))
    requests = with_rule(requests_of(*rows), settings.rules).with_columns(requests=pl.lit(1, pl.Int64))
    requests = with_patience(requests, windows(catalog), None)
    policy = make_policy(requests, catalog, settings, Scope())
    standard = {name: make_terms(name, catalog, settings, AT) for name in models}
    terms = make_offers(standard, tiers, catalog, settings, AT)
    quotes = {offer: quote(requests, each, OUTLOOK) for offer, each in terms.items()}
    return requests, allowed_quotes(requests, quotes, terms, policy)


def offered(quotes: pl.DataFrame) -> list[tuple[int, str, str | None]]:
    """Row, tier and problem of each quote."""
    return [(row, tier, problem) for row, tier, problem in quotes.select("row", "service_tier", "problem").iter_rows()]


FLEX, PRIORITY, BATCH = ServiceTier.FLEX, ServiceTier.PRIORITY, ServiceTier.BATCH


def test_slower_tiers_are_for_requests_that_can_wait() -> None:
    """Without a deadline the standard tier alone; with one, those whose window fits; the dearer tier for nobody."""
    rows: tuple[Mapping[str, object], ...] = (
        {},
        {"deadline_s": 60},
        {"deadline_s": 3_600},
        {"deadline_s": 100_000},
    )
    _, quotes = allowed(CATALOG, ("gpt-6-luna",), *rows, tiers=(FLEX, PRIORITY, BATCH))
    assert [each for each in offered(quotes) if each[1] != "priority"] == [
        (0, "standard", None),
        (0, "flex", "tier"),
        (0, "batch", "tier"),
        (1, "standard", None),
        (1, "flex", "deadline"),
        (1, "batch", "deadline"),
        (2, "standard", None),
        (2, "flex", None),
        (2, "batch", "deadline"),
        (3, "standard", None),
        (3, "flex", None),
        (3, "batch", None),
    ]
    assert {problem for _, tier, problem in offered(quotes) if tier == "priority"} == {"tier"}


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"zero_data_retention": True}, "kept"),
        ({"max_retention_days": 29}, "kept"),
        ({"max_retention_days": 30}, None),
        ({"no_training": True}, None),
    ],
)
def test_what_may_not_be_kept_is_not_handed_in(rule: dict[str, object], problem: str | None) -> None:
    """A provider stores batches until they are collected, whatever its other terms."""
    card = CATALOG.models["gemini-2.5-flash-lite"]
    keeps = msgspec.structs.replace(CATALOG.providers[card.provider], retention_days=0, zero_retention="always")
    catalog = replace(CATALOG, providers={**CATALOG.providers, card.provider: keeps})
    tiers = (ServiceTier.STANDARD, ServiceTier.BATCH)
    _, quotes = allowed(catalog, (card.name,), {"deadline_s": 172_800}, tiers=tiers, **rule)
    assert offered(quotes) == [(0, "standard", None), (0, "batch", problem)]


def test_a_rule_names_its_tiers_deadline_or_not() -> None:
    """Only those are bought; a deadline that is too short still shuts a slow one out."""
    wanted = {"service_tiers": (FLEX, PRIORITY)}
    rows: tuple[Mapping[str, object], ...] = ({}, {"deadline_s": 60})
    _, quotes = allowed(CATALOG, ("gpt-6-luna",), *rows, tiers=(FLEX, PRIORITY), **wanted)
    assert offered(quotes) == [
        (0, "standard", "rule_tier"),
        (0, "flex", None),
        (0, "priority", None),
        (1, "standard", "rule_tier"),
        (1, "flex", "deadline"),
        (1, "priority", None),
    ]


def test_a_tier_costs_what_its_own_rate_card_says_and_is_reserved_at_the_dearest() -> None:
    """The standard tier may serve in its place: what is reserved covers both."""
    _, quotes = allowed(CATALOG, ("gpt-6-luna",), {"deadline_s": 3_600}, tiers=(FLEX,))
    standard, flex = quotes.iter_rows(named=True)
    card = CATALOG.models["gpt-6-luna"]
    usage = Usage(input_tokens=flex["input_tokens"], output_tokens=flex["output_tokens"])
    assert flex["cost_pusd"] == cost(resolve(card, SETTINGS, AT, FLEX), usage, AT) < standard["cost_pusd"]
    assert flex["standard_cost_pusd"] == standard["cost_pusd"]
    assert flex["cost_high_pusd"] == standard["cost_high_pusd"]


def test_what_is_handed_in_is_reserved_at_its_own_price() -> None:
    """A line of a batch is served as it was bought, or not at all: half of what the standard tier could cost."""
    _, quotes = allowed(CATALOG, ("gpt-6-luna",), {"deadline_s": 100_000}, tiers=(BATCH,))
    standard, batch = quotes.iter_rows(named=True)
    assert batch["service_tier"] == "batch"
    assert batch["cost_high_pusd"] * 2 == standard["cost_high_pusd"]
    assert batch["standard_cost_pusd"] == standard["cost_pusd"] == 2 * batch["cost_pusd"]


def test_batches_are_quoted_only_where_they_can_be_handed_in() -> None:
    """A price of the library is no batch API: without one there the tier is not on offer."""
    openai = msgspec.structs.replace(CATALOG.providers["openai"], batch_api=None)
    shut = replace(CATALOG, providers={**CATALOG.providers, "openai": openai})
    _, quotes = allowed(shut, ("gpt-6-luna",), {"deadline_s": 100_000}, tiers=(FLEX, BATCH))
    assert offered(quotes) == [(0, "standard", None), (0, "flex", None)]


def test_where_two_tiers_cost_the_same_the_sooner_one_is_bought() -> None:
    """Flex and batches are both half price at OpenAI, and flex answers within minutes."""
    _, quotes = allowed(CATALOG, ("gpt-6-luna",), {"deadline_s": 100_000}, tiers=(FLEX, BATCH))
    costs = dict(quotes.select("service_tier", "cost_pusd").iter_rows())
    assert costs["flex"] == costs["batch"]
    plan = plan_of([{}], taking(objective__min_quality=0.0), within_a_day("gpt-6-luna"))
    assert plan.assignments.collect()["service_tier"].to_list() == ["flex"]


def test_a_tier_is_quoted_only_where_it_is_sold() -> None:
    """DeepSeek has no flex tier: a lookup that finds no price is no discount."""
    _, quotes = allowed(CATALOG, ("deepseek-flash",), {"deadline_s": 3_600}, tiers=(FLEX, BATCH))
    assert offered(quotes) == [(0, "standard", None)]


def test_costs_are_those_of_the_rate_card_to_the_pico_dollar() -> None:
    """Each cost is the exact price of its tokens: expected at the prices of the hour, the most at the dearest."""
    rows = [{"input_tokens": tokens, "task_type": "code"} for tokens in (1, 777, 300_000)]
    for name in ("gpt-6-sol", "deepseek-v4-pro", "gemini-3.8-flash"):
        frame = quoted(name, *rows)
        rates = resolve(CATALOG.models[name], SETTINGS, AT)
        for row in frame.iter_rows(named=True):
            usage = Usage(input_tokens=row["input_tokens"], output_tokens=row["output_tokens"])
            silent = Usage(input_tokens=row["input_tokens"], output_tokens=0)
            assert row["cost_pusd"] == cost(rates, usage, AT)
            assert row["output_cost_pusd"] == cost(rates, usage, AT) - cost(rates, silent, AT)
            most = Usage(input_tokens=row["input_tokens"], output_tokens=row["max_tokens"])
            assert row["cost_high_pusd"] >= cost(dearest(rates), most, AT)
            assert row["cost_low_pusd"] <= row["cost_pusd"] <= row["cost_range_pusd"] <= row["cost_high_pusd"]


def test_a_quote_has_the_columns_of_the_contract() -> None:
    """CANDIDATES, and what this room adds, in order."""
    assert dict(quoted("gpt-6-luna", {}).schema) == dict(pl.Schema(QUOTES))


def test_reservations_hold_at_every_hour() -> None:
    """Off-peak the expected cost falls, the most that an attempt can cost does not."""
    peak = quoted("deepseek-flash", {}, at=datetime(2026, 11, 20, 2, tzinfo=UTC)).row(0, named=True)
    quiet = quoted("deepseek-flash", {}, at=datetime(2026, 11, 20, 20, tzinfo=UTC)).row(0, named=True)
    assert quiet["cost_pusd"] < peak["cost_pusd"]
    assert quiet["cost_high_pusd"] == peak["cost_high_pusd"] >= peak["cost_range_pusd"]


def test_images_need_a_model_that_sees() -> None:
    """A text model cannot do a request with an image."""
    blind = changed("gpt-6-luna", modalities=(Modality.TEXT,))
    rows: tuple[Mapping[str, object], ...] = ({}, {"modality": "image", "image_sizes": [0]})
    assert quoted("gpt-6-luna", *rows, catalog=blind)["problem"].to_list() == [None, "modality"]
    assert quoted("gpt-6-luna", *rows)["problem"].to_list() == [None, None]


def test_request_and_answer_must_fit_the_context() -> None:
    """The window holds the input at its highest count and the whole output limit, to the token."""
    row = {"input_tokens": 1000, "max_output_tokens": 500}
    high = int(quoted("gpt-6-luna", row)["max_tokens"][0]) + 1000 + 3 + 4
    assert quoted("gpt-6-luna", row, catalog=changed("gpt-6-luna", context_tokens=high))["problem"].to_list() == [None]
    short = changed("gpt-6-luna", context_tokens=high - 1)
    assert quoted("gpt-6-luna", row, catalog=short)["problem"].to_list() == ["context"]


def test_a_requests_own_floor_is_a_mask() -> None:
    """A model believed to be below `min_quality` is no candidate; at the floor it is."""
    rows = ({"min_quality": 0.88}, {"min_quality": 0.881})
    assert quoted("gpt-6-luna", *rows)["problem"].to_list() == [None, "min_quality"]


def test_ended_models_are_left_out_from_their_last_day() -> None:
    """The announced day itself is too late."""
    card = changed("gpt-6-luna", shutdown="2026-11-20").models["gpt-6-luna"]
    assert is_ended(card, date(2026, 11, 20))
    assert not is_ended(card, date(2026, 11, 19))
    assert quoted("gpt-6-luna", {}, catalog=changed("gpt-6-luna", shutdown="2026-11-20"))["problem"].to_list() == [
        "ended"
    ]


def test_schemas_go_to_models_that_hold_to_them() -> None:
    """With one allowed model that has schema support, those without are no candidates for requests with a schema."""
    models = ("portkey/anthropic/claude-haiku-5-5", "gpt-6-luna")
    _, quotes = allowed(CATALOG, models, {"has_schema": True}, {})
    assert quotes.select("row", "model", "problem").rows() == [
        (0, "portkey/anthropic/claude-haiku-5-5", "schema"),
        (0, "gpt-6-luna", None),
        (1, "portkey/anthropic/claude-haiku-5-5", None),
        (1, "gpt-6-luna", None),
    ]


def test_without_any_schema_support_gates_alone_hold_to_it() -> None:
    """Where no allowed model (that can do the request) has schema support, the others stay candidates."""
    small = changed("gpt-6-luna", context_tokens=10)
    _, quotes = allowed(small, ("claude-haiku-5-5", "gpt-6-luna"), {"has_schema": True})
    assert quotes.select("model", "problem").rows() == [("claude-haiku-5-5", None), ("gpt-6-luna", "context")]


def test_requests_without_a_candidate_are_named_with_every_reason() -> None:
    """The error lists the first five, why each model fails, and how many more there are."""
    blind = changed("gpt-6-luna", modalities=(Modality.TEXT,))
    picture = {"modality": "image", "image_sizes": [0]}
    requests, quotes = allowed(blind, ("gpt-6-luna", "deepseek-v4-pro"), {}, *([picture] * 7))
    with pytest.raises(InfeasibleError) as caught:
        candidates(requests, quotes)
    lines = caught.value.message.splitlines()
    assert lines[0] == "no allowed model can do 7 requests:"
    assert lines[1] == (
        "  line 2 (`r1`), rule `all`: `gpt-6-luna`: it cannot read what the request carries; "
        "`deepseek-v4-pro`: it cannot read what the request carries"
    )
    assert lines[6] == "  and 2 more"
    assert caught.value.hint == ("allow other models for these requests in `rules`, or widen `--models` or `--exclude`")


def test_where_an_address_is_in_the_way_the_hint_says_how_it_is_read() -> None:
    """Other models are not what is missing."""
    linked = {"modality": "image", "image_sizes": [0], "needs": Need.IMAGE.bit | Need.LINKED.bit}
    requests, quotes = allowed(CATALOG, ("gemini-3.8-flash",), linked)
    with pytest.raises(InfeasibleError) as caught:
        candidates(requests, quotes)
    assert caught.value.message.endswith(
        "`gemini-3.8-flash`: what stands at an address is read by the run for it, "
        "which `images: {fetch: true}` must allow"
    )
    assert caught.value.hint == (
        "write `images: {fetch: true}` into your settings, or give what stands at an address as a file"
    )


def test_a_scope_that_leaves_nothing_is_infeasible() -> None:
    """--models that shares no model with a rule is said for each request."""
    settings = replace(SETTINGS, rules=(Rule(name="all", allow=("gpt-6-luna",)),))
    requests = with_rule(requests_of({}), settings.rules).with_columns(requests=pl.lit(1, pl.Int64))
    policy = make_policy(requests, CATALOG, settings, Scope(only=("gpt-5",)))
    quotes = allowed_quotes(with_patience(requests, (), None), {}, {}, policy)
    with pytest.raises(InfeasibleError, match="line 1 \\(`r0`\\), rule `all`: no model is left to it"):
        candidates(requests, quotes)


def test_a_model_without_a_price_is_refused() -> None:
    """Unknown is never free."""
    card = ModelCard(
        name="mine", provider="openai", model_id="mine", base_model="mine", context_tokens=9, max_output_tokens=9
    )
    catalog = replace(CATALOG, models={"mine": card})
    with pytest.raises(SettingsError, match="mine"):
        make_terms("mine", catalog, SETTINGS, AT)


def problems_of(name: str, catalog: Catalog, may_fetch: bool, *rows: Mapping[str, object]) -> list[str | None]:  # noqa: FBT001 - one of many settings
    """Why a model cannot do each of these requests."""
    settings = replace(SETTINGS, images=msgspec.structs.replace(SETTINGS.images, fetch=may_fetch))
    terms = make_terms(name, catalog, settings, AT)
    return quote(requests_of(*rows), terms, OUTLOOK)["problem"].to_list()


def test_a_model_gets_no_request_that_it_cannot_read() -> None:
    """All of what it carries counts: a picture beside a PDF does not hide behind it."""
    both = {"needs": Need.IMAGE.bit | Need.FILE.bit, "modality": "file", "pages": 1, "image_sizes": [0]}
    blind = changed("gpt-6-luna", modalities=(Modality.TEXT, Modality.FILE))
    seeing = changed("gpt-6-luna", modalities=(Modality.TEXT, Modality.FILE, Modality.IMAGE))
    assert problems_of("gpt-6-luna", blind, False, both) == ["modality"]
    assert problems_of("gpt-6-luna", seeing, False, both) == [None]


def test_a_model_without_tools_gets_no_request_with_them() -> None:
    """Others do."""
    row = {"needs": Need.TOOLS.bit}
    assert problems_of("gpt-6-luna", changed("gpt-6-luna", tools=False), False, row, {}) == ["tools", None]
    assert problems_of("gpt-6-luna", CATALOG, False, row) == [None]


def test_addresses_go_where_somebody_reads_them() -> None:
    """A provider that does, else the run where settings allow it; sound only the run."""
    hearing = changed("gpt-6-luna", modalities=tuple(Modality))
    unread = msgspec.structs.replace(hearing.providers["openai"], fetches_links=False)
    deaf = replace(hearing, providers={**hearing.providers, "openai": unread})
    picture = {"needs": Need.IMAGE.bit | Need.LINKED.bit, "modality": "image", "image_sizes": [0]}
    sound = {"needs": Need.AUDIO.bit | Need.LINKED.bit | Need.FETCHED.bit, "modality": "audio", "audio_s": 600}
    assert problems_of("gpt-6-luna", hearing, False, picture, sound) == [None, "links"]
    assert problems_of("gpt-6-luna", deaf, False, picture, sound) == ["links", "links"]
    assert problems_of("gpt-6-luna", deaf, True, picture, sound) == [None, None]


def test_sound_has_a_price_of_its_own() -> None:
    """A minute at 32 tokens a second: $1.00 a million instead of $0.30, in what is expected and what is reserved."""
    hearing = changed("gemini-2.5-flash", modalities=tuple(Modality))
    row = {"needs": Need.AUDIO.bit, "modality": "audio", "audio_s": 60}
    plain, heard = quoted("gemini-2.5-flash", {}, row, catalog=hearing).to_dicts()
    assert heard["input_tokens"] - plain["input_tokens"] == 60 * 32
    assert heard["cost_pusd"] - plain["cost_pusd"] == 60 * 32 * 1_000_000
    assert heard["cost_high_pusd"] - plain["cost_high_pusd"] == 60 * 36 * 1_000_000
