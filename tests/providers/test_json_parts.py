"""Tests of modelroute_cli.providers.json_parts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.providers.json_parts import elements, parts, word

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def test_values_stay_as_they_are_written() -> None:
    """Spaces, the order of names, long fractions and unknown fields within a value are those of the sender."""
    line = b'{ "custom_id" : "a", "response": {"b": 1.00000000000000000001,  "a": [ ]} }'
    assert parts(line) == {"custom_id": b'"a"', "response": b'{"b": 1.00000000000000000001,  "a": [ ]}'}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b'{"text": "cut \\ud83d"}', b'"cut \\ud83d"'),
        (b'{"text": {"score": NaN}}', b'{"score": null}'),
        (b'{"text": {"a": "\xff"}}', b'{"a": "\xff"}'),
    ],
)
def test_what_only_the_standard_library_reads_is_not_lost(line: bytes, value: bytes) -> None:
    """Half an emoji, NaN and broken UTF-8 may stand in an answer that was paid for."""
    assert parts(line) == {"text": value}


@pytest.mark.parametrize(
    "line", [b"", b"null", b"[1]", b'"a"', b'{"a":', b'{"a": 1} {"b": 2}', b"<html>", b'{"a":' + b"[" * 100_000]
)
def test_what_is_no_object_has_no_parts(line: bytes) -> None:
    """Nothing, other values, cut and doubled lines, web pages, endless nesting: empty, and nothing is raised."""
    assert parts(line) == {}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'[ {"a": 1.50}, "b" ,null]', [b'{"a": 1.50}', b'"b"', b"null"]),
        (b'["cut \\ud83d", NaN]', [b'"cut \\ud83d"', b"null"]),
        (b"[]", []),
        (b"{}", []),
        (b"[1", []),
        (b"[" * 100_000, []),
        (b'["\\ud83d",' + b"[" * 900 + b"]" * 900 + b"]", None),
    ],
)
def test_elements_stay_as_they_are_written(body: bytes, found: list[bytes] | None) -> None:
    """Leniently read too; what is no array has none, and however deep they are nested nothing is raised."""
    assert elements(body) == found or found is None


@pytest.mark.parametrize(
    ("value", "said"), [(b'"a"', "a"), (b'"\\ud83d"', "\ufffd"), (b"1", None), (b"{", None), (None, None)]
)
def test_a_word_is_a_string_that_can_be_written(value: bytes | None, said: str | None) -> None:
    """A string is given, half a character in it replaced; anything else is none."""
    assert word(value) == said


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_nothing_is_changed(value: dict[str, object]) -> None:
    """The parts of any object, read by the standard library, are those of the object."""
    assert {name: json.loads(part) for name, part in parts(json.dumps(value).encode()).items()} == value
