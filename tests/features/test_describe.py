"""Rules of the features of a block."""

from collections.abc import Callable, Sequence

import msgspec
import pytest
from support.described import Features, features

from modelroute_cli.base.schema import Message, Request, TaskType
from modelroute_cli.features import o200k
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.describe import Describer

Describe = Callable[[Sequence[Request]], list[Features]]


@pytest.fixture(scope="module")
def describe() -> Describe:
    """Describes a block as a job of its own."""
    classifier = Classifier.load()

    def described(requests: Sequence[Request]) -> list[Features]:
        describer = Describer(classifier)
        return features(describer.block(requests), describer.finish())

    return described


def test_features_keep_the_order_of_the_block(describe: Describe) -> None:
    """One result for each request, rows that say their task type and rows that do not, mixed."""
    requests = [
        Request(custom_id="a", prompt="Translate into Spanish: the lift is out of order."),
        Request(custom_id="b", prompt="Schreibe eine Werbemail über den Kessel, 200 Wörter.", task_type=TaskType.CODE),
        Request(custom_id="c", prompt="Write a promotional e-mail about our kettle, 200 words."),
    ]
    found = describe(requests)
    assert [each.task_type for each in found] == [TaskType.TRANSLATION, TaskType.CODE, TaskType.EMAIL]
    assert [each.task_source for each in found] == ["classifier", "row", "classifier"]
    assert [each.language for each in found] == ["en", "de", "en"]
    assert [each.length_hint_tokens for each in found] == [None, 350, 270]
    assert found[1].task_confidence == 1.0


def test_tokens_are_those_of_all_turns(describe: Describe) -> None:
    """Content of system message and every turn, without any frame."""
    turns = (Message("user", "Name a river."), Message("assistant", "The Elbe."), Message("user", "Another one?"))
    request = Request(custom_id="r", system="Be brief.", messages=turns)
    texts = ["Be brief.", "Name a river.", "The Elbe.", "Another one?"]
    assert describe([request])[0].input_tokens == sum(map(o200k.count, texts))


def test_schema_tokens_are_those_of_the_compact_schema(describe: Describe) -> None:
    """A schema's own text counts as it is sent; without one there are none."""
    schema: dict[str, object] = {"type": "object", "properties": {"name": {"type": "string"}}}
    with_schema, without = describe(
        [
            Request(custom_id="a", prompt="Extract the name.", response_schema=schema),
            Request(custom_id="b", prompt="Extract the name."),
        ]
    )
    assert with_schema.schema_tokens == o200k.count(msgspec.json.encode(schema).decode())
    assert without.schema_tokens == 0
    assert with_schema.input_tokens == without.input_tokens


def test_an_empty_block_has_no_features(describe: Describe) -> None:
    """Nothing in, nothing out."""
    assert list(describe([])) == []


def test_equal_requests_have_equal_features(describe: Describe) -> None:
    """Features are a function of the request alone: order and neighbours do not matter."""
    one = Request(custom_id="a", prompt="Write a haiku.")
    other = Request(custom_id="b", prompt="Summarize the report in 40 words.")
    assert list(describe([one, other])) == list(reversed(list(describe([other, one]))))


@pytest.mark.parametrize(
    "prompt",
    [
        "\ud800 lone surrogate",
        "<|endoftext|>",
        "a" * 100_000,
        " " * 300_000 + "x",
        "\x00\x01",
        "\u202e mirrored",
        "🙂" * 5000,
    ],
    ids=["surrogate", "special token", "endless word", "spaces", "control", "bidirectional", "emoji"],
)
def test_hostile_texts_are_described(describe: Describe, prompt: str) -> None:
    """No text crashes the room, and each has tokens."""
    found = describe([Request(custom_id="r", prompt=prompt)])[0]
    assert isinstance(found, Features)
    assert found.input_tokens == o200k.count(prompt)
