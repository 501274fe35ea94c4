"""JSON out of what stands around it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.execution.gates.repair import Found, found_json, parsed, unfenced

OUT = "repaired: taken out of the words around it"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', Found({"a": 1}, '{"a": 1}')),
        ('```json\n{"a": 1}\n```', Found({"a": 1}, '{"a": 1}')),
        ("12", Found(12, "12")),
        ('Here is the JSON:\n```json\n{"a": 1}\n```\nHope it helps!', Found({"a": 1}, '{"a": 1}', OUT)),
        ('Sure! {"a": [1, 2]} is what you asked for.', Found({"a": [1, 2]}, '{"a": [1, 2]}', OUT)),
        ("The list: [1, 2]", Found([1, 2], "[1, 2]", OUT)),
        ('{"a": 1,}', Found({"a": 1}, '{"a": 1}', "repaired: last commas left out")),
        ('{"a": [1, 2 , ] , }', Found({"a": [1, 2]}, '{"a": [1, 2  ]  }', "repaired: last commas left out")),
        ('{"a": ",}", }', Found({"a": ",}"}, '{"a": ",}" }', "repaired: last commas left out")),
        ('JSON: {"a": 1,}', Found({"a": 1}, '{"a": 1}', f"{OUT}, last commas left out")),
    ],
)
def test_json_is_taken_out_where_nothing_is_lost(text: str, found: Found) -> None:
    """Fences, words around it, last commas; the note says what was done."""
    assert found_json(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json at all",
        '{"a": 1',  # cut off
        '{"a": "b',
        "{'a': 1}",  # Python
        '{"a": True}',
        '{"a": 1} or {"a": 2}',  # which one?
        'Either ```\n{"a": 1}\n``` or ```\n{"a": 2}\n```',
        '{"a": NaN}',
        "The answer is 12",  # a bare value in words could be any of them
        '{"a": 1 "b": 2}',
    ],
)
def test_what_would_have_to_be_guessed_is_not_repaired(text: str) -> None:
    """A cut, wrong or doubtful answer is no JSON."""
    with pytest.raises(ValueError):  # noqa: PT011 - the text is Python's own
        found_json(text)


@pytest.mark.parametrize("text", ["[" * 100_000, "x {" * 50_000, "{" * 100_000 + "}", '{"a":' * 50_000 + "}" * 50_000])
def test_nothing_hangs_or_escapes(text: str) -> None:
    """Hostile answers end as every other that is no JSON."""
    with pytest.raises((ValueError, RecursionError)):
        found_json(text)


def test_nan_is_no_json() -> None:
    """Whatever Python's parser takes."""
    with pytest.raises(ValueError, match="`NaN` is not a JSON value"):
        parsed("[NaN]")


@given(VALUES)
def test_json_by_itself_is_never_touched(value: object) -> None:
    """Text and value are as they came, fenced or not."""
    text = json.dumps(value, ensure_ascii=False)
    assert found_json(text) == Found(value, text)  # type: ignore[arg-type]
    assert found_json(f"```json\n{text}\n```") == Found(value, text)  # type: ignore[arg-type]


@given(
    st.dictionaries(st.text(max_size=5), VALUES, min_size=1, max_size=3),
    st.sampled_from(["Here you are: ", "Result\n\n"]),
)
def test_words_around_an_object_change_nothing_of_it(value: dict[str, object], words: str) -> None:
    """The same value comes out."""
    text = json.dumps(value, ensure_ascii=False)
    assert found_json(f"{words}{text}\nThat is all.").value == value


def test_a_fence_is_taken_off_with_its_blanks() -> None:
    """A byte order mark too."""
    assert unfenced("\ufeff ```\n  [1]\n```\n") == "[1]"
