"""What rows and rules say of each other that goes nowhere."""

import polars as pl
from support.planning_jobs import requests_of

from modelroute_cli.base.schema import DataClass
from modelroute_cli.catalog.settings import Match, Rule
from modelroute_cli.planning.kinds import census
from modelroute_cli.planning.policy_warnings import metadata_warnings, policy_warnings
from modelroute_cli.planning.rules import with_rule

ALL = Rule(name="rest", allow=("cheap",))


def warned(requests: pl.DataFrame, *rules: Rule) -> tuple[str, ...]:
    """What is said of such requests."""
    return policy_warnings(census(with_rule(requests.lazy(), rules)), rules)


def test_data_classes_that_no_rule_looks_at_are_pointed_out() -> None:
    """Marking rows private without a rule for it protects nothing, so it is said."""
    private = Rule(name="private", match=Match(data_class=(DataClass.PERSONAL,)), allow=("cheap",))
    rows = requests_of({"data_class": "personal"}, {"data_class": "public"}, {})
    warning = (
        "2 requests with a `data_class`, but no rule looks at it: "
        "add one with `match: {data_class: [...]}` to keep them on models you trust"
    )
    assert warned(rows, ALL) == (warning,)
    assert warned(rows, private, ALL) == ()


def test_a_rule_that_excludes_a_class_looks_at_it() -> None:
    """`not` is a look as well."""
    others = Match(excluded=Match(data_class=(DataClass.PUBLIC,)))
    inside = Rule(name="inside", match=others, regions=("eu",))
    assert warned(requests_of({"data_class": "personal"}), inside, ALL) == ()


def test_metadata_that_no_request_has_is_pointed_out() -> None:
    """A rule for `campaing` is a slip; the fields that requests have are told, ten of them."""
    rule = Rule(name="spring", match=Match(metadata={"campaing": ("spring",)}), allow=("cheap",))
    below = Rule(name="other", match=Match(excluded=Match(metadata={"shop": ("a",)})), allow=("cheap",))
    assert metadata_warnings((rule, below, ALL), ["shop", "campaign"]) == (
        "rule `spring` looks at `metadata.campaing`, but no request has it; they have `campaign`, `shop`",
    )
    assert metadata_warnings((rule,), []) == (
        "rule `spring` looks at `metadata.campaing`, but no request has it; they have none at all",
    )
    many = [f"f{at:02}" for at in range(12)]
    assert metadata_warnings((rule,), many)[0].endswith("`f08`, `f09` and 2 more")
    assert metadata_warnings((ALL,), []) == ()
