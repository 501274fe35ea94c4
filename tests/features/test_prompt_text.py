"""Rules of the text that templates see."""

import pytest

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.features.prompt_text import Context, prompt_text, sorted_keys


def test_a_system_message_is_one_however_it_is_given() -> None:
    """As a field or as a turn."""
    turns = (Message("system", "Be brief."), Message("user", "Write a mail."))
    given_as_field = Request(custom_id="r", prompt="Write a mail.", system="Be brief.")
    assert prompt_text(given_as_field) == prompt_text(Request(custom_id="r", messages=turns))


def test_a_context_is_what_the_request_demands_besides_its_text() -> None:
    """System message, fields of the schema, images."""
    schema: dict[str, object] = {"properties": {"b": {}, "a": {}}}
    request = Request(custom_id="r", prompt="p", system="s", response_schema=schema, images=("a.png",))
    assert prompt_text(request).context == Context("s", "schema:a,b", images=True)


def test_the_order_of_json_fields_does_not_count() -> None:
    """Alone or behind an instruction."""
    assert sorted_keys('{"b": 1, "a": {"d": 2, "c": 3}}') == '{"a":{"c":3,"d":2},"b":1}'
    assert sorted_keys('Describe:\n{"b": 1, "a": 2} ') == 'Describe:\n{"a":2,"b":1}'


@pytest.mark.parametrize("text", ["{", "}", "{name}", "if (x) { y }", "{" * 5000 + "}", '{"a": "\ud800"}', ""])
def test_what_is_no_json_stays(text: str) -> None:
    """Placeholders, code, endless nesting, and texts that are no valid JSON."""
    assert sorted_keys(text) == text
