"""What of a job can be measured: nothing that a run may not send, and nothing twice."""

from collections.abc import Mapping
from dataclasses import replace

from support.planning_jobs import OPTIONS, job_of, requests_of, settings_of

from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.settings import Match, Rule, Settings
from modelroute_cli.planning.measurable import MEASURABLE, PRICED, Measurable, measurable, unbelieved

CHEAP = Rule(name="cheap", allow=("gpt-6-luna", "deepseek-flash"))


def ground(*rows: Mapping[str, object], rules: tuple[Rule, ...] = (CHEAP,)) -> Measurable:
    """What can be measured of such rows, under these rules."""
    held = with_rules(rules)
    return measurable(job_of(requests_of(*rows)), load_catalog(held), held, OPTIONS)


def with_rules(rules: tuple[Rule, ...]) -> Settings:
    """The defaults with these rules alone."""
    return replace(settings_of(), rules=rules)


def drawn(found: Measurable) -> list[str]:
    """The requests that may be drawn."""
    return found.requests["custom_id"].to_list()


def models(found: Measurable) -> set[str]:
    """The models that may be asked."""
    return set(found.priced["model"])


def test_the_models_that_rules_allow_can_be_measured_and_the_baseline_beside_them() -> None:
    """A rule that does not name the baseline does not shut it out."""
    found = ground({}, {})
    assert (models(found), drawn(found)) == ({"gpt-5", "gpt-6-luna", "deepseek-flash"}, ["r0", "r1"])
    assert (dict(found.requests.schema), dict(found.priced.schema)) == (MEASURABLE, PRICED)
    assert found.bill_pusd > 0


def test_duplicates_and_requests_that_name_their_model_are_not_drawn() -> None:
    """The same text says the same, and what is pinned is not to be chosen."""
    assert drawn(ground({}, {"duplicate_of": 0}, {"model": "gpt-5"}, {})) == ["r0", "r3"]


def test_the_bill_is_that_of_all_requests() -> None:
    """Duplicates are paid for by whoever sends them all to one model."""
    assert ground({}, {"duplicate_of": 0}).bill_pusd == 2 * ground({}).bill_pusd


def test_restrictions_shut_the_baseline_out() -> None:
    """What it may not see in a run it does not see in a pilot."""
    hidden = Rule(name="hidden", match=Match(tenant=("acme",)), forbid=("gpt-5",))
    found = ground({"tenant": "acme"}, rules=(hidden, CHEAP))
    assert models(found) == {"gpt-6-luna", "deepseek-flash"}


def test_private_requests_are_drawn_only_where_their_rule_names_the_baseline() -> None:
    """A personal text goes to no provider that the user did not name for it."""
    assert drawn(ground({"data_class": "personal"}, {})) == ["r1"]
    named = Rule(name="named", allow=("gpt-5", "gpt-6-luna"))
    assert drawn(ground({"data_class": "personal"}, {}, rules=(named,))) == ["r0", "r1"]


def test_what_is_only_believed_of_a_model_does_not_keep_it_from_being_measured() -> None:
    """Neither a row's own least quality nor a rule's."""
    strict = Rule(name="strict", allow=("gpt-6-luna",), min_quality=0.999)
    assert models(ground({"min_quality": 0.999}, rules=(strict,))) == {"gpt-5", "gpt-6-luna"}
    assert unbelieved(with_rules((strict,))).rules[0].min_quality is None


def test_a_model_that_cannot_do_a_request_is_not_asked() -> None:
    """Here it cannot read what the request carries."""
    found = ground({"modality": "audio", "needs": 2, "audio_s": 60})
    assert found.priced.is_empty()
    assert found.bill_pusd == 0


def read_by(judge: str, *rules: Rule) -> list[str]:
    """What may be drawn of a private request and another, where `judge` reads what is measured."""
    held = with_rules((*rules, CHEAP))
    rows = ({"tenant": "acme"}, {})
    return drawn(measurable(job_of(requests_of(*rows)), load_catalog(held), held, OPTIONS, judge))


def test_a_judge_of_a_pilot_reads_nothing_that_a_rule_keeps_with_other_models() -> None:
    """By the models that a rule about data allows, as for judges of runs; what may not be read is not drawn."""
    stays = Rule(name="stays", match=Match(tenant=("acme",)), allow=("deepseek-flash", "gpt-5"))
    assert read_by("claude-sonnet-5-5", stays) == ["r1"]
    assert read_by("deepseek-flash", stays) == ["r0", "r1"]


def test_a_judge_of_a_pilot_reads_nothing_that_restrictions_keep_from_it() -> None:
    """Of an alias every model must be let in, for nobody knows yet which of them will judge."""
    hidden = Rule(name="hidden", match=Match(tenant=("acme",)), forbid=("claude-sonnet-5-5",))
    assert read_by("claude-sonnet-5-5", hidden) == ["r1"]
    assert read_by("premium", hidden) == ["r1"]
    assert read_by("gpt-6-sol", hidden) == ["r0", "r1"]
