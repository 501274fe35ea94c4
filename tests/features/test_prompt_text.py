"""Rules of the text that templates see."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Message, Request, TaskType
from modelroute_cli.features.prompt_text import TURN, Context, PromptText, prompt_text, sorted_keys


def test_a_system_message_is_one_however_it_is_given() -> None:
    """As a field or as a turn."""
    turns = (Message("system", "Be brief."), Message("user", "Write a mail."))
    field = Request(custom_id="r", system="Be brief.", prompt="Write a mail.")
    assert prompt_text(field) == prompt_text(Request(custom_id="r", messages=turns))


def test_turns_are_one_text() -> None:
    """Of user and assistant, in order."""
    turns = (Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "Bye"))
    assert prompt_text(Request(custom_id="r", messages=turns)).text == f"Hi{TURN}Hello{TURN}Bye"


def test_the_context_is_what_must_be_equal() -> None:
    """System message, fields of the schema, images, and the row's own task type."""
    schema: dict[str, object] = {"type": "object", "properties": {"b": {}, "a": {}}}
    request = Request(
        custom_id="r", prompt="x", system="s", response_schema=schema, images=("a.png",), task_type=TaskType.CODE
    )
    assert prompt_text(request).context == Context("s", "schema:a,b", images=True, given=TaskType.CODE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Sort: {"b": 1, "a": [2]}', 'Sort: {"a":[2],"b":1}'),
        ('{"b": 1, "a": {"d": 1, "c": 2}} Sort this.', '{"a":{"c":2,"d":1},"b":1} Sort this.'),
        ("function f() { return 1 }", "function f() { return 1 }"),
        ("{broken", "{broken"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_keys_of_json_are_sorted(text: str, expected: str) -> None:
    """At the end or at the beginning; what is no JSON stays."""
    assert sorted_keys(text) == expected


@given(st.dictionaries(st.text(max_size=5), st.integers(-9, 9), max_size=4))
def test_the_order_of_fields_does_not_matter(fields: dict[str, int]) -> None:
    """Any order gives one text."""
    turned = dict(reversed(list(fields.items())))
    assert sorted_keys(f"Do: {json.dumps(fields)}") == sorted_keys(f"Do: {json.dumps(turned)}")


def test_a_joined_text_begins_with_its_system_message() -> None:
    """For a message that hardly any request shares."""
    text = PromptText(Context("Be brief.", "", images=False, given=None), "Write.")
    assert text.joined() == PromptText(Context("", "", images=False, given=None), f"Be brief.{TURN}Write.")
