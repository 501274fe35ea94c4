"""What judges cost in a plan, who they are, and what of it stands in its totals."""

from dataclasses import replace

import pytest
from msgspec import structs
from support.planning_jobs import OPTIONS, plan_of, settings_of

from modelroute_cli.base.errors import InfeasibleError, JobFileError
from modelroute_cli.base.schema import GateRules, JudgeRule
from modelroute_cli.catalog.settings import DataPolicy, Match, Restrictions, Rule, Settings
from modelroute_cli.planning.plan import Plan

LUNA = JudgeRule(model="gpt-6-luna")
ROW = '{"model":"gpt-6-luna"}'


def under(*rules: Rule, **flags: object) -> Settings:
    """The default settings with these rules before their own."""
    held = settings_of(**flags)
    return replace(held, rules=(*rules, *held.rules))


def judged(judge: JudgeRule = LUNA, **match: object) -> Rule:
    """A rule that judges answers."""
    return Rule(name="judged", match=Match(**match), gates=GateRules(judge=judge))  # type: ignore[arg-type]


def mails(count: int, **fields: object) -> list[dict[str, object]]:
    """Bulk e-mails on a model that is not the judge."""
    return [{"model": "deepseek-flash", **fields} for _ in range(count)]


def without_judging(plan: Plan) -> int:
    """What the requests themselves cost."""
    return plan.header.totals.cost_pusd - sum(line.cost_pusd for line in plan.header.judging)


def test_judging_stands_in_the_totals_and_in_the_savings() -> None:
    """The plan costs as much more as judging does, and saves as much less."""
    plain, plan = plan_of(mails(100)), plan_of(mails(100), under(judged()))
    (line,) = plan.header.judging
    assert (line.model, line.answers, line.calls) == ("gpt-6-luna", 100, 100)
    assert line.cost_low_pusd < line.cost_pusd < line.cost_range_pusd
    assert plan.header.totals.cost_pusd == plain.header.totals.cost_pusd + line.cost_pusd
    assert plan.header.totals.cost_range_pusd == plain.header.totals.cost_range_pusd + line.cost_range_pusd
    saved = {item.cause: item.saved_pusd for item in plan.header.savings}
    assert saved == {**{item.cause: item.saved_pusd for item in plain.header.savings}, "judging": -line.cost_pusd}
    assert sum(saved.values()) == (plan.header.baselines[0].cost_pusd or 0) - plan.header.totals.cost_pusd


def test_a_judge_reads_the_request_the_answer_and_its_instructions() -> None:
    """Longer ones of each cost more."""
    costs = [
        plan_of(mails(10, **fields), under(judged())).header.judging[0].input_tokens
        for fields in ({}, {"input_tokens": 600}, {"length_hint_tokens": 900})
    ]
    assert costs[1] == costs[0] + 10 * 500
    assert costs[2] > costs[0]


def test_a_comparison_costs_two_calls_that_show_two_answers() -> None:
    """Both ways round."""
    rubric = plan_of(mails(10), under(judged())).header.judging[0]
    pairwise = plan_of(mails(10), under(judged(JudgeRule(model="gpt-6-luna", mode="pairwise")))).header.judging[0]
    assert (pairwise.answers, pairwise.calls) == (10, 20)
    assert pairwise.cost_pusd > 2 * rubric.cost_pusd


def test_a_share_of_the_answers_costs_that_share() -> None:
    """Rounded up, never down."""
    whole = plan_of(mails(100), under(judged())).header.judging[0]
    part = plan_of(mails(100), under(judged(JudgeRule(model="gpt-6-luna", share=0.1)))).header.judging[0]
    assert (part.answers, part.calls) == (10, 10)
    assert part.cost_pusd == -(-whole.cost_pusd // 10)


def test_duplicates_are_judged_once() -> None:
    """Their one answer is."""
    rows = [*mails(3), {**mails(1)[0], "duplicate_of": 0}]
    assert plan_of(rows, under(judged())).header.judging[0].answers == 3


def test_only_requests_under_the_gate_are_judged() -> None:
    """The others cost nothing more."""
    rows = [*mails(4), *mails(6, task_type="headline")]
    assert plan_of(rows, under(judged(task_type=("headline",)))).header.judging[0].answers == 6


def test_a_row_may_name_its_own_judge() -> None:
    """Beside others that have none, or that of their rule."""
    rows = [*mails(2), *mails(3, judge=ROW)]
    assert plan_of(rows).header.judging[0].answers == 3
    both = plan_of(rows, under(judged(JudgeRule(model="claude-haiku-5-5")))).header
    assert [(line.model, line.answers) for line in both.judging] == [("claude-haiku-5-5", 2), ("gpt-6-luna", 3)]
    assert both.judges[rule_of(both.judges)] == {
        "claude-haiku-5-5": ("claude-haiku-5-5",),
        "gpt-6-luna": ("gpt-6-luna",),
    }


def rule_of(judges: object) -> str:
    """The only rule."""
    assert isinstance(judges, dict)
    (rule,) = judges
    return str(rule)


def test_a_judge_that_a_row_names_wrongly_is_shown_with_its_line() -> None:
    """Nothing is planned."""
    with pytest.raises(JobFileError) as caught:
        plan_of([{}, {"judge": '{"model":"gpt-6-lunar"}'}])
    assert caught.value.message == "line 2 (`r1`), field `gates.judge.model`: no model or alias is named `gpt-6-lunar`"


def test_the_header_holds_all_that_judging_needs() -> None:
    """Card, price, account, and the room that an answer is given."""
    header = plan_of(mails(2), under(judged())).header
    assert "gpt-6-luna" in header.models
    assert "gpt-6-luna" in header.rate_cards
    assert header.models["gpt-6-luna"].provider in header.providers
    assert 400 <= header.judge_terms["gpt-6-luna"].max_tokens <= header.models["gpt-6-luna"].max_output_tokens


def test_no_model_judges_itself() -> None:
    """The next of the alias does; where there is none the plan says so, and expects no cost."""
    rows = [{"model": "gpt-6-luna"}, {"model": "deepseek-flash"}]
    alone = plan_of(rows, under(judged())).header
    assert [(line.model, line.answers) for line in alone.judging] == [("gpt-6-luna", 1)]
    assert (
        "the answers to 1 request pass unjudged: no judge is left but what wrote them, or none can read them"
        in alone.warnings
    )
    held = under(judged(JudgeRule(model="bench")))
    both = plan_of(rows, replace(held, aliases={**held.aliases, "bench": ("gpt-6-luna", "claude-haiku-5-5")})).header
    assert [(line.model, line.answers) for line in both.judging] == [("claude-haiku-5-5", 1), ("gpt-6-luna", 1)]


def test_a_judge_that_rejected_answers_go_to_is_warned_of() -> None:
    """What it then writes itself nobody judges."""
    bulk = Rule(name="mails", match=Match(), allow=("deepseek-flash",), escalate=("gpt-6-luna",))
    plain: list[dict[str, object]] = [{}]
    warned = (
        "rule `mails + judged`: answers that the judge rejects go to `gpt-6-luna`, which is the only judge of "
        "`gpt-6-luna`: its own answers pass unjudged; name an alias of two models as judge"
    )
    assert warned in plan_of(plain, under(bulk, judged())).header.warnings
    other = structs.replace(bulk, escalate=("gpt-6-sol",))
    assert not any("pass unjudged" in text for text in plan_of(plain, under(other, judged())).header.warnings)


def test_a_judge_sees_only_what_it_may() -> None:
    """What rules ask of models that requests are sent to holds for judges: their data goes there too."""
    held = under(judged(JudgeRule(model="deepseek-flash")))
    strict = replace(held, data_policy=DataPolicy(personal=Restrictions(forbid=("deepseek-flash",))))
    header = plan_of([{"data_class": "personal", "importance": "premium"}], strict).header
    assert header.judging == ()
    assert any(
        "no model of the judge gate `deepseek-flash` may read these requests" in text for text in header.warnings
    )


def test_data_that_a_rule_keeps_with_some_models_is_judged_by_no_other() -> None:
    """A judge gate of another rule does not widen who reads it; the rule itself may."""
    kept = Rule(name="kept", match=Match(data_class=("personal",)), allow=("deepseek-flash",))  # type: ignore[arg-type]
    rows: list[dict[str, object]] = [{"data_class": "personal"}]
    header = plan_of(rows, under(kept, judged())).header
    assert (header.judging, header.judges) == ((), {"kept + judged": {"gpt-6-luna": ()}})
    assert plan_of([{**rows[0], "judge": ROW}], under(kept)).header.judging == ()
    itself = structs.replace(kept, gates=GateRules(judge=LUNA))
    assert [line.model for line in plan_of(rows, under(itself)).header.judging] == ["gpt-6-luna"]
    within = structs.replace(kept, allow=("deepseek-flash", "gpt-6-luna"))
    writes_less = under(within, judged(), objective__min_quality=0.5)
    assert plan_of(rows, writes_less).header.judges == {"kept + judged": {"gpt-6-luna": ("gpt-6-luna",)}}


def test_data_of_a_row_that_names_its_model_is_judged_by_no_other_either() -> None:
    """The row says who answers; who else may read it, the rule about whose data it is says."""
    kept = Rule(name="kept", match=Match(tenant=("acme",)), allow=("deepseek-flash",))
    rows: list[dict[str, object]] = [{"tenant": "acme", "model": "deepseek-flash"}]
    assert plan_of(rows, under(kept, judged())).header.judges == {"pinned + kept + judged": {"gpt-6-luna": ()}}
    assert plan_of([{"model": "deepseek-flash"}], under(kept, judged())).header.judges == {
        "pinned + judged": {"gpt-6-luna": ("gpt-6-luna",)}
    }


def test_an_excluded_model_does_not_judge() -> None:
    """`--exclude` says never; `--models` says who writes."""
    excluded = replace(OPTIONS, exclude=("gpt-6-luna",))
    assert plan_of(mails(2), under(judged()), excluded).header.judging == ()
    named = replace(OPTIONS, models=("deepseek-flash",))
    assert len(plan_of(mails(2), under(judged()), named).header.judging) == 1


def test_money_is_set_aside_for_judges() -> None:
    """Within a maximum the requests get what judging leaves; where it leaves too little, nothing is planned."""
    rows: list[dict[str, object]] = [{"importance": "bulk"} for _ in range(100)]
    plan = plan_of(rows, under(judged(), objective__max_cost="0.025")).header
    assert without_judging(plan_of(rows, settings_of(objective__max_cost="0.025"))) > 20_000_000_000
    assert plan.totals.cost_pusd <= plan.hard_cap_pusd == 25_000_000_000
    assert plan.judging[0].cost_pusd > 0
    with pytest.raises(InfeasibleError, match="judging the answers is expected to cost"):
        plan_of(rows, under(judged(), objective__max_cost="0.02"))


def test_the_cap_has_room_for_a_judges_call() -> None:
    """Of one request, too, whose projection times the factor would not hold the judge's reservation."""
    plan = plan_of(mails(1), under(judged())).header
    (line,) = plan.judging
    assert plan.hard_cap_pusd >= plan.totals.cost_pusd + line.cost_high_pusd
    assert line.cost_high_pusd > line.cost_range_pusd


def test_plans_without_judges_are_as_they_were() -> None:
    """Nothing is said of them."""
    header = plan_of(mails(3)).header
    assert (header.judging, header.judges, header.judge_terms) == ((), {}, {})
    assert structs.asdict(header)["judging"] == ()
