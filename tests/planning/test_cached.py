"""What prompt caches are worth to requests that begin alike."""

from collections.abc import Mapping
from dataclasses import replace

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.handed_in import taking
from support.planning_jobs import AT, OPTIONS, plan_of, requests_of, settings_of

from modelroute_cli.base.schema import ServiceTier, Usage
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.prices import cost, resolve
from modelroute_cli.catalog.terms import CacheTerms
from modelroute_cli.planning.offers import Offer, Terms, make_offers, make_outlook, make_terms
from modelroute_cli.planning.quotes import quote

SETTINGS = settings_of()
CATALOG = load_catalog(SETTINGS)


def terms_of(name: str = "gpt-6-luna", cache: CacheTerms | None = None) -> Terms:
    """One model's terms; with another cache where that is given."""
    terms = make_terms(name, CATALOG, SETTINGS, AT)
    return replace(terms, cache=cache) if cache is not None else terms


def quoted(terms: Terms, *rows: Mapping[str, object]) -> pl.DataFrame:
    """What it quotes for such requests."""
    return quote(requests_of(*rows), terms, make_outlook(SETTINGS, AT))


def shared(tokens: int, total: int = 5_000) -> dict[str, object]:
    """A request of `total` tokens that begins with `tokens` that others begin with, too."""
    return {"prefix": 3, "prefix_tokens": tokens, "input_tokens": total}


BLOCKS = CacheTerms(kind="automatic", min_tokens=1_024, block_tokens=128)


@pytest.mark.parametrize(
    ("tokens", "written"), [(0, 0), (1_023, 0), (1_024, 1_024), (1_151, 1_024), (1_152, 1_152), (4_000, 3_968)]
)
def test_whole_blocks_are_cached_from_the_least_on(tokens: int, written: int) -> None:
    """And nine in ten reads are expected to hit."""
    (row,) = quoted(terms_of(cache=BLOCKS), shared(tokens)).iter_rows(named=True)
    assert (row["write_tokens"], row["cache_read_tokens"]) == (written, written * 9 // 10)
    assert row["cache_write_tokens"] == 0


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 9_000), st.integers(1, 300_000))
def test_a_reader_costs_what_its_usage_costs_and_the_writer_the_setup_more(tokens: int, total: int) -> None:
    """By the rate card, to the pico-dollar, on both sides of a long-context step."""
    terms = terms_of(cache=BLOCKS)
    (row,) = quoted(terms, shared(min(tokens, total), total)).iter_rows(named=True)
    usage = Usage(
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        cache_read_tokens=row["cache_read_tokens"],
    )
    writing = msgspec.structs.replace(usage, cache_read_tokens=0, cache_write_tokens=row["write_tokens"])
    plain = msgspec.structs.replace(usage, cache_read_tokens=0)
    assert row["cost_pusd"] == cost(terms.rates, usage, AT)
    assert row["uncached_cost_pusd"] == row["standard_cost_pusd"] == cost(terms.rates, plain, AT)
    assert row["cost_pusd"] + row["setup_pusd"] == cost(terms.rates, writing, AT)
    assert row["cost_pusd"] <= row["uncached_cost_pusd"] <= row["cost_range_pusd"]


def test_without_a_cache_nothing_is_read() -> None:
    """Neither by a model that has none, nor by a request that shares nothing."""
    for row in quoted(replace(terms_of(), cache=None), shared(4_000)).iter_rows(named=True):
        assert (row["cache_read_tokens"], row["write_tokens"], row["setup_pusd"]) == (0, 0, 0)
    assert quoted(terms_of(cache=BLOCKS), {})["cache_read_tokens"].to_list() == [0]


def test_markers_need_an_endpoint_that_takes_them() -> None:
    """Claude caches what is marked; Anthropic's own format marks, a gateway's OpenAI format cannot."""
    for name in ("claude-haiku-5-5", "openrouter/anthropic/claude-haiku-5.5"):
        assert CATALOG.models[name].cache.kind == "marker"
    assert terms_of("claude-haiku-5-5").cache is not None
    assert terms_of("openrouter/anthropic/claude-haiku-5.5").cache is None
    assert terms_of("gpt-6-luna").cache is not None


def test_a_plan_s_total_is_one_writer_and_the_rest_readers() -> None:
    """The sum of assignments is the total and what the rate card says of their usage; savings add up exactly."""
    plan = plan_of([shared(4_000) for _ in range(12)], options=OPTIONS)
    frame = plan.assignments.collect()
    assert sorted(frame["cache_write_tokens"].to_list())[-2:][0] == 0
    assert frame.filter(pl.col("cache_write_tokens") > 0).height == 1
    total = 0
    for row in frame.iter_rows(named=True):
        rates = resolve(CATALOG.models[row["model"]], SETTINGS, AT)
        usage = Usage(
            input_tokens=row["input_tokens"],
            output_tokens=row["output_tokens"],
            cache_read_tokens=row["cache_read_tokens"],
            cache_write_tokens=row["cache_write_tokens"],
        )
        assert row["cost_pusd"] == cost(rates, usage, AT)
        total += row["cost_pusd"]
    header = plan.header
    assert header.totals.cost_pusd == total
    baseline = header.baselines[0].cost_pusd
    assert baseline is not None
    assert sum(saving.saved_pusd for saving in header.savings) == baseline - total
    assert "prompt_cache" in {saving.cause for saving in header.savings}
    assert header.lower_bound_pusd is not None
    assert header.lower_bound_pusd <= total


def at_batch(name: str) -> Terms:
    """A model's terms in batches."""
    held = taking()
    catalog = load_catalog(held)
    standard = {name: make_terms(name, catalog, held, AT)}
    return make_offers(standard, (ServiceTier.BATCH,), catalog, held, AT)[Offer(name, ServiceTier.BATCH)]


def test_batches_read_the_cache_only_where_that_is_known() -> None:
    """It is for gpt-6-luna, whose cached reads have a price in batches; of gemini-2.5-flash-lite nobody says it."""
    luna, lite = at_batch("gpt-6-luna"), at_batch("gemini-2.5-flash-lite")
    assert (luna.cache, luna.standard_cache) == (luna.card.cache, luna.card.cache)
    assert (lite.cache, lite.standard_cache) == (None, lite.card.cache)


def test_a_tier_without_a_cache_saves_only_what_the_cache_would_not_have_saved() -> None:
    """Half price on a prompt that the standard tier mostly reads from its cache is less than half of its bill."""
    terms = replace(at_batch("gpt-6-luna"), cache=None)
    (batch,) = quoted(replace(terms, standard_cache=BLOCKS), shared(4_000)).iter_rows(named=True)
    (standard,) = quoted(terms_of(cache=BLOCKS), shared(4_000)).iter_rows(named=True)
    assert batch["standard_cost_pusd"] == standard["cost_pusd"] < standard["uncached_cost_pusd"]
    assert (batch["cache_read_tokens"], batch["setup_pusd"]) == (0, 0)


def test_a_tier_with_a_cache_is_compared_without_it() -> None:
    """What the cache saves is a cause of its own there."""
    terms = replace(at_batch("gpt-6-luna"), cache=BLOCKS, standard_cache=BLOCKS)
    (batch,) = quoted(terms, shared(4_000)).iter_rows(named=True)
    (standard,) = quoted(terms_of(cache=BLOCKS), shared(4_000)).iter_rows(named=True)
    assert batch["standard_cost_pusd"] == standard["uncached_cost_pusd"]
    assert batch["cost_pusd"] < batch["uncached_cost_pusd"]
