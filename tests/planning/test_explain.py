"""Why one request got its model."""

from collections.abc import Mapping
from dataclasses import replace

from support.planning_jobs import AT, OPTIONS, plan_of, requests_of, settings_of

from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.planning.explain import Explanation, explain
from modelroute_cli.planning.header import PlanOptions


def explained(row: Mapping[str, object], options: PlanOptions = OPTIONS) -> Explanation:
    """The explanation of a job's only request."""
    settings = settings_of()
    plan = plan_of([row], settings, options)
    return explain(requests_of(row), plan.header, load_catalog(settings), settings, AT)


def test_all_allowed_models_are_listed_the_cheapest_first() -> None:
    """Each with its cost and believed quality, at the plan's prices."""
    found = explained({})
    assert found.rule == "bulk"
    assert {each.model for each in found.alternatives} == {
        "gpt-6-luna",
        "deepseek-flash",
        "claude-haiku-5-5",
        "gemini-2.5-flash-lite",
    }
    costs = [each.cost_pusd for each in found.alternatives]
    assert costs == sorted(costs)
    assert found.escalations == ("gpt-6-luna", "gpt-6-sol")
    assert found.baseline.model == "gpt-5"


def test_the_numbers_are_those_of_the_plan() -> None:
    """Explaining a request gives the same cost, tokens and quality that it was planned with."""
    row = {"task_type": "code", "input_tokens": 777, "importance": "premium"}
    assigned = plan_of([row]).assignments.collect().row(0, named=True)
    chosen = next(each for each in explained(row).alternatives if each.model == assigned["model"])
    for name in (
        "input_tokens",
        "output_tokens",
        "reasoning_tokens",
        "max_tokens",
        "cost_pusd",
        "cost_high_pusd",
        "quality",
    ):
        assert getattr(chosen, name) == assigned[name]


def test_why_not_is_said_in_words() -> None:
    """A model that cannot do the request is listed with the reason."""
    found = explained({"min_quality": 0.88})
    problems = {each.model: each.problem for each in found.alternatives}
    assert problems["gpt-6-luna"] is None
    assert problems["deepseek-flash"] == "its believed quality is below the request's own `min_quality`"


def test_the_plans_own_scope_holds() -> None:
    """What --exclude left out of the plan is no alternative."""
    found = explained({}, replace(OPTIONS, exclude=("deepseek-flash",)))
    assert "deepseek-flash" not in {each.model for each in found.alternatives}


def test_a_pinned_request_has_no_alternative() -> None:
    """It names its model and is not escalated."""
    found = explained({"model": "gpt-6-sol"})
    assert (found.rule, [each.model for each in found.alternatives], found.escalations) == ("pinned", ["gpt-6-sol"], ())


def test_facts_are_those_of_the_request() -> None:
    """What planning saw, to judge it by."""
    facts = explained({"task_type": "code", "task_confidence": 0.61, "length_hint_tokens": 40, "language": "fr"}).facts
    assert (facts.custom_id, facts.line, facts.task_type, facts.task_confidence) == ("r0", 1, "code", 0.61)
    assert (facts.language, facts.length_hint_tokens, facts.min_quality, facts.duplicate_of) == ("fr", 40, None, None)
