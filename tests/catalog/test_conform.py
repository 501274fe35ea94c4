"""A tree is held against its types: what is wrong is named by place, key and value."""

import json
from collections.abc import Mapping
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import Importance
from modelroute_cli.catalog.conform import Spot, conform
from modelroute_cli.catalog.documents import read_yaml
from modelroute_cli.catalog.settings import USD


class Part(Struct, frozen=True, kw_only=True):
    """A struct inside another."""

    name: str
    size: Annotated[int, Meta(ge=1, le=9)] = 1


class Whole(Struct, frozen=True, kw_only=True):
    """One field of each kind that settings have."""

    share: Annotated[float, Meta(ge=0, le=1)] | None = None
    money: USD | None = None
    text: str | None = None
    flag: bool = False
    kind: Importance | None = None
    word: Literal["one", "two"] | None = None
    names: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    table: Mapping[str, Part] = {}
    api_key_env: str | None = None
    by_importance: Mapping[Importance, Part] = {}


class Card(Struct, frozen=True, kw_only=True):
    """A struct that is named by its key."""

    name: str
    needed: int
    other: int = 0


def held(text: str, kind: object = Whole, spot: Spot | None = None) -> object:
    """The values of a YAML text as `kind`."""
    return conform(read_yaml(text, "f.yaml"), kind, spot or Spot())


def refusal(text: str, kind: object = Whole) -> tuple[str, str | None]:
    """Message and hint of the error that a YAML text meets."""
    with pytest.raises(SettingsError) as caught:
        held(text, kind)
    return caught.value.message, caught.value.hint


def test_good_values_come_out_as_they_are() -> None:
    """Every kind of field takes its kind of value."""
    scalars = "share: 0.5\nflag: true\nkind: bulk\nword: two\n"
    text = f"{scalars}names: [a, b]\nparts: [{{name: x, size: 3}}]\ntable: {{k: {{name: y}}}}\n"
    assert held(text) == {
        "share": 0.5,
        "flag": True,
        "kind": "bulk",
        "word": "two",
        "names": ["a", "b"],
        "parts": [{"name": "x", "size": 3}],
        "table": {"k": {"name": "y"}},
    }


@pytest.mark.parametrize("written", ["0.27", "5", "0.000001", "12.50", '"0.27"'])
def test_money_is_the_text_that_was_written(written: str) -> None:
    """A price keeps its digits, quoted or not, and is never a float."""
    assert held(f"money: {written}\n") == {"money": written.strip('"')}


@pytest.mark.parametrize(
    "written", ["-1", "1e3", "1_000", "0x10", ".5", "5.", "1,5", "1:30", ".nan", "12345678", '"5 "']
)
def test_what_is_no_plain_amount_is_refused(written: str) -> None:
    """Signs, exponents, separators and more than Int64 holds are no dollars."""
    message, _ = refusal(f"money: {written}\n")
    shown = written.strip('"')
    assert message == f"f.yaml:1: `money` is `{shown}`: expected a plain number such as `12.50`"


@pytest.mark.parametrize(("written", "kept"), [("4.10", "4.10"), ("2026-12-11", "2026-12-11"), ("0123", "0123")])
def test_text_that_looks_like_a_number_or_date_stays_text(written: str, kept: str) -> None:
    """A model called 4.10 is not called 4.1."""
    assert held(f"text: {written}\n") == {"text": kept}


@pytest.mark.parametrize("empty", ["share:", "share: null", "share: ~"])
def test_null_is_a_value_where_a_field_allows_it(empty: str) -> None:
    """Nothing, `null` and `~` are the same."""
    assert held(f"{empty}\n") == {"share": None}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("share: 1.5\n", "f.yaml:1: `share` is `1.5`: expected a number <= 1.0", None),
        ("share: .nan\n", "f.yaml:1: `share` is `.nan`: expected a number >= 0.0", None),
        ("share: true\n", "f.yaml:1: `share` is `true`: expected a number, got true or false", None),
        ("\nshare: half\n", "f.yaml:2: `share` is `half`: expected a number, got text", None),
        ("flag: 1\n", "f.yaml:1: `flag` is `1`: expected true or false, got a whole number", None),
        ("flag: maybe\n", "f.yaml:1: `flag` is `maybe`: expected true or false, got text", None),
        ("flag:\n", "f.yaml:1: `flag` is empty: expected true or false, got nothing", None),
        (
            "text: no\n",
            "f.yaml:1: `text` is `no`: expected text, got true or false",
            'YAML reads it as true or false: quote it, `"no"`',
        ),
        ("kind: premum\n", "f.yaml:1: `kind` is `premum`: not one of the known values", "did you mean `premium`?"),
        ("kind: x\n", "f.yaml:1: `kind` is `x`: not one of the known values", "one of `bulk`, `standard`, `premium`"),
        ("word: three\n", "f.yaml:1: `word` is `three`: not one of the known values", "one of `one`, `two`"),
        ("names: a\n", "f.yaml:1: `names` is a list", "write `names: [a]`"),
        ("names:\n", "f.yaml:1: `names` is a list", "write `names: [...]`"),
        ("names: [a, [b]]\n", "f.yaml:1: `names[1]` is one value, not a list or mapping", None),
        (
            "names:\n  - a\n  - yes\n",
            "f.yaml:3: `names[1]` is `yes`: expected text, got true or false",
            'YAML reads it as true or false: quote it, `"yes"`',
        ),
        ("text: [a]\n", "f.yaml:1: `text` is one value, not a list or mapping", None),
        ("table: 5\n", "f.yaml:1: `table` is a mapping of names", "write its names below `table:`, indented"),
        ("table: {k: {size: 2}}\n", "f.yaml:1: `table.k` lacks `name`", "add `name` below `table.k`"),
        ("parts:\n  - name: x\n  - size: 2\n", "f.yaml:3: `parts[1]` lacks `name`", "add `name` below `parts[1]`"),
        ("parts: [{name: x, size: 10}]\n", "f.yaml:1: `parts[0].size` is `10`: expected a whole number <= 9", None),
    ],
)
def test_a_wrong_value_is_named_with_place_and_hint(text: str, message: str, hint: str | None) -> None:
    """Each says file, line, key, what stands there and what is wanted."""
    assert refusal(text) == (message, hint)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("flag: true\nshre: 1\n", "f.yaml:2: unknown key `shre`", "did you mean `share`?"),
        ("parts:\n  - name: x\n    sise: 1\n", "f.yaml:3: unknown key `sise` in `parts[0]`", "did you mean `size`?"),
        ("parts: [{name: x, zzz: 1}]\n", "f.yaml:1: unknown key `zzz` in `parts[0]`", "known here: `name`, `size`"),
    ],
)
def test_an_unknown_key_is_named_with_its_line(text: str, message: str, hint: str) -> None:
    """A typing error is never read past in silence."""
    assert refusal(text) == (message, hint)


def test_a_key_in_settings_is_never_repeated() -> None:
    """Who writes a secret into a file is told where it belongs, and it is not printed."""
    message, hint = refusal("api_key: sk-secret\n")
    assert message == "f.yaml:1: unknown key `api_key`"
    assert hint == "keys never stand in settings: name the environment variable that holds it in `api_key_env`"


def test_a_wrong_value_that_may_be_a_key_is_not_shown() -> None:
    """The value of a field about keys stays out of messages."""
    message, _ = refusal("api_key_env: true\n")
    assert message == "f.yaml:1: `api_key_env` is set to something else: expected text, got true or false"


def test_an_empty_section_is_an_empty_mapping() -> None:
    """A section whose lines are commented out holds nothing."""
    assert held("table:\n") == {"table": {}}


@pytest.mark.parametrize("number", [".inf", "-.inf", "1.0e+999"])
def test_an_endless_number_is_refused(number: str) -> None:
    """No setting is infinite."""
    with pytest.raises(SettingsError, match="expected a finite number"):
        held(f"a: {number}\n", Mapping[str, float])


def test_a_card_may_be_given_in_part() -> None:
    """Single fields override a card; its name is its key and cannot be given."""
    spot = Spot("cards", (Card,))
    assert held("a: {other: 2}\n", Mapping[str, Card], spot) == {"a": {"other": 2}}
    with pytest.raises(SettingsError) as caught:
        held("a: {name: b}\n", Mapping[str, Card], spot)
    assert caught.value.message == "f.yaml:1: unknown key `name` in `cards.a`"


def test_a_card_that_is_no_card_must_be_whole() -> None:
    """Only where cards are overridden may fields be missing."""
    assert refusal("a: {name: b}\n", Mapping[str, Card])[0] == "f.yaml:1: `a` lacks `needed`"


def test_names_of_a_mapping_may_be_words_of_an_enum() -> None:
    """Then no other name is taken."""
    assert held("by_importance: {bulk: {name: a}}\n") == {"by_importance": {"bulk": {"name": "a"}}}
    message, hint = refusal("by_importance:\n  bluk: {name: a}\n")
    assert (message, hint) == ("f.yaml:2: unknown key `bluk` in `by_importance`", "did you mean `bulk`?")


ANY_JSON = """
table:
  text: "yes"
  flag: true
  nothing: null
  whole: 7
  part: 0.5
  day: 2026-11-23
  inner: {order: [a, {b: false}], empty: {}, none: []}
"""


def test_any_json_comes_out_as_it_stands() -> None:
    """Mappings, lists, true, false, null and numbers; a date is the text that was written."""
    assert held(ANY_JSON, Mapping[str, Mapping[str, object]]) == {
        "table": {
            "text": "yes",
            "flag": True,
            "nothing": None,
            "whole": 7,
            "part": 0.5,
            "day": "2026-11-23",
            "inner": {"order": ["a", {"b": False}], "empty": {}, "none": []},
        }
    }


@pytest.mark.parametrize("number", [".inf", ".nan", "9223372036854775808"])
def test_a_number_that_json_cannot_carry_is_refused(number: str) -> None:
    """With its place inside the value."""
    message, _ = refusal(f"table: {{inner: [1, {number}]}}", Mapping[str, Mapping[str, object]])
    assert message == f"f.yaml:1: `table.inner[1]` is `{number}`: expected a number that JSON can carry"


PLAIN_FLOATS = st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: "e" not in repr(number))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | PLAIN_FLOATS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    )
)
def test_any_json_survives(value: object) -> None:
    """What a user writes for the body is what the body gets; only `1e-06` is text, to YAML itself."""
    text = json.dumps({"v": value})
    assert held(text, Mapping[str, object]) == {"v": value}
