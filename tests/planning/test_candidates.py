"""Quotes and candidates: exact costs, ranges, and who cannot do what."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import polars as pl
import pytest
from support.planning_jobs import AT, requests_of, settings_of

from modelroute_cli.base.errors import InfeasibleError, SettingsError
from modelroute_cli.base.schema import Modality, Usage
from modelroute_cli.catalog.cards import Catalog, ModelCard
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.prices import cost, dearest, resolve
from modelroute_cli.catalog.settings import Rule
from modelroute_cli.planning.candidates import (
    QUOTES,
    allowed_quotes,
    candidates,
    is_ended,
    make_outlook,
    make_terms,
    quote,
)
from modelroute_cli.planning.policy import Scope, make_policy
from modelroute_cli.planning.rules import with_rule

SETTINGS = settings_of()
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
    catalog: Catalog, models: tuple[str, ...], *rows: Mapping[str, object]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Requests and their quotes under one rule that allows `models`."""
    settings = replace(SETTINGS, rules=(Rule(name="all", allow=models),))
    requests = with_rule(requests_of(*rows), settings.rules).with_columns(requests=pl.lit(1, pl.Int64))
    policy = make_policy(requests, catalog, settings, Scope())
    terms = {name: make_terms(name, catalog, settings, AT) for name in models}
    quotes = {name: quote(requests, each, OUTLOOK) for name, each in terms.items()}
    return requests, allowed_quotes(requests, quotes, terms, policy)


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
    models = ("claude-haiku-5-5", "gpt-6-luna")
    _, quotes = allowed(CATALOG, models, {"has_schema": True}, {})
    assert quotes.select("row", "model", "problem").rows() == [
        (0, "claude-haiku-5-5", "schema"),
        (0, "gpt-6-luna", None),
        (1, "claude-haiku-5-5", None),
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


def test_a_scope_that_leaves_nothing_is_infeasible() -> None:
    """--models that shares no model with a rule is said for each request."""
    settings = replace(SETTINGS, rules=(Rule(name="all", allow=("gpt-6-luna",)),))
    requests = with_rule(requests_of({}), settings.rules).with_columns(requests=pl.lit(1, pl.Int64))
    policy = make_policy(requests, CATALOG, settings, Scope(only=("gpt-5",)))
    quotes = allowed_quotes(requests, {}, {}, policy)
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
