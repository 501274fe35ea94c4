"""Money of whole plans: assignments, totals, savings and the price library agree, whatever the job."""

import os
from dataclasses import replace
from decimal import Decimal

import polars as pl
from genai_prices import Usage as LibraryUsage
from genai_prices import calc_price
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.planning_jobs import AT, OPTIONS, plan_of, settings_of

from modelroute_cli.base.money import PER_USD
from modelroute_cli.base.schema import Importance, ServiceTier, TaskType, Usage
from modelroute_cli.catalog.prices import cost
from modelroute_cli.planning.plan import Plan

PLANS = int(os.environ.get("MONEY_PLANS", "9"))  # thousands take minutes
TIERS = tuple(ServiceTier)


@st.composite
def jobs(draw: st.DrawFn) -> list[dict[str, object]]:
    """Requests of all kinds; some begin alike, some can wait, some ask the same as the first."""
    rows: list[dict[str, object]] = []
    for at in range(draw(st.integers(1, 12))):
        shared = draw(st.sampled_from([0, 0, 1_100, 5_000]))
        rows.append(
            {
                "task_type": draw(st.sampled_from(list(TaskType))).value,
                "importance": draw(st.sampled_from(list(Importance))).value,
                "input_tokens": shared + draw(st.integers(1, 3_000)),
                "prefix": shared or None,
                "prefix_tokens": shared,
                "deadline_s": draw(st.sampled_from([None, 60, 3_600, 200_000])),
                "length_hint_tokens": draw(st.one_of(st.none(), st.integers(1, 900))),
                "duplicate_of": 0 if at and draw(st.integers(0, 5)) == 0 else None,
            }
        )
    for row in rows:
        if row["duplicate_of"] is not None:
            row.update({name: value for name, value in rows[0].items() if name != "duplicate_of"}, duplicate_of=0)
    return rows


def drawn_plan(rows: list[dict[str, object]], floor: float) -> Plan:
    """The plan of a job, every tier allowed."""
    return plan_of(rows, settings_of(objective__min_quality=floor), replace(OPTIONS, tiers=TIERS))


@settings(deadline=None, max_examples=PLANS, suppress_health_check=list(HealthCheck))
@given(jobs(), st.sampled_from([0.0, 0.8]))
def test_assignments_totals_and_savings_agree_to_the_pico_dollar(rows: list[dict[str, object]], floor: float) -> None:
    """Each assignment costs what its tokens cost on the plan's rate card, totals are their sum, savings the rest."""
    plan = drawn_plan(rows, floor)
    header, frame = plan.header, plan.assignments.collect()
    for row in frame.filter(pl.col("duplicate_of").is_null()).iter_rows(named=True):
        card = header.cards_of(row["model"])[row["service_tier"]]
        usage = Usage(**{name: row.get(name, 0) for name in Usage.__struct_fields__})
        assert row["cost_pusd"] == cost(card, usage, AT)
        assert row["cost_low_pusd"] <= row["cost_pusd"] <= row["cost_range_pusd"] <= row["cost_high_pusd"]
    total = sum(frame["cost_pusd"].to_list())
    assert header.totals.cost_pusd == total
    assert header.lower_bound_pusd is not None
    assert header.lower_bound_pusd <= total
    baseline = header.baselines[0].cost_pusd
    assert baseline is not None
    assert sum(saving.saved_pusd for saving in header.savings) == baseline - total
    assert header.hard_cap_pusd >= total


@settings(deadline=None, max_examples=max(PLANS // 3, 1), suppress_health_check=list(HealthCheck))
@given(jobs())
def test_the_price_library_charges_the_same(rows: list[dict[str, object]]) -> None:
    """`calc_price`, asked for each assignment; ours is never less, and at most a pico-dollar a token more."""
    plan = drawn_plan(rows, 0.0)
    for row in plan.assignments.filter(pl.col("duplicate_of").is_null()).collect().iter_rows(named=True):
        card = plan.header.models[row["model"]]
        usage = LibraryUsage(**{name: row[name] for name in ("input_tokens", "output_tokens", *_CACHED)})
        listed = _listed(usage, card.price_model, card.price_provider, row["service_tier"]) * PER_USD
        most = row["input_tokens"] + row["output_tokens"]
        assert listed <= row["cost_pusd"] <= listed + most


_CACHED = ("cache_read_tokens", "cache_write_tokens")


def _listed(usage: LibraryUsage, model: str | None, provider: str | None, tier: str) -> Decimal:
    """What the library says at AT, a Friday outside of DeepSeek's peak hours."""
    assert model is not None
    batch = {"processing": "batch"} if tier == "batch" else {"service_tier": tier}
    context = None if tier == "standard" else batch
    return calc_price(usage, model, provider_id=provider, genai_request_timestamp=AT, price_context=context).total_price
