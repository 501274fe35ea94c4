"""What a plan says in words."""

from dataclasses import replace

import msgspec
import polars as pl
import pytest
from support.planning_jobs import plan_of, settings_of

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.base.schema import TaskType
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import Assumptions, HedgeSettings
from modelroute_cli.planning.accounts import Account
from modelroute_cli.planning.coupling import ShadowPrice
from modelroute_cli.planning.expect import load_expectations
from modelroute_cli.planning.hull import Ints
from modelroute_cli.planning.mix import Portions
from modelroute_cli.planning.optimize import Solution
from modelroute_cli.planning.problem import Wanted
from modelroute_cli.planning.totals import HardCap
from modelroute_cli.planning.wording import (
    assumption_texts,
    cap_warnings,
    ended_warnings,
    free_warnings,
    hedge_texts,
    limit_prices,
    reserve_warnings,
    shadow_price,
)

PLAN = plan_of([{}])
MODELS = load_catalog(settings_of()).models
NONE: Ints = pl.Series([], dtype=pl.Int64).to_numpy()
NOTHING = Portions(NONE, NONE)
PORTIONS = pl.DataFrame({"cost_high_pusd": [1], "requests": [3]})
CHEAPEST = Solution(NOTHING, PicoUSD(0), 1.0, PicoUSD(0), None, 0.0, from_usd("0.012"))


def test_the_price_of_a_point_is_money() -> None:
    """What the next hundredth of mean quality costs, as an estimate."""
    assert shadow_price(CHEAPEST) == "one more point of mean quality (0.01) would cost ~$0.012"


def test_within_a_budget_the_price_is_of_the_budget() -> None:
    """The flag to raise is named."""
    best = replace(CHEAPEST, bound_cost_pusd=None, bound_quality=1.0)
    assert shadow_price(best) == "raising `--max-cost` by ~$0.012 would buy one more point of mean quality (0.01)"


def test_the_best_has_no_price() -> None:
    """Nothing is better."""
    assert shadow_price(replace(CHEAPEST, point_pusd=None)) == "no allowed model would give more quality"


def test_assumptions_name_the_efforts_of_models_that_think() -> None:
    """From the least to the most over the job's task types; models that do not think are left out."""
    cards = [MODELS["gpt-6-luna"], MODELS["gpt-6-sol"], MODELS["gpt-5"]]
    texts = assumption_texts(load_expectations(Assumptions()), cards, [TaskType.MATH, TaskType.EMAIL])
    assert texts == (
        "quality is unmeasured: prior only",
        "visible output: the length a prompt asks for, else a mean by task type; a batch's mean may be 50% off",
        "gpt-6-sol at effort `low`: 135 to 525 hidden reasoning tokens a request (judgement)",
        "gpt-5 at its provider's default effort: 720 to 2,800 hidden reasoning tokens a request (judgement)",
        "hidden reasoning may be 50% off",
        "not in the projection: retries and escalations",
    )


def test_hedging_says_what_it_may_add() -> None:
    """A share of the plan's cost, rounded up; a plan of a run that asks nothing twice does not speak of it."""
    totals = msgspec.structs.replace(PLAN.header.totals, cost_pusd=from_usd("1.5"))
    assert hedge_texts(HedgeSettings(), totals) == ()
    assert hedge_texts(HedgeSettings(most=0.02), totals) == (
        "not in the projection: slow requests asked twice, at most 2.0% of all, which may add ~$0.030",
    )


def test_without_thinking_models_reasoning_is_no_topic() -> None:
    """A plan does not warn of what it does not hold."""
    texts = assumption_texts(load_expectations(Assumptions()), [MODELS["gpt-6-luna"]], [TaskType.EMAIL])
    assert len(texts) == 3


def test_a_cap_clearly_below_the_range_is_pointed_out() -> None:
    """A cap at the end of the range is not worth a word, one below it is."""
    totals = msgspec.structs.replace(PLAN.header.totals, cost_range_pusd=from_usd(2))
    assert cap_warnings(PORTIONS, totals, HardCap(from_usd("1.95"), "x")) == ()
    warning = (
        "the cost may reach ~$2.000; the hard cap of $1.500 stops the run before that, "
        "and it can be resumed with a higher one"
    )
    assert cap_warnings(PORTIONS, totals, HardCap(from_usd("1.5"), "x")) == (warning,)


def test_requests_that_the_cap_would_not_send_are_counted() -> None:
    """Every request of a portion, not the portion."""
    warning = (
        "3 requests could cost more than the hard cap of $1.500 in one attempt, "
        "and would not be sent: raise `--max-cost`"
    )
    dear = pl.DataFrame({"cost_high_pusd": [from_usd(2), 1], "requests": [3, 9]})
    assert cap_warnings(dear, PLAN.header.totals, HardCap(from_usd("1.5"), "x")) == (warning,)


def test_each_ended_model_is_named_once() -> None:
    """However many requests it was allowed for."""
    allowed = pl.DataFrame({"model": ["b", "a", "a"], "problem": ["context", "ended", "ended"]})
    assert ended_warnings(allowed, {"a": "2026-01-01", "b": None}) == (
        "`a` was switched off on 2026-01-01 and is left out",
    )


WANTED = Wanted(
    min_quality=0.8,
    accounts=(Account(name="deepseek tokens", models=frozenset({"m"}), limit=1_000, counts_tokens=True),),
)


def limited(*prices: ShadowPrice, best: bool = False) -> tuple[str, ...]:
    """What is said of a solution with these prices."""
    bound = None if best else PicoUSD(1)
    return limit_prices(replace(CHEAPEST, bound_cost_pusd=bound, prices=prices), WANTED)


def test_limits_that_hold_a_plan_back_have_a_price() -> None:
    """A floor of a task type by the point, an account by a tenth more; loose ones say nothing."""
    prices = (
        ShadowPrice("mean quality", 5.0e10, True, 0.8, 0.8),
        ShadowPrice("mean quality of `email`", 2.0e10, True, 0.9, 0.9),
        ShadowPrice("deepseek tokens", 3.0e7, True, 1_000, 1_000),
        ShadowPrice("openai tokens", 0.0, False, 10, 1_000),
    )
    assert limited(*prices) == (
        "one more point of mean quality of `email` (0.01) would cost ~$0.020",
        "10% more deepseek tokens until the deadline would save ~$0.0030",
    )


def test_within_a_budget_limits_cost_quality() -> None:
    """What is made as good as possible is quality, so that is what they take away."""
    prices = (
        ShadowPrice("mean quality of `email`", 0.002, True, 0.9, 0.9),
        ShadowPrice("deepseek tokens", 0.00001, True, 1_000, 1_000),
    )
    assert limited(*prices, best=True) == (
        "one more point of mean quality of `email` (0.01) would lower that of the whole job by ~0.002",
        "10% more deepseek tokens until the deadline would raise the mean quality by ~0.001",
    )


def test_a_floor_that_nothing_has_to_be_paid_for_says_so() -> None:
    """Its price at the margin is none."""
    free = replace(CHEAPEST, point_pusd=PicoUSD(0))
    assert shadow_price(free) == "the asked quality costs nothing: the cheapest plan within the other limits has it"


def test_a_plan_that_costs_nothing_says_that_its_escalations_do() -> None:
    """A cap of nothing would let none of them be sent, without a word."""
    free = HardCap(PicoUSD(0), "x")
    told = (
        "the plan costs nothing, so its hard cap of $0.00 lets no failed gate go to `gpt-6-luna`, `gpt-6-sol`: "
        "say how much that may cost with `--max-cost`"
    )
    assert free_warnings(["gpt-6-luna", "gpt-6-sol"], free) == (told,)
    assert free_warnings([], free) == ()
    assert free_warnings(["gpt-6-sol"], HardCap(PicoUSD(1), "x")) == ()


@pytest.mark.parametrize(("cap", "said"), [("12", False), ("11.9", True)])
def test_a_cap_without_room_for_all_that_is_handed_in_says_so(cap: str, *, said: bool) -> None:
    """Forty requests of at most 30 cents each; what is sent at once needs no room at a time."""
    handed_in = {
        "service_tier": ["batch", "standard"],
        "cost_high_pusd": [from_usd("0.3"), from_usd("9")],
        "requests": [40, 3],
    }
    found = reserve_warnings(pl.DataFrame(handed_in), HardCap(from_usd(cap), "`--max-cost`"))
    text = (
        "40 requests handed in can cost $12.000, more than the hard cap of $11.900: they are handed in "
        "one part after the other, and what is not answered in time goes at the standard tier"
    )
    assert found == ((text,) if said else ())
