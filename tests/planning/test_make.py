"""A whole plan: what holds for every plan, and what the flags do."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.planning_jobs import AT, OPTIONS, job_of, plan_of, requests_of, settings_of

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.frames import ASSIGNMENTS
from modelroute_cli.base.money import from_usd
from modelroute_cli.base.schema import Need, ServiceTier, TaskType
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.rates import dearest
from modelroute_cli.catalog.settings import Assumptions, LengthRange, Match, Rule
from modelroute_cli.planning.make import effective_objective, make_plan

FLEX, STANDARD = ServiceTier.FLEX, ServiceTier.STANDARD
BULK: list[Mapping[str, object]] = [{} for _ in range(40)]
HEADLINES: list[Mapping[str, object]] = [{"importance": "premium", "task_type": "headline"} for _ in range(3)]
MIXED: list[Mapping[str, object]] = [
    *BULK,
    *HEADLINES,
    *(
        {"importance": "standard", "task_type": task.value, "input_tokens": 50 * at + 5}
        for at, task in enumerate(TaskType)
    ),
    {"duplicate_of": 0},
    {"duplicate_of": 41, "importance": "premium", "task_type": "headline"},
]

ROW = st.fixed_dictionaries(
    {
        "task_type": st.sampled_from([task.value for task in TaskType]),
        "importance": st.sampled_from(["bulk", "standard", "premium"]),
        "input_tokens": st.integers(1, 5000),
        "modality": st.sampled_from(["text", "image"]),
        "model": st.sampled_from([None, None, "gpt-5", "cheap"]),
    }
)


@settings(deadline=None, max_examples=12)
@given(st.lists(ROW, min_size=1, max_size=12), st.floats(0.5, 0.85), st.data())
def test_what_holds_for_every_plan(rows: list[dict[str, object]], asked: float, data: st.DataObject) -> None:
    """Every request has one assignment; totals are their sums; quality is kept; the cap holds the projection."""
    doubled: list[Mapping[str, object]] = [
        *rows,
        *({**rows[at], "duplicate_of": at} for at in data.draw(st.lists(st.integers(0, len(rows) - 1)))),
    ]
    try:
        plan = plan_of(doubled, settings_of(objective__min_quality=asked))
    except InfeasibleError:
        return
    totals, frame = plan.header.totals, plan.assignments.collect()
    assert dict(frame.schema) == dict(pl.Schema(ASSIGNMENTS))
    assert frame["row"].to_list() == list(range(len(doubled)))
    assert totals.cost_pusd == sum(frame["cost_pusd"].to_list())
    assert (totals.requests, totals.duplicates) == (len(rows), len(doubled) - len(rows))
    assert totals.quality == pytest.approx(sum(frame["quality"].to_list()) / len(doubled))
    assert totals.quality >= asked - 1e-9
    assert totals.cost_low_pusd <= totals.cost_pusd <= totals.cost_range_pusd
    assert plan.header.hard_cap_pusd >= totals.cost_pusd + max(frame["cost_high_pusd"].to_list()) or (
        plan.header.hard_cap_source == "projected x 1.25"
    )
    assert plan.header.lower_bound_pusd is not None
    assert plan.header.lower_bound_pusd <= totals.cost_pusd
    assert set(frame["model"]) <= set(plan.header.models) == set(plan.header.rate_cards)


def test_a_plan_knows_which_tiers_its_rules_allow() -> None:
    """So that a run never buys a request at a tier that its rule does not name."""
    rules = (
        Rule(name="slow", match=Match(task_type=(TaskType.EMAIL,)), service_tiers=(FLEX, STANDARD)),
        Rule(name="all", allow=("cheap",)),
    )
    plan = plan_of([{"task_type": "email"}, {"task_type": "headline"}], replace(settings_of(), rules=rules))
    named = {rule: set(tiers) for rule, tiers in plan.header.rule_tiers.items()}
    assert named == {"all + slow": {FLEX, STANDARD}}


def test_a_plan_knows_who_begins_alike() -> None:
    """So that a run can send one of them first."""
    plan = plan_of([{"prefix": 7, "prefix_tokens": 600, "input_tokens": 700}, {"prefix": None}, {"prefix": 7}])
    assert plan.assignments.collect()["prefix"].to_list() == [7, None, 7]


def test_savings_and_baselines_of_a_plan_add_up() -> None:
    """Baseline minus plan is the sum of the causes; the baseline answers duplicates, the plan does not."""
    header = plan_of(MIXED).header
    chosen = header.baselines[0]
    assert (chosen.kind, chosen.model, chosen.requests, chosen.unable) == ("chosen", "gpt-5", len(MIXED), 0)
    assert chosen.cost_pusd is not None
    assert sum(saving.saved_pusd for saving in header.savings) == chosen.cost_pusd - header.totals.cost_pusd
    assert [baseline.kind for baseline in header.baselines] == ["chosen", "best_single", "all_cheapest"]
    assert chosen.note == "its provider switches it off on 2026-12-11"


def test_the_best_single_model_says_what_the_rules_keep_from_it() -> None:
    """It is compared without the rules, so how many requests they keep from it stands beside it."""
    premium = {"importance": "premium", "task_type": "headline"}
    options = replace(OPTIONS, models=("gpt-6-luna", "gpt-6-sol"))
    single = plan_of([{}, {}, premium], options=options).header.baselines[1]
    assert (single.model, single.note) == ("gpt-6-sol", "it ignores your rules: they keep 2 requests from it")


def test_a_best_single_model_that_the_rules_allow_needs_no_note() -> None:
    """A job of bulk requests alone may use it for all."""
    single = plan_of([{}, {}], options=replace(OPTIONS, models=("gpt-6-luna",))).header.baselines[1]
    assert (single.model, single.note) == ("gpt-6-luna", "")


def test_the_same_input_gives_the_same_plan() -> None:
    """To the byte, header and assignments."""
    first, second = plan_of(MIXED), plan_of(MIXED)
    assert msgspec.json.encode(first.header) == msgspec.json.encode(second.header)
    assert first.assignments.collect().equals(second.assignments.collect())


def test_duplicates_are_answered_once() -> None:
    """A duplicate has its first's model, costs nothing, and says whose answer it gets."""
    frame = plan_of([{}, {"duplicate_of": 0}]).assignments.collect()
    assert frame["model"][0] == frame["model"][1]
    assert frame["cost_pusd"].to_list()[1] == 0
    assert frame["cost_high_pusd"].to_list()[1] == 0
    assert frame["reason"][1] == "asks the same as `r0`, which answers both"
    assert plan_of([{}, {"duplicate_of": 0}], options=replace(OPTIONS, dedupe=False)).header.totals.requests == 2


def test_premium_requests_stay_on_premium_models() -> None:
    """Without any measurement, rules alone decide what premium gets."""
    plan = plan_of([*BULK, *HEADLINES])
    premium = plan.assignments.collect().filter(pl.col("importance") == "premium")
    assert set(premium["rule"]) == {"premium"}
    assert set(premium["model"]) <= {"gpt-6-sol", "claude-sonnet-5-5"}


def test_reasons_are_true() -> None:
    """Each kind of reason stands where it holds."""
    rows: list[Mapping[str, object]] = [{"model": "gpt-5"}, {"modality": "image", "image_sizes": [0]}, {}]
    reasons = plan_of(rows).assignments.collect()["reason"].to_list()
    assert reasons[0] == "the request names this model"
    assert reasons[1] == "rule `multimodal`: the only allowed model that can do it"
    assert reasons[2] == "rule `bulk`: cheapest of 4 allowed models"


def test_raising_quality_says_so() -> None:
    """Requests that are not on the cheapest model say that quality is cheap to raise there."""
    settings_ = settings_of(objective__min_quality=0.86)
    reasons = set(plan_of(BULK, settings_).assignments.collect()["reason"])
    assert reasons <= {
        "rule `bulk`: cheapest of 4 allowed models",
        "rule `bulk`: best of 4 allowed models: quality is cheap to raise here",
        "rule `bulk`: of 4 allowed models, quality is raised most cheaply with this one",
    }
    assert len(reasons) > 1


def test_more_quality_costs_more() -> None:
    """The frontier rises, and asking for more than there is names what there is."""
    costs = [
        plan_of(BULK, settings_of(objective__min_quality=asked)).header.totals.cost_pusd for asked in (0.8, 0.84, 0.88)
    ]
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]
    with pytest.raises(InfeasibleError) as caught:
        plan_of(BULK, settings_of(objective__min_quality=0.95))
    assert (
        caught.value.message == "mean quality `0.95` cannot be reached: the best that the allowed models give is 0.900"
    )


def test_a_cost_alone_buys_the_best_quality() -> None:
    """Without a quality of the user's own, the default one gives way; the maximum is the hard cap."""
    cheap = plan_of(BULK).header.totals.cost_pusd
    plan = plan_of(BULK, settings_of(objective__max_cost="0.006"))
    assert plan.header.objective.min_quality is None
    assert cheap < plan.header.totals.cost_pusd <= from_usd("0.006") == plan.header.hard_cap_pusd
    assert plan.header.hard_cap_source == "`--max-cost`"
    assert plan.header.lower_bound_pusd is None
    assert plan.header.totals.quality > 0.8
    assert plan.header.shadow_price.startswith("raising `--max-cost` by ~$")


def test_a_cost_and_a_quality_give_the_cheapest_plan_or_none() -> None:
    """Both asked for: the cheapest of that quality, refused above that cost."""
    plan = plan_of(BULK, settings_of(objective__max_cost="1", objective__min_quality=0.85))
    assert plan.header.totals.quality >= 0.85
    assert plan.header.hard_cap_pusd == from_usd(1)
    with pytest.raises(InfeasibleError) as caught:
        plan_of(BULK, settings_of(objective__max_cost="0.0001", objective__min_quality=0.85))
    assert caught.value.message.startswith("mean quality `0.85` is expected to cost ~$0.00")
    assert caught.value.message.endswith("more than `--max-cost` $0.00010")
    assert caught.value.hint == "raise `--max-cost`, or lower `--min-quality`"


def test_a_budget_below_the_cheapest_plan_is_infeasible() -> None:
    """The error says what is needed."""
    with pytest.raises(InfeasibleError, match=re.escape("a budget of $0.00010 is too small")):
        plan_of(BULK, settings_of(objective__max_cost="0.0001"))


def test_small_jobs_can_be_sent_at_all() -> None:
    """The default cap has room for the most that the dearest request can cost."""
    plan = plan_of([{"importance": "premium"}])
    most = max(plan.assignments.collect()["cost_high_pusd"].to_list())
    assert plan.header.hard_cap_pusd == plan.header.totals.cost_pusd + most
    assert plan.header.hard_cap_source == "projected, and room for the most that its dearest request can cost"


def test_a_cap_that_cannot_hold_a_request_is_pointed_out() -> None:
    """Better said before than met in the run."""
    plan = plan_of([{"importance": "premium", "task_type": "headline"}], settings_of(objective__max_cost="0.005"))
    assert plan.header.warnings[0] == (
        "1 request could cost more than the hard cap of $0.0050 in one attempt, "
        "and would not be sent: raise `--max-cost`"
    )


def test_limit_and_sample_are_remembered() -> None:
    """A plan for a part of the job says which requests it is for."""
    plan = plan_of(MIXED, options=replace(OPTIONS, limit=5))
    assert plan.header.job.taken == (0, 1, 2, 3, 4)
    assert plan.header.job.requests == len(MIXED)
    assert plan_of(MIXED).header.job.taken is None
    assert len(plan_of(MIXED, options=replace(OPTIONS, sample=7)).assignments.collect()) == 7


def test_models_and_exclude_bind_the_plan() -> None:
    """Nothing is routed or escalated to what was excluded, and the header remembers both flags."""
    plan = plan_of(BULK, options=replace(OPTIONS, exclude=("gemini-2.5-flash-lite", "escalation")))
    assert "gemini-2.5-flash-lite" not in set(plan.assignments.collect()["model"])
    assert plan.header.escalations["bulk"] == ()
    assert plan.header.without_models == ("gemini-2.5-flash-lite", "escalation")
    only = plan_of(BULK, options=replace(OPTIONS, models=("gpt-6-luna",)))
    assert set(only.assignments.collect()["model"]) == {"gpt-6-luna"}
    assert only.header.only_models == ("gpt-6-luna",)


def test_the_header_holds_all_that_a_run_needs() -> None:
    """Cards, providers and rates of every model that is assigned, may be escalated to, or is a baseline."""
    header = plan_of(BULK).header
    needed = {"gpt-6-sol", "gpt-5", *(models for rule in header.escalations.values() for models in rule)}
    assert needed <= set(header.models)
    assert set(header.rate_cards) == set(header.models)
    assert set(header.providers) == {card.provider for card in header.models.values()}
    assert header.quality_source == "unmeasured: prior only"
    assert (header.created_at, header.prices_at) == ("2026-11-20T12:00:00+00:00",) * 2


def test_assumptions_name_the_reasoning_of_each_model() -> None:
    """What hidden tokens a projection holds, and who says so, is part of the plan."""
    header = plan_of(BULK).header
    assert (
        "gpt-5 at its provider's default effort: 720 hidden reasoning tokens a request (judgement)"
        in header.assumptions
    )
    assert "not in the projection: retries and escalations" in header.assumptions
    assumed = replace(settings_of(), assumptions=Assumptions(reasoning_tokens={"gpt-5": {"default": 1150}}))
    source = "settings: assumptions.reasoning_tokens"
    text = f"gpt-5 at its provider's default effort: 1,150 hidden reasoning tokens a request ({source})"
    assert text in plan_of(BULK, assumed).header.assumptions


def test_assumed_lengths_move_the_cost() -> None:
    """The user's own expectation replaces the table."""
    assumed = replace(
        settings_of(), assumptions=Assumptions(output_tokens={"email": LengthRange(mean=2400, low=1, high=4000)})
    )
    assert plan_of(BULK, assumed).header.totals.output_tokens > 5 * plan_of(BULK).header.totals.output_tokens


def test_an_ended_model_is_left_out_and_named() -> None:
    """After the shutdown of gpt-5 a rule that allows it uses the others, and the plan says why."""
    settings_ = replace(settings_of(), rules=(Rule(name="all", allow=("gpt-5", "gpt-6-luna")),))
    late = replace(OPTIONS, at=datetime(2027, 1, 10, 12, tzinfo=UTC))
    plan = plan_of(BULK, settings_, late)
    assert set(plan.assignments.collect()["model"]) == {"gpt-6-luna"}
    assert "`gpt-5` was switched off on 2026-12-11 and is left out" in plan.header.warnings


def test_models_near_their_end_are_warned_of() -> None:
    """A routed model within 60 days of its end is named with the day."""
    plan = plan_of([{"model": "gpt-5"}])
    assert plan.header.warnings == ("`gpt-5` is switched off on 2026-12-11, in 21 days",)


def test_a_quality_of_the_users_own_does_not_give_way() -> None:
    """Only the shipped default yields to a cost."""
    own = settings_of(objective__max_cost="5", objective__min_quality=0.8)
    assert effective_objective(own).min_quality == 0.8


def test_a_wrong_frame_is_a_bug() -> None:
    """Planning holds the room before it to the contract."""
    held = settings_of()
    with pytest.raises(AssertionError):
        make_plan(job_of(requests_of({}).drop("tenant")), load_catalog(held), held, OPTIONS)


def test_prices_are_of_the_time_asked_for() -> None:
    """A historic plan costs what it would have cost then, and says that it is a study."""
    old = replace(OPTIONS, at=datetime(2026, 3, 1, 12, tzinfo=UTC), created_at=AT, historic=True)
    header = plan_of([{"model": "deepseek-chat"}], options=old).header
    assert header.historic
    assert (header.created_at, header.prices_at) == ("2026-11-20T12:00:00+00:00", "2026-03-01T12:00:00+00:00")


def test_where_no_single_model_is_as_good_none_is_compared_with_rules() -> None:
    """Sound goes to the one model that hears, premium text to a better one that does not: no warning is in the way."""
    sound = {"needs": Need.AUDIO.bit, "modality": "audio", "audio_s": 5, "importance": "standard"}
    plan = plan_of([sound, {"importance": "premium"}], settings_of(objective__max_cost="1"))
    [single] = [each for each in plan.header.baselines if each.kind == "best_single"]
    assert (single.model, single.note) == (None, "no single model does every request at the plan's quality")


def test_a_floor_that_nobody_set_gives_way_where_there_is_nothing_to_choose() -> None:
    """Models of this machine alone: the quality of the defaults is not asked of them, one that was set is."""
    settings = settings_of()
    assert effective_objective(settings).min_quality == 0.8
    assert effective_objective(settings, all_own=True).min_quality == 0.0
    chosen = replace(settings, origins={**settings.origins, "objective.min_quality": "modelroute.yaml"})
    assert effective_objective(chosen, all_own=True).min_quality == 0.8


def test_a_limit_is_raised_to_the_least_that_a_format_takes() -> None:
    """And paid for: what is reserved is what is sent."""
    only = replace(OPTIONS, models=("gpt-6-luna",))
    formats = ("openai_chat", "openai_responses")
    plans = [plan_of([{"max_output_tokens": 5}], settings_of(providers__openai__format=each), only) for each in formats]
    [[chat], [responses]] = [plan.assignments.collect().to_dicts() for plan in plans]
    ceiling = dearest(plans[0].header.rate_cards["gpt-6-luna"])
    assert (chat["max_tokens"], responses["max_tokens"]) == (5, 16)
    assert responses["cost_high_pusd"] - chat["cost_high_pusd"] == 11 * ceiling.steps[0].rate.output_pusd
