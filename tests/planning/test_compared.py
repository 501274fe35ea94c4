"""Which requests the baseline may be shown, where a run compares its answers with those that are sent."""

from dataclasses import replace

import pytest
from support.planning_jobs import requests_of, settings_of

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import DataClass, PersonalData
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import Match, Rule
from modelroute_cli.planning.compared import control_rules
from modelroute_cli.planning.policy import Policy, Scope, make_policy

SETTINGS = settings_of()
CATALOG = load_catalog(SETTINGS)
REST = Rule(name="rest", allow=("cheap",))


def _policy(*rules: Rule) -> Policy:
    rows: tuple[dict[str, object], ...] = ({"data_class": "confidential"}, {})
    return make_policy(requests_of(*rows), CATALOG, replace(SETTINGS, rules=rules), Scope())


def test_the_baseline_may_see_what_no_restriction_keeps_from_it() -> None:
    """It need not be among the models that a rule routes to."""
    assert control_rules(_policy(REST), CATALOG, "gpt-5") == ("rest",)


def test_what_a_rule_forbids_it_does_not_see() -> None:
    """Nor under the rules that are added up with it."""
    secret = Rule(name="secret", match=Match(data_class=(DataClass.CONFIDENTIAL,)), allow=("cheap",), forbid=("gpt-5",))
    assert control_rules(_policy(secret, REST), CATALOG, "gpt-5") == ("rest",)


def test_an_excluded_baseline_sees_nothing() -> None:
    """`--exclude` holds for comparing too; a name that nobody knows is an error."""
    assert control_rules(_policy(REST), CATALOG, "gpt-5", ("gpt-5",)) == ()
    with pytest.raises(SettingsError):
        control_rules(_policy(REST), CATALOG, "gpt-5", ("gpt-55",))


ABOUT_DATA = [
    Match(data_class=(DataClass.CONFIDENTIAL,)),
    Match(tenant=("acme",)),
    Match(personal_data=(PersonalData.EMAIL,)),
]


def _of_rule(first: Rule) -> tuple[str, ...]:
    return control_rules(_policy(first, REST), CATALOG, "gpt-5")


@pytest.mark.parametrize("match", ABOUT_DATA)
def test_where_a_rule_about_data_decides_nobody_else_sees_it(match: Match) -> None:
    """A rule that says who may answer says who may read, without a region or a `forbid`."""
    assert _of_rule(Rule(name="stays", match=match, allow=("cheap",))) == ("rest",)


@pytest.mark.parametrize("match", ABOUT_DATA)
def test_a_baseline_that_such_a_rule_names_is_shown_its_requests(match: Match) -> None:
    """As an answerer, or where a failed answer may go."""
    assert _of_rule(Rule(name="stays", match=match, allow=("cheap", "gpt-5"))) == ("rest", "stays")
    assert _of_rule(Rule(name="stays", match=match, allow=("cheap",), escalate=("gpt-5",))) == ("rest", "stays")
