"""Rules, pins, --models and --exclude."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl
import pytest
from msgspec.structs import replace as replace_rule
from support.planning_jobs import requests_of, settings_of

from modelroute_cli.base.errors import JobFileError, SettingsError
from modelroute_cli.base.schema import (
    DataClass,
    GateRules,
    Importance,
    Modality,
    PersonalData,
    ServiceTier,
    TaskType,
)
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import Match, Rule
from modelroute_cli.planning.kinds import census
from modelroute_cli.planning.policy import Policy, Scope, allows, make_policy, refuse_unruled, rule_problem
from modelroute_cli.planning.rules import with_rule

SETTINGS = settings_of()
CATALOG = load_catalog(SETTINGS)
ALL = Rule(name="rest", allow=("cheap",))


def rule_names(rules: tuple[Rule, ...], *rows: Mapping[str, object]) -> list[str]:
    """The rule of each request."""
    return with_rule(requests_of(*rows), rules)["rule"].to_list()


def policy_with(*rules: Rule, scope: Scope | None = None, rows: tuple[Mapping[str, object], ...] = ({},)) -> Policy:
    """The policy of such rules on the shipped catalog."""
    return make_policy(requests_of(*rows), CATALOG, replace(SETTINGS, rules=rules), scope or Scope())


@pytest.mark.parametrize(
    ("match", "row", "holds"),
    [
        (Match(), {}, True),
        (Match(task_type=(TaskType.EMAIL, TaskType.CODE)), {"task_type": "code"}, True),
        (Match(task_type=(TaskType.EMAIL,)), {"task_type": "code"}, False),
        (Match(importance=(Importance.PREMIUM,)), {"importance": "premium"}, True),
        (Match(importance=(Importance.PREMIUM,)), {"importance": "bulk"}, False),
        (Match(modality=(Modality.IMAGE,)), {"modality": "image"}, True),
        (Match(data_class=(DataClass.PERSONAL,)), {"data_class": "personal"}, True),
        (Match(data_class=(DataClass.PERSONAL,)), {"data_class": None}, False),
        (Match(tenant=("acme",)), {"tenant": "acme"}, True),
        (Match(tenant=("acme",)), {"tenant": None}, False),
        (Match(task_type=(TaskType.EMAIL,), tenant=("acme",)), {"tenant": "acme"}, True),
        (Match(task_type=(TaskType.CODE,), tenant=("acme",)), {"tenant": "acme"}, False),
    ],
)
def test_a_rule_holds_when_every_field_it_sets_does(match: Match, row: dict[str, object], *, holds: bool) -> None:
    """Fields are joined by and, the values of one field by or; an unset field of a request matches no value."""
    named = Rule(name="first", match=match, allow=("cheap",))
    assert rule_names((named, ALL), row) == ["first" if holds else "rest"]


def test_the_first_rule_that_holds_wins() -> None:
    """Later rules are not asked."""
    bulk = Rule(name="bulk", match=Match(importance=(Importance.BULK,)), allow=("cheap",))
    email = Rule(name="email", match=Match(task_type=(TaskType.EMAIL,)), allow=("premium",))
    assert rule_names(
        (bulk, email, ALL), {}, {"importance": "standard"}, {"importance": "premium", "task_type": "code"}
    ) == [
        "bulk",
        "email",
        "rest",
    ]


def test_the_default_rules_are_the_users_strategy() -> None:
    """Pictures, sound, documents first; then what the row says, then what its text says (analysis), then the rest."""
    assert rule_names(
        SETTINGS.rules,
        {"modality": "image", "importance": "premium"},
        {"modality": "audio", "importance": "bulk"},
        {"modality": "file", "importance": "standard"},
        {"importance": "premium", "task_type": "headline"},
        {"importance": "bulk", "task_type": "math"},
        {"importance": "standard", "task_type": "math"},
        {"importance": "standard"},
    ) == ["multimodal", "multimodal", "multimodal", "premium", "bulk", "analysis", "standard"]


def test_a_request_that_no_rule_is_for_is_an_error() -> None:
    """The error counts them, names the first and says what to add."""
    rules = (Rule(name="code", match=Match(task_type=(TaskType.CODE,)), allow=("cheap",)),)
    ruled = with_rule(requests_of({"task_type": "code"}, {}, {}).lazy(), rules)
    with pytest.raises(SettingsError) as caught:
        refuse_unruled(ruled, census(ruled))
    assert caught.value.message == (
        "no rule holds for 2 requests, the first on line 2 "
        "(`r1`: task type `email`, importance `bulk`, modality `text`)"
    )
    assert caught.value.hint == "add a last rule without `match` to `rules`: it holds for all that is left"


def test_aliases_become_models() -> None:
    """A rule's names are expanded in order, each model once."""
    policy = policy_with(Rule(name="rest", allow=("premium", "gpt-5", "gpt-6-sol")))
    assert policy.allowed == {"rest": ("gpt-6-sol", "claude-sonnet-5-5", "gpt-5")}


def test_a_request_that_names_its_model_gets_it_whatever_the_rules_say() -> None:
    """A pin overrides the rule, is never escalated, and allows nothing else."""
    rows: tuple[Mapping[str, object], ...] = ({"model": "gpt-5"}, {})
    policy = policy_with(ALL, rows=rows)
    requests = with_rule(requests_of(*rows), (ALL,))
    assert requests["rule"].to_list() == ["pinned", "rest"]
    assert requests.select(allows(policy, "gpt-5")).to_series().to_list() == [True, False]
    assert requests.select(allows(policy, "gpt-6-luna")).to_series().to_list() == [False, True]
    assert policy.escalations["pinned"] == ()
    assert policy.models() == ("gpt-6-luna", "deepseek-flash", "claude-haiku-5-5", "gemini-2.5-flash-lite", "gpt-5")


def test_a_pin_that_nobody_knows_names_its_line() -> None:
    """The job file is wrong, not the settings."""
    with pytest.raises(JobFileError) as caught:
        policy_with(ALL, rows=({}, {"model": "gpt-6-lunar"}))
    assert caught.value.message == "line 2 (`r1`), field `model`: no model or alias is named `gpt-6-lunar`"
    assert caught.value.hint is not None
    assert "gpt-6-luna" in caught.value.hint


def test_models_and_exclude_narrow_every_list() -> None:
    """--models and --exclude take aliases too, and hold for pins and escalations as well."""
    scope = Scope(only=("cheap", "gpt-6-sol"), without=("gemini-2.5-flash-lite", "claude-haiku-5-5"))
    policy = policy_with(ALL, Rule(name="top", allow=("premium",)), scope=scope, rows=({"model": "gpt-5"},))
    assert policy.allowed == {"rest": ("gpt-6-luna", "deepseek-flash"), "top": ("gpt-6-sol",)}
    assert policy.pins == {"gpt-5": ()}
    assert policy.escalations["rest"] == ("gpt-6-luna", "gpt-6-sol")


def test_an_unknown_name_in_models_is_an_error() -> None:
    """--models is checked like any other name."""
    with pytest.raises(SettingsError):
        policy_with(ALL, scope=Scope(only=("gpt-99",)))


def test_escalations_are_the_rules_own_else_the_alias() -> None:
    """A rule's `escalate` wins over the `escalation` alias."""
    own = Rule(name="own", allow=("cheap",), escalate=("premium",))
    policy = policy_with(own, ALL)
    assert policy.escalations["own"] == ("gpt-6-sol", "claude-sonnet-5-5")
    assert policy.escalations["rest"] == ("gpt-6-luna", "gpt-6-sol")


def test_a_rule_about_data_never_leaves_the_models_it_allows() -> None:
    """Personal data does not escalate to a model that no rule allowed for it."""
    private = Rule(name="private", match=Match(data_class=(DataClass.PERSONAL,)), allow=("gpt-6-luna",))
    assert policy_with(private, ALL).escalations["private"] == ("gpt-6-luna",)


def test_without_the_alias_a_rule_escalates_within_itself() -> None:
    """Settings without an `escalation` alias are whole."""
    catalog = replace(CATALOG, aliases={"cheap": ("gpt-6-luna", "deepseek-flash")})
    policy = make_policy(requests_of({}), catalog, replace(SETTINGS, rules=(ALL,)), Scope())
    assert policy.escalations["rest"] == ("gpt-6-luna", "deepseek-flash")


def test_the_name_of_pins_is_reserved() -> None:
    """A rule of that name would be mixed up with them."""
    with pytest.raises(SettingsError) as caught:
        policy_with(Rule(name="pinned", allow=("cheap",)))
    assert caught.value.message == (
        "a rule may not be named `pinned`: that is the rule of requests that name their model"
    )


GERMAN = Match(language=("de",))


def restricted(rule: Rule, *rows: Mapping[str, object], base: Rule = ALL) -> Policy:
    """The policy for such rows (in German) where a restriction meets a rule that allows."""
    settings = replace(SETTINGS, rules=(rule, base))
    requests = with_rule(requests_of(*({"language": "de", **row} for row in rows or ({},))), settings.rules)
    return make_policy(requests, CATALOG, settings, Scope())


def test_restrictions_narrow_what_another_rule_allows() -> None:
    """Under the name of both, while the rule alone stays as it was; what is shut out is told with its reason."""
    policy = restricted(
        Rule(name="eu", match=GERMAN, regions=("eu",)), base=Rule(name="rest", allow=("gpt-6-luna", "mistral-small"))
    )
    assert policy.allowed == {"rest": ("gpt-6-luna", "mistral-small"), "rest + eu": ("mistral-small",)}
    assert [shut.model for shut in policy.shut["rest + eu"]] == ["gpt-6-luna"]
    assert policy.shut["rest"] == ()


def test_escalations_keep_to_the_restrictions() -> None:
    """A failed gate does not send personal data abroad."""
    policy = restricted(
        Rule(name="eu", match=GERMAN, forbid=("gpt-6-sol",)),
        base=Rule(name="rest", allow=("cheap",), escalate=("premium",)),
    )
    assert policy.escalations["rest"] == ("gpt-6-sol", "claude-sonnet-5-5")
    assert policy.escalations["rest + eu"] == ("claude-sonnet-5-5",)


def test_a_forbidden_alias_takes_its_models_away() -> None:
    """Names and aliases alike, and pins with them."""
    policy = restricted(Rule(name="no", match=GERMAN, forbid=("cheap",)), {"model": "gpt-6-luna"}, {"model": "gpt-5"})
    assert policy.bound == {"pinned + no": ("gpt-5",)}
    assert policy.escalations["pinned + no"] == ()
    requests = pl.DataFrame({"rule": ["pinned + no"] * 2, "model": ["gpt-6-luna", "gpt-5"]})
    assert requests.select(allows(policy, "gpt-6-luna")).to_series().to_list() == [False, False]
    assert requests.select(allows(policy, "gpt-5")).to_series().to_list() == [False, True]


def test_an_effort_is_that_of_the_models_that_take_it() -> None:
    """`gpt-6-sol` takes `high`, a model without efforts stays as it is, and a pin keeps its own."""
    base = Rule(name="rest", allow=("gpt-6-sol", "gpt-6-sol@low", "claude-haiku-4-5"))
    policy = restricted(Rule(name="hard", match=GERMAN, effort="high"), base=base)
    assert policy.allowed["rest + hard"][0] == "gpt-6-sol@high"
    pinned = restricted(Rule(name="hard", match=GERMAN, effort="high"), {"model": "gpt-6-sol"}, base=base)
    assert pinned.bound == {"pinned + hard": ("gpt-6-sol",)}


def test_gates_of_rules_stand_by_their_names() -> None:
    """For the run to add."""
    gates = GateRules(max_words=9)
    assert restricted(Rule(name="short", match=GERMAN, gates=gates)).gates() == {"rest + short": gates}


def test_a_floor_and_a_tier_of_a_rule_are_problems_of_a_quote() -> None:
    """Only of those that miss them."""
    policy = restricted(Rule(name="good", match=GERMAN, min_quality=0.8, service_tiers=(ServiceTier.STANDARD,)))
    quotes = pl.DataFrame(
        {
            "rule": ["rest + good", "rest + good", "rest + good", "rest"],
            "quality": [0.9, 0.7, 0.9, 0.1],
            "service_tier": ["standard", "standard", "batch", "batch"],
        }
    )
    assert quotes.select(rule_problem(policy)).to_series().to_list() == [None, "rule_quality", "rule_tier", None]


def test_a_request_with_restrictions_alone_is_an_error() -> None:
    """A rule without `allow` says nothing about models."""
    rules = (Rule(name="eu", regions=("eu",)),)
    ruled = with_rule(requests_of({}).lazy(), rules)
    with pytest.raises(SettingsError) as caught:
        refuse_unruled(ruled, census(ruled))
    assert caught.value.message.startswith("no rule with `allow` holds for 1 request, the first on line 1")


def test_a_model_of_this_machine_that_is_named_needs_no_rule() -> None:
    """It costs nothing and sends nothing anywhere; a gateway's model that no rule allows stays out."""
    only = ("local/smollm2", "openrouter/openai/gpt-6-sol")
    assert policy_with(ALL, scope=Scope(only=only)).allowed == {"rest": ("local/smollm2",)}
    assert policy_with(ALL, scope=Scope(only=only, without=("local/smollm2",))).allowed == {"rest": ()}
    assert "local/smollm2" not in policy_with(ALL).models()


def test_what_is_forbidden_stays_forbidden_to_a_model_of_this_machine() -> None:
    """Being named opens `allow` alone."""
    rule = Rule(name="rest", allow=("cheap",), forbid=("local/smollm2",))
    assert policy_with(rule, scope=Scope(only=("local/smollm2",))).allowed == {"rest": ()}


@pytest.mark.parametrize(
    "match",
    [Match(data_class=(DataClass.PERSONAL,)), Match(tenant=("acme",)), Match(personal_data=(PersonalData.IBAN,))],
)
def test_a_rule_about_whose_data_it_is_never_escalates_outside_its_own_models(match: Match) -> None:
    """By class, by tenant or by what was found; unless it says so itself."""
    stays = Rule(name="stays", match=match, allow=("deepseek-flash",))
    goes = replace_rule(stays, escalate=("gpt-6-sol",))
    assert policy_with(stays, ALL).escalations["stays"] == ("deepseek-flash",)
    assert policy_with(goes, ALL).escalations["stays"] == ("gpt-6-sol",)
    assert policy_with(stays, ALL).kept_to == {"stays": frozenset({"deepseek-flash"})}
    assert policy_with(goes, ALL).kept_to == {"stays": frozenset({"deepseek-flash", "gpt-6-sol"})}
