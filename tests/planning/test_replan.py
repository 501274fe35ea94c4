"""Open requests whose model is gone, planned again."""

from collections import Counter
from dataclasses import replace
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as replace_card
from support.open_rows import open_of
from support.planning_jobs import OPTIONS, plan_of, settings_of

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Need
from modelroute_cli.planning.plan import Plan
from modelroute_cli.planning.reach import Reach
from modelroute_cli.planning.replan import MOVED, Leftover, Replanned, believed, replan

PLENTY = PicoUSD(10**15)
FLASH, LUNA, HAIKU, LITE = "deepseek-flash", "gpt-6-luna", "claude-haiku-5-5", "gemini-2.5-flash-lite"
CHEAP = {LUNA, FLASH, HAIKU, LITE}


@cache
def plan() -> Plan:
    """Bulk e-mails of three lengths, labels, and premium requests, by the settings that ship."""
    emails = [{"input_tokens": 100 * (1 + row % 3)} for row in range(30)]
    labels = [{"task_type": "classification", "input_tokens": 40, "language": "de"} for _ in range(10)]
    premium = [{"importance": "premium", "task_type": "headline"} for _ in range(5)]
    return plan_of([*emails, *labels, *premium], settings_of(objective__min_quality=0.8))


@cache
def reach() -> Reach:
    """What that plan leaves."""
    return Reach.of(plan().header)


def again(open_: pl.DataFrame, *closed: str, money: int = PLENTY, min_quality: float | None = None) -> Replanned:
    """The re-plan of OPEN requests."""
    return replan(open_, reach(), Leftover(closed=frozenset(closed), money=PicoUSD(money), min_quality=min_quality))


def models(found: Replanned) -> Counter[str]:
    """How many requests each model gets."""
    return Counter(found.moved["model"])


facts = st.fixed_dictionaries(
    {
        "needs": st.sampled_from([0, Need.IMAGE.bit, Need.TOOLS.bit]),
        "min_quality": st.sampled_from([None, 0.85, 0.99]),
        "has_schema": st.booleans(),
        "own_limit": st.sampled_from([0, 50]),
        "tried": st.sampled_from(["", LUNA, f"{LUNA}\n{HAIKU}"]),
    }
)


def told(rows: list[dict[str, object]]) -> pl.DataFrame:
    """The plan's first requests, each with what it says itself."""
    open_ = open_of(plan(), range(len(rows)))
    own = pl.DataFrame(rows, schema={name: open_.schema[name] for name in rows[0]})
    return open_.with_columns(own)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(facts, min_size=1, max_size=40),
    st.sets(st.sampled_from(sorted(CHEAP))),
    st.integers(-(10**9), 10**11),
    st.sampled_from([None, 0.5, 0.85]),
)
def test_no_re_plan_breaks_a_rule_or_the_money(
    rows: list[dict[str, object]], closed: set[str], money: int, min_quality: float | None
) -> None:
    """Never a model that was tried, is closed, is not the rule's, cannot do it or is too weak; the same twice."""
    open_ = told(rows)
    found = again(open_, *closed, money=money, min_quality=min_quality)
    assert again(open_, *closed, money=money, min_quality=min_quality).moved.equals(found.moved)
    assert sorted([*found.moved["row"], *found.unable]) == open_["row"].to_list()
    for got, row in zip(found.moved.iter_rows(named=True), _rows(open_, found), strict=True):
        card = plan().header.models[got["model"]]
        assert got["model"] in plan().header.allowed[str(row["rule"])]
        assert got["model"] not in closed | set(str(row["tried"]).split("\n"))
        assert got["quality"] >= (row["min_quality"] or 0)
        assert not row["needs"] or (
            Need.IMAGE.value in card.modalities if row["needs"] == Need.IMAGE.bit else card.tools
        )
        assert got["cost_pusd"] <= got["cost_range_pusd"]
        assert got["cost_pusd"] <= got["cost_high_pusd"]
        assert got["output_tokens"] <= got["max_tokens"] <= card.max_output_tokens
    paid = found.moved.filter("funded")
    assert paid["cost_pusd"].sum() == found.cost_pusd <= max(money, 0)


def _rows(open_: pl.DataFrame, found: Replanned) -> list[dict[str, object]]:
    return open_.filter(pl.col("row").is_in(found.moved["row"].implode())).to_dicts()


def test_the_cheapest_of_the_quality_is_taken() -> None:
    """The mean quality they were planned with is kept, at the least cost that the open models allow."""
    open_ = open_of(plan(), range(30))
    planned = open_["model"].unique().to_list()
    floor = believed(open_, reach())
    found = again(open_, *planned, min_quality=floor)
    assert found.quality is not None
    assert found.quality >= floor
    every = [again(open_, *(CHEAP - {name})) for name in CHEAP - {*planned}]
    able = [each.cost_pusd for each in every if each.moved.height == 30 and (each.quality or 0) >= floor]
    assert found.cost_pusd <= min(able)
    assert found.moved.schema == pl.Schema(MOVED)


def test_without_a_floor_the_money_buys_quality() -> None:
    """With plenty each gets the best model of its rule that is left."""
    open_ = open_of(plan(), range(30))
    ranked = sorted(CHEAP, key=lambda name: believed_of(name, open_))
    assert models(again(open_)) == {ranked[-1]: 30}
    assert models(again(open_, ranked[-1])) == {ranked[-2]: 30}


def believed_of(name: str, open_: pl.DataFrame) -> float:
    """The mean quality that is believed of a model for these requests."""
    return believed(open_.with_columns(model=pl.lit(name)), reach())


def test_too_little_money_for_a_floor_is_spent_on_the_best_it_buys() -> None:
    """Between the cheapest of all and the floor there is a part that is better."""
    open_ = open_of(plan(), range(30))
    least = again(open_, min_quality=0.0)
    found = again(open_, money=least.cost_pusd + 2 * 10**9, min_quality=0.9)
    assert found.cost_pusd <= least.cost_pusd + 2 * 10**9
    assert (found.quality or 0) > (least.quality or 0)
    assert found.moved["funded"].all()


def test_where_money_does_not_reach_the_most_important_come_first() -> None:
    """Premium, then the rest on their cheapest models, the cheapest first; what is not reached is said."""
    open_ = open_of(plan())
    premium = open_.filter(importance="premium")["row"].to_list()
    dear = again(open_of(plan(), premium), min_quality=0.0).cost_pusd
    found = again(open_, money=dear + 10**9, min_quality=0.8)
    paid = found.moved.filter("funded")["row"].to_list()
    assert set(premium) <= set(paid)
    assert 0 < len(paid) - len(premium) < 40
    assert again(open_, money=0).moved["funded"].any() is False
    assert again(open_, money=-1).cost_pusd == 0


def test_a_schema_keeps_to_models_that_can_be_held_to_one() -> None:
    """As in a plan: the others are for it only where there is no such model."""
    open_ = open_of(plan(), [0, 1], has_schema=pl.lit(value=True))
    header = plan().header
    no_schema = {name: replace_card(card, response_schema="none") for name, card in header.models.items()}
    for able in ({HAIKU}, set[str]()):
        cards = {**no_schema, **{name: header.models[name] for name in able}}
        left = Leftover(closed=frozenset(), money=PLENTY, min_quality=0.0)
        found = replan(open_, Reach.of(replace_card(header, models=cards)), left)
        assert found.unable == ()
        assert not able or set(found.moved["model"]) == able


def test_pinned_requests_have_nowhere_else_to_go() -> None:
    """The user named their model."""
    pinned = plan_of([{"model": LUNA}, {}])
    left = Leftover(closed=frozenset({LUNA}), money=PLENTY, min_quality=None)
    found = replan(open_of(pinned), Reach.of(pinned.header), left)
    assert found.unable == (0,)
    assert found.moved["row"].to_list() == [1]


def test_with_nothing_open_all_rows_are_unable() -> None:
    """And it costs nothing."""
    found = again(open_of(plan()), *plan().header.models)
    assert (found.moved.height, found.cost_pusd, found.quality) == (0, 0, None)
    assert found.unable == tuple(range(45))
    assert again(open_of(plan(), [])).unable == ()


@pytest.mark.parametrize("other", sorted(CHEAP))
def test_what_is_expected_elsewhere_is_what_a_plan_would_expect(other: str) -> None:
    """Tokens within 1%, cost within 2% of the quotes of a plan that may use that model alone."""
    rows = [{"input_tokens": 100 + row} for row in range(20)]
    whole = plan_of(rows, settings_of(objective__min_quality=0.0))
    alone = plan_of(rows, settings_of(objective__min_quality=0.0), replace(OPTIONS, models=(other,)))
    everyone = frozenset(whole.header.models) - {other}
    moved = replan(
        open_of(whole), Reach.of(whole.header), Leftover(closed=everyone, money=PLENTY, min_quality=0.0)
    ).moved
    quoted = alone.assignments.collect()
    assert set(quoted["model"]) == {other}
    for name, near in (("input_tokens", 0.01), ("output_tokens", 0.01), ("cost_pusd", 0.02), ("quality", 0.0)):
        assert moved[name].sum() == pytest.approx(quoted[name].sum(), rel=near)
