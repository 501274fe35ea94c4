"""Answers against the schema of their request."""

import pytest

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.gates.schema import read_schema
from modelroute_cli.execution.gates.subject import Read, Subject

LABEL: dict[str, object] = {
    "type": "object",
    "properties": {"label": {"enum": ["spam", "ham"]}},
    "required": ["label"],
}


def _read(output: str, schema: dict[str, object] | None = None) -> Read:
    request = Request(custom_id="r", prompt="x", response_schema=LABEL if schema is None else schema)
    return read_schema(Subject(request, GateRules(), output))


def test_an_answer_that_meets_its_schema_passes_as_it_is() -> None:
    """The output is its JSON."""
    assert _read('{"label": "spam"}') == Read('{"label": "spam"}')
    assert _read('```json\n{"label": "ham"}\n```') == Read('{"label": "ham"}')


def test_a_repaired_answer_says_how() -> None:
    """What goes into the results is the JSON alone."""
    note = "repaired: taken out of the words around it, last commas left out"
    assert _read('Sure: {"label": "spam",}') == Read('{"label": "spam"}', None, note)


def test_a_repaired_answer_is_held_to_the_schema_too() -> None:
    """Repair makes JSON, not the right JSON."""
    read = _read('Sure: {"label": "eggs"}')
    assert (read.output, read.fault) == ('{"label": "eggs"}', "$.label: 'eggs' is not one of ['spam', 'ham']")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("spam", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("{}", "$: 'label' is a required property"),
        ('{"label": "spam"', "not JSON: Expecting ',' delimiter: line 1 column 17 (char 16)"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(text: str, fault: str) -> None:
    """The most telling violation."""
    assert _read(text).fault == fault


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"$ref": "http://127.0.0.1:9/x.json"}])
def test_a_schema_that_cannot_be_used_fails_every_answer(schema: dict[str, object]) -> None:
    """It is never fetched, and never ends the run."""
    assert _read("{}", schema).fault == "the request's `response_schema` cannot be used to check an answer"


@pytest.mark.parametrize(
    ("pattern", "text", "fault"),
    [
        (r"^\d{4}-\d{2}-\d{2}$", "2026-11-23", None),
        (r"^\d{4}-\d{2}-\d{2}$", "tomorrow", r"$: 'tomorrow' does not match '^\\d{4}-\\d{2}-\\d{2}$'"),
        (r"^[^@]+@[^@]+$", "a@b", None),
        (r"^(?!x)", "yes", None),  # looks ahead: left to Python
        (r"^(a+)+$", "a" * 5_000 + "!", None),
    ],
)
def test_patterns_of_schemas_are_held_in_time_that_grows_with_the_text(
    pattern: str, text: str, fault: str | None
) -> None:
    """An answer of forty letters could keep another engine busy for hours."""
    read = _read(f'"{text}"', {"pattern": pattern})
    assert (read.fault is not None) if text.endswith("!") else (read.fault == fault)
