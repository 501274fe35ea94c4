"""What a plan leaves to requests whose model will not do."""

import dataclasses
from functools import cache

import polars as pl
from msgspec.structs import replace
from support.handed_in import taking
from support.planning_jobs import OPTIONS, plan_of, settings_of

from modelroute_cli.base.frames import TASK_TYPE
from modelroute_cli.base.schema import Modality, Need, ServiceTier, TaskType
from modelroute_cli.catalog.prices import dearest
from modelroute_cli.catalog.settings import Match, Rule
from modelroute_cli.planning.expect import load_expectations, reasoning_room
from modelroute_cli.planning.offers import Offer
from modelroute_cli.planning.plan import Plan, PlanHeader
from modelroute_cli.planning.quality import load_prior, quality_columns
from modelroute_cli.planning.reach import Reach

BATCH, STANDARD = ServiceTier.BATCH, ServiceTier.STANDARD


@cache
def header() -> PlanHeader:
    """Of a plan of bulk e-mails by the settings that ship."""
    return plan_of([{}, {"importance": "premium"}, {"model": "gpt-5"}]).header


def by_rules(*rules: Rule) -> Plan:
    """A plan by these rules."""
    settings = settings_of()
    return plan_of([{"has_deadline": True, "deadline_s": 86_400}], dataclasses.replace(settings, rules=rules))


def test_a_plan_says_which_models_its_rules_allow() -> None:
    """Of the rules that requests came under, with the cards and prices of all of them; pins allow no other."""
    allowed = header().allowed
    assert allowed == {
        "bulk": ("gpt-6-luna", "deepseek-flash", "claude-haiku-5-5", "gemini-2.5-flash-lite"),
        "premium": ("gpt-6-sol", "claude-sonnet-5-5"),
    }
    named = {name for names in allowed.values() for name in names}
    assert named <= set(header().models) & set(header().rate_cards)
    assert {header().models[name].provider for name in named} <= set(header().providers)


def test_ended_and_excluded_models_are_not_left() -> None:
    """What the command line leaves out stays out."""
    left = plan_of([{}], options=dataclasses.replace(OPTIONS, exclude=("gpt-6-luna",))).header
    assert left.allowed["bulk"] == ("deepseek-flash", "claude-haiku-5-5", "gemini-2.5-flash-lite")
    card = replace(left.models["deepseek-flash"], shutdown="2026-11-20")
    ended = replace(left, models={**left.models, "deepseek-flash": card})
    assert Reach.of(ended).spot("deepseek-flash", "bulk", "standard") is None
    assert Reach.of(left).spot("deepseek-flash", "bulk", "standard") is not None


def test_a_rule_that_wants_a_tier_gets_it_elsewhere_too() -> None:
    """The plan has the price of every allowed model there; one that is not sold so is out of reach."""
    flex = Rule(
        name="night", match=Match(), allow=("gpt-5", "gpt-5-mini", "deepseek-flash"), service_tiers=(ServiceTier.FLEX,)
    )
    made = by_rules(flex)
    reach = Reach.of(made.header)
    assert {(card.model, card.service_tier) for card in made.header.tier_cards} >= {
        ("gpt-5", "flex"),
        ("gpt-5-mini", "flex"),
    }
    spot = reach.spot("gpt-5-mini", "night", "flex")
    assert spot is not None
    assert spot.rates.service_tier == "flex"
    assert reach.spot("deepseek-flash", "night", "flex") is None
    assert reach.tier("night", "flex") is ServiceTier.FLEX


def test_elsewhere_the_standard_tier_serves() -> None:
    """Where no rule names tiers, or one names the standard tier as well."""
    assert Reach.of(header()).tier("bulk", "flex") is ServiceTier.STANDARD


def test_the_floor_of_a_rule_is_kept() -> None:
    """What is believed of a model decides."""
    reach = Reach.of(by_rules(Rule(name="good", match=Match(), allow=("cheap", "premium"), min_quality=0.95)).header)
    assert reach.header.rule_quality == {"good": 0.95}
    assert reach.is_good("gpt-6-sol", "good", TaskType.EMAIL, "en")
    assert not reach.is_good("gpt-6-luna", "good", TaskType.EMAIL, "en")
    assert reach.is_good("gpt-6-luna", "another", TaskType.EMAIL, "en")


def test_beliefs_are_those_of_the_plans_table() -> None:
    """One at a time and as columns, in every language."""
    prior, reach = load_prior(), Reach.of(header())
    asked = {"task_type": ["email", "code", "math"], "language": ["en", "sw", "und"]}
    frame = pl.DataFrame(asked, schema_overrides={"task_type": TASK_TYPE})
    columns = frame.select(quality_columns(prior, "gpt-6-luna")[0])["quality"].to_list()
    assert columns == [reach.quality("gpt-6-luna", TaskType(task), language) for task, language in frame.iter_rows()]
    assert reach.quality("nobody", TaskType.EMAIL, "en") == 0.0


def test_what_a_model_lacks_is_known() -> None:
    """A model that hears nothing lacks sound; what all take nobody lacks."""
    spot = Reach.of(header()).spots[Offer("deepseek-flash")]
    assert Modality.AUDIO not in spot.card.modalities
    assert spot.lacking & Need.AUDIO.bit
    assert not spot.lacking & Need.TEMPERATURE.bit


def test_room_to_think_is_what_plans_leave() -> None:
    """Four times what is expected, a thousand tokens at least, and none where nothing is thought."""
    known, models = load_expectations(header().token_assumptions), header().models
    thinker, plain = models["gpt-6-sol"], models["gemini-2.5-flash-lite"]
    assert thinker.effort == "low"
    assert reasoning_room(known, thinker, TaskType.MATH) == 4 * round(150 * 3.5)
    assert reasoning_room(known, plain, TaskType.EMAIL) == 0
    assert reasoning_room(known, replace(plain, thinking="always"), TaskType.EMAIL) >= 1_024


def test_an_older_plan_leaves_nothing_to_choose_from() -> None:
    """Its header does not say what its rules allow."""
    old = replace(header(), allowed={}, rule_quality={})
    assert Reach.of(old).header.allowed == {}


def night(*tiers: ServiceTier) -> Plan:
    """A plan whose only rule names these tiers, with two days to wait."""
    rule = Rule(name="night", match=Match(), allow=("gpt-6-luna", "gpt-6-sol"), service_tiers=tiers)
    held = dataclasses.replace(taking(objective__min_quality=0.0), rules=(rule,))
    return plan_of([{"has_deadline": True, "deadline_s": 200_000}], held)


def test_what_was_handed_in_goes_elsewhere_at_the_standard_tier() -> None:
    """Unless its rule wants batches alone."""
    both, alone = (Reach.of(night(*tiers).header) for tiers in ((STANDARD, BATCH), (BATCH,)))
    assert (both.tier("night", "batch"), alone.tier("night", "batch")) == (STANDARD, BATCH)
    assert Reach.of(header()).tier("bulk", "batch") is STANDARD


def test_a_handed_in_request_is_reserved_at_its_own_tier() -> None:
    """And one at the standard tier never at less for the sake of batches."""
    reach = Reach.of(night(BATCH).header)
    batch, standard = (reach.spots[Offer("gpt-6-sol", tier)] for tier in (BATCH, STANDARD))
    assert batch.ceiling == dearest(batch.rates)
    assert standard.ceiling == dearest(standard.rates)
    halved = [step.rate.output_pusd * 2 for step in batch.ceiling.steps]
    assert halved == [step.rate.output_pusd for step in standard.ceiling.steps]
