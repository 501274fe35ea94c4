"""Rules of the description of whole jobs: columns by blocks, templates at the end."""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from support.described import features
from support.hard_templates import hard
from support.templated import Templated, share_right, templated

from modelroute_cli.base.described import OWN, TASK_TYPES, FeatureColumns, Templates
from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.describe import Describer, settled
from modelroute_cli.features.tokens import count_o200k

ROWS = 3_000
BLOCK = 500


@dataclass(frozen=True, slots=True)
class Job:
    """A described job."""

    blocks: list[FeatureColumns]
    templates: Templates

    def numbers(self) -> list[int]:
        """The final number of each row."""
        provisional = np.concatenate([block.template for block in self.blocks])
        numbers: list[int] = self.templates.number[provisional].tolist()
        return numbers

    def names(self) -> list[str]:
        """The template of each row."""
        return [self.templates.names[number] for number in self.numbers()]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    """The classifier that ships."""
    return Classifier.load()


@pytest.fixture(scope="module")
def batch() -> Templated:
    """Requests from 20 templates."""
    return templated(ROWS, 20)


def described(requests: Sequence[Request], classifier: Classifier) -> Job:
    """A job from its first block to the end."""
    describer = Describer(classifier)
    blocks = [describer.block(requests[start : start + BLOCK]) for start in range(0, len(requests), BLOCK)]
    return Job(blocks, describer.finish())


@pytest.fixture(scope="module")
def mixed(batch: Templated, classifier: Classifier) -> Job:
    """The job in no order."""
    return described(batch.requests, classifier)


def test_nearly_all_requests_are_with_those_of_their_template(mixed: Job, batch: Templated) -> None:
    """Groups are templates, and templates are groups."""
    assert share_right(mixed.numbers(), batch.truth) >= 0.99


@pytest.mark.parametrize("by_template", [False, True])
def test_templates_that_are_hard_to_tell_apart_are_told_apart(classifier: Classifier, *, by_template: bool) -> None:
    """They differ in a word, share long beginnings, take turns in JSON, and their material asks for things, too."""
    batch = hard(ROWS)
    order = sorted(range(ROWS), key=lambda row: batch.truth[row] if by_template else 0)
    numbers = described([batch.requests[row] for row in order], classifier).numbers()
    known = [(number, batch.truth[row]) for number, row in zip(numbers, order, strict=True) if batch.truth[row] >= 0]
    assert share_right([number for number, _ in known], [truth for _, truth in known]) >= 0.97


@pytest.mark.parametrize("by", ["template", "text"])
def test_groups_do_not_depend_on_the_order_of_rows(
    mixed: Job, batch: Templated, by: str, classifier: Classifier
) -> None:
    """Sorted by template or by text, the groups and even their names are the same."""
    keys = batch.truth if by == "template" else [request.prompt for request in batch.requests]
    order = sorted(range(ROWS), key=lambda row: (str(keys[row]), row))
    names = described([batch.requests[row] for row in order], classifier).names()
    before = mixed.names()
    same = sum(name == before[row] for name, row in zip(names, order, strict=True))
    assert same >= 0.97 * ROWS


def test_parts_described_apart_give_the_templates_of_the_whole(
    mixed: Job, batch: Templated, classifier: Classifier
) -> None:
    """Numbers of a part begin where those of the part before it end; what is learned can be sent between processes."""
    half = ROWS // 2
    names: list[str] = []
    parts, columns = [], []
    for requests in (batch.requests[:half], batch.requests[half:]):
        describer = Describer(classifier)
        columns.append(describer.block(requests))
        parts.append(pickle.loads(pickle.dumps(describer.learned())))  # noqa: S301 - our own
    whole = settled(parts, classifier)
    starts = (0, len(parts[0].numbers.groups))
    for block, start in zip(columns, starts, strict=True):
        names += [whole.names[whole.number[start + number]] for number in block.template]
    same = sum(one == other for one, other in zip(names, mixed.names(), strict=True))
    assert same >= 0.97 * ROWS


def test_an_example_is_the_first_row_of_its_template(mixed: Job) -> None:
    """So that it can be shown."""
    numbers = mixed.numbers()
    assert mixed.templates.example.tolist() == [numbers.index(number) for number in range(len(mixed.templates.names))]


def test_tokens_are_exact(mixed: Job, batch: Templated) -> None:
    """Those of the prompt and of the system message."""
    tokens = np.concatenate([block.input_tokens for block in mixed.blocks]).tolist()
    prompts = count_o200k([request.prompt or "" for request in batch.requests])
    systems = count_o200k([request.system or "" for request in batch.requests])
    assert tokens == [one + other for one, other in zip(prompts, systems, strict=True)]


def test_a_template_has_one_task_type(classifier: Classifier) -> None:
    """The votes of its requests decide for all of them."""
    notes = ["The lift is broken.", "We close at nine.", "Prices rise in May.", "The fair was a success."] * 10
    requests = [
        Request(custom_id=str(place), prompt=f"Translate the following note into French: {note} ({place})")
        for place, note in enumerate(notes)
    ]
    job = described(requests, classifier)
    assert {name.rpartition("-")[0] for name in job.names()} == {"translation-fr"}
    assert {TASK_TYPES[job.templates.task_type[number]] for number in job.numbers()} == {TaskType.TRANSLATION}


def test_languages_translated_into_are_templates_of_their_own(classifier: Classifier) -> None:
    """One skeleton, several languages."""
    languages = ("French", "German", "Spanish")
    requests = [
        Request(
            custom_id=str(place), prompt=f"Translate into {languages[place % 3]} for our shop: chair number {place}"
        )
        for place in range(60)
    ]
    names = described(requests, classifier).names()
    assert [name.split("-")[1] for name in names] == ["fr", "de", "es"] * 20


def test_a_row_keeps_its_own_task_type(classifier: Classifier) -> None:
    """What the row says is never outvoted, and makes a template of its own."""
    prompts = [f"Write a short e-mail to customer {place} about the delay." for place in range(40)]
    requests = [
        Request(custom_id=str(place), prompt=prompt, task_type=TaskType.CODE if place % 2 else None)
        for place, prompt in enumerate(prompts)
    ]
    describer = Describer(classifier)
    found = features(describer.block(requests), describer.finish())
    assert {each.task_type for each in found[1::2]} == {TaskType.CODE}
    assert {each.task_source for each in found[1::2]} == {"row"}
    assert {each.task_type for each in found[::2]} == {TaskType.EMAIL}


def test_what_is_one_of_a_kind_keeps_its_own_task_type(classifier: Classifier) -> None:
    """No votes where there is no template."""
    requests = [
        Request(custom_id="a", prompt="Write a haiku about rain."),
        Request(custom_id="b", prompt="Summarize the report in 40 words."),
    ]
    templates = described(requests, classifier).templates
    assert set(templates.task_type.tolist()) == {OWN}


def test_an_empty_job_has_no_templates(classifier: Classifier) -> None:
    """Nothing in, nothing out."""
    assert described([], classifier).templates.names == []
