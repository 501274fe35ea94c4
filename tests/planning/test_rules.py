"""Which rules matter to a request, and what they are called together."""

from collections.abc import Mapping

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from support.planning_jobs import requests_of

from modelroute_cli.base.schema import Importance, TaskType
from modelroute_cli.catalog.settings import Match, Rule
from modelroute_cli.planning.rules import holds_for, is_pinned, rules_named, with_names, with_rule

BULK = Rule(name="bulk", match=Match(importance=(Importance.BULK,)), allow=("cheap",))
EU = Rule(name="eu", match=Match(language=("de",)), regions=("eu",))
SURE = Rule(name="sure", match=Match(language=("de",)), allow=("premium",), min_quality=0.9)
REST = Rule(name="rest", allow=("cheap", "premium"))
RULES = (BULK, EU, SURE, REST)


def names(rules: tuple[Rule, ...], *rows: Mapping[str, object]) -> list[str | None]:
    """The `rule` of each request."""
    return with_rule(requests_of(*rows), rules)["rule"].to_list()


def test_the_decider_comes_first_and_then_all_that_restrict() -> None:
    """A rule with `allow` that does not decide is named only for what it asks besides."""
    german = {"language": "de"}
    assert names(RULES, {}, german, {"importance": "premium"} | german, {"importance": "premium"}) == [
        "bulk",
        "bulk + eu + sure",
        "sure + eu",
        "rest",
    ]


def test_rules_that_only_restrict_decide_nothing() -> None:
    """Without a rule that has `allow` a request comes under none."""
    assert names((EU,), {"language": "de"}, {}) == [None, None]


def test_a_pinned_request_is_restricted_too() -> None:
    """Its own word takes the place of `allow`, not that of a data policy."""
    requests = with_rule(requests_of({"model": "gpt-5"}, {"model": "gpt-5", "language": "de"}, {}), RULES)
    assert requests["rule"].to_list() == ["pinned", "pinned + eu + sure", "bulk"]
    assert requests.select(is_pinned()).to_series().to_list() == [True, True, False]


def test_without_a_rule_the_next_one_decides() -> None:
    """Told from `held` alone: no request is looked at again."""
    requests = with_rule(requests_of({"language": "de"}), RULES)
    keyed = requests.select("held")
    assert [with_names(keyed, RULES, without=rule.name)["rule"][0] for rule in RULES] == [
        "sure + eu",
        "bulk + sure",
        "bulk + eu",
        "bulk + eu + sure",
    ]


def test_a_name_stands_for_its_rules() -> None:
    """What was joined can be taken apart."""
    held = rules_named("bulk + eu + sure", RULES)
    assert (held.decider, held.restricting, held.pinned) == (BULK, (EU, SURE), False)
    pinned = rules_named("pinned + eu", RULES)
    assert (pinned.decider, pinned.restricting, pinned.names) == (None, (EU,), ("pinned", "eu"))


def test_more_rules_than_a_number_has_bits_are_kept_apart() -> None:
    """A hundred tenants with a rule each."""
    rules = tuple(Rule(name=f"r{at}", match=Match(tenant=(f"t{at}",)), allow=("cheap",)) for at in range(150))
    rows = [{"tenant": f"t{at}"} for at in (0, 60, 61, 62, 123, 124, 149)]
    assert names((*rules, REST), *rows, {}) == ["r0", "r60", "r61", "r62", "r123", "r124", "r149", "rest"]
    held = with_rule(requests_of({"tenant": "t124"}), rules)["held"].to_list()
    assert [rule.name for rule in rules if holds_for(rule.name, rules, held)] == ["r124"]


def test_no_requests_have_no_rules() -> None:
    """An empty frame keeps its columns."""
    empty = with_rule(requests_of({}).head(0), RULES)
    assert (empty.height, empty.schema["rule"]) == (0, pl.String())


TASKS = st.lists(st.sampled_from([TaskType.EMAIL, TaskType.CODE, TaskType.MATH]), max_size=2, unique=True).map(tuple)


@given(st.lists(st.tuples(TASKS, st.booleans(), st.booleans()), min_size=1, max_size=70), st.data())
def test_lazy_frames_and_single_requests_agree(
    made: list[tuple[tuple[TaskType, ...], bool, bool]], data: st.DataObject
) -> None:
    """The names follow from the rules that hold, however many there are."""
    rules = tuple(
        Rule(
            name=f"r{at}",
            match=Match(task_type=tasks),
            allow=("cheap",) if allows else None,
            min_quality=0.5 if floor else None,
        )
        for at, (tasks, allows, floor) in enumerate(made)
    )
    task = data.draw(st.sampled_from([TaskType.EMAIL, TaskType.CODE, TaskType.OTHER]))
    found = with_rule(requests_of({"task_type": task.value}).lazy(), rules).collect()["rule"][0]
    holding = [rule for rule in rules if not rule.match.task_type or task in rule.match.task_type]
    decider = next((rule for rule in holding if rule.allow), None)
    others = [rule.name for rule in holding if rule.min_quality and rule is not decider]
    assert found == (None if decider is None else " + ".join([decider.name, *others]))


def test_a_block_of_requests_is_named_without_looking_at_the_others() -> None:
    """Planning takes blocks of a frame that is not there yet: naming all of it for each would be quadratic."""
    frame = pl.LazyFrame({"held": ["2"] * 10 + ["no number"] * 10})
    named = with_names(frame, (Rule(name="all", allow=("gpt-6-luna",)),))
    assert named.slice(0, 10).collect()["rule"].unique().to_list() == ["all"]


STAYS = Rule(name="stays", match=Match(tenant=("acme",)), allow=("cheap",))


def test_a_pinned_request_names_the_rule_that_keeps_its_data() -> None:
    """The pin decides who answers; who else may read it, the rule about whose data it is says."""
    rows = (
        {"tenant": "acme", "model": "gpt-5"},
        {"model": "gpt-5"},
        {"tenant": "acme", "language": "de", "model": "x"},
    )
    assert names((STAYS, EU, REST), *rows) == ["pinned + stays", "pinned", "pinned + stays + eu"]


def test_the_keeper_is_read_back_from_the_name() -> None:
    """It never decides for what is pinned, and is no other than the decider where nothing is."""
    rules = (STAYS, EU, REST)
    pinned, free = rules_named("pinned + stays + eu", rules), rules_named("stays + eu", rules)
    assert (pinned.keeper, pinned.decider, pinned.restricting) == (STAYS, None, (EU,))
    assert (free.keeper, free.decider) == (STAYS, STAYS)
    assert (rules_named("rest", rules).keeper, rules_named("pinned", rules).keeper) == (None, None)


def test_a_rule_that_does_not_decide_keeps_nothing() -> None:
    """An earlier rule with `allow` lets its own models read."""
    assert names((BULK, STAYS, REST), {"tenant": "acme", "model": "gpt-5", "importance": "bulk"}) == ["pinned"]
