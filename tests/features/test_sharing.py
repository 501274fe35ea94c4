"""Rules of what the requests of one skeleton share."""

import msgspec
import pytest
from support.templated import templated

from modelroute_cli.base.schema import Features, Request, TaskType
from modelroute_cli.features.describe import make_describe

NAMES = ("Alba", "Bo", "Cleo", "Dara", "Edo", "Fay", "Gus", "Hedda")


def alone(request: Request) -> Features:
    """The features of a request whose job has no other."""
    return make_describe()([request])[0]


def ask(prompt: str) -> Request:
    """A request."""
    return Request(custom_id=prompt, prompt=prompt)


def test_shared_features_are_those_of_each_alone() -> None:
    """Task type, language, tokens and length, for requests whose own words are clear."""
    requests = [
        ask(f"Write a promotional e-mail of {60 + 10 * at} words to our customers about the {who} kettle.")
        for at, who in enumerate(NAMES)
    ] + [ask(f"Translate this sentence into Spanish for our customers: {who} has a blue kettle.") for who in NAMES]
    for shared, single in zip(make_describe()(requests), map(alone, requests), strict=True):
        assert (shared.task_type, shared.language) == (single.task_type, single.language)
        assert (shared.input_tokens, shared.length_hint_tokens) == (single.input_tokens, single.length_hint_tokens)


def test_a_one_of_a_kind_request_is_not_changed_by_templates_around_it() -> None:
    """All of its features are those it has alone, each one."""
    single = [
        ask("Why is the sky blue?"),
        ask("Schreibe ein Gedicht über Regen."),
        ask("Sum up in 40 words: it rained."),
    ]
    found = make_describe()([*templated(500, templates=5).requests, *single])
    assert found[-3:] == [alone(request) for request in single]


def test_requests_of_one_template_have_one_task_type() -> None:
    """They vote, so that what stands in a field changes nothing."""
    things = ("bug report", "poem", "translation", "summary", "headline", "equation", "invoice", "chat")
    requests = [ask(f"Write a friendly promotional e-mail to our customers about the {each}.") for each in things]
    assert {each.task_type for each in make_describe()(requests)} == {TaskType.EMAIL}


def test_the_word_of_a_row_wins_over_the_vote() -> None:
    """It is taken as it is, and its template says so."""
    requests = [ask(f"Write a friendly promotional e-mail to our customers about {who}.") for who in NAMES]
    typed = msgspec.structs.replace(requests[3], task_type=TaskType.CODE)
    found = make_describe()([*requests[:3], typed, *requests[4:]])
    assert (found[3].task_type, found[3].task_source, found[3].task_confidence) == (TaskType.CODE, "row", 1.0)
    assert found[3].template == found[2].template.replace("email", "code").replace("text", "code")


@pytest.mark.parametrize("language", ["Spanish", "French", "German"])
def test_a_language_named_in_a_field_is_part_of_the_key(language: str) -> None:
    """Translations into different languages are different templates."""
    into = ("Spanish", "French", "German")
    requests = [ask(f"{who} asks: Translate the text above into {each}, please.") for who in NAMES for each in into]
    found = make_describe()(requests)
    keys = {each.template for each, request in zip(found, requests, strict=True) if language in (request.prompt or "")}
    others = {each.template for each, one in zip(found, requests, strict=True) if language not in (one.prompt or "")}
    assert (len(keys), keys & others) == (1, set())
