"""Every value read from YAML, the environment or flags remembers its place and its own text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.documents import read_yaml, read_yaml_value
from modelroute_cli.catalog.trees import Branch, Leaf, Place, Row, Tree, from_flags, merge, nested

FLAGS = Place("the command line")


def plain(tree: Tree) -> object:
    """A tree's values alone."""
    match tree:
        case Branch():
            return {name: plain(item) for name, item in tree.items.items()}
        case Row():
            return [plain(item) for item in tree.items]
        case Leaf():
            return tree.value


def places(tree: Branch) -> dict[str, str]:
    """Where each name of one level was written."""
    return {name: str(item.place) for name, item in tree.items.items()}


def test_a_value_knows_the_line_of_its_key() -> None:
    """A section and its values are placed at the lines where their names stand."""
    tree = read_yaml("a: 1\n\nb:\n  c: x\n", "f.yaml")
    below = tree.items["b"]
    assert isinstance(below, Branch)
    assert {**places(tree), **places(below)} == {"a": "f.yaml:1", "b": "f.yaml:3", "c": "f.yaml:4"}


def test_a_number_keeps_the_text_it_was_written_as() -> None:
    """Money never passes through a float: `0.270` stays `0.270`."""
    leaf = read_yaml("price: 0.270\n", "f.yaml").items["price"]
    assert isinstance(leaf, Leaf)
    assert (leaf.value, leaf.text) == (0.27, "0.270")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "null\n"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    """A file without content sets nothing."""
    assert read_yaml(text, "f.yaml").items == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n- b\n", "f.yaml:1: settings are a mapping of names, not a list"),
        ("hello\n", "f.yaml:1: settings are a mapping of names, not `hello`"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: `a` stands twice, first at f.yaml:1"),
        ("x:\n  b: 2\n  b: 3\n", "f.yaml:3: `b` stands twice, first at f.yaml:2"),
        ("on: 1\n", "f.yaml:1: `on` cannot be a name"),
        ("~: 1\n", "f.yaml:1: `~` cannot be a name"),
        ("[a, b]: 1\n", "f.yaml:1: `a list or mapping` cannot be a name"),
        ("a: 2026-13-45\n", "f.yaml:1: `2026-13-45` is not a value: month must be in 1..12"),
    ],
)
def test_what_settings_cannot_be_is_refused_with_its_line(text: str, message: str) -> None:
    """A wrong shape, a name twice, a word that YAML takes for itself: each says where."""
    with pytest.raises(SettingsError) as caught:
        read_yaml(text, "f.yaml")
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1,\nb: 2\n", "f.yaml:3:1"),
        ("a: 'x\n", "f.yaml:2:1"),
        ("a: b: c\n", "f.yaml:1:5"),
        ("a: *no\n", "f.yaml:1:4"),
    ],
)
def test_broken_yaml_is_placed_by_line_and_column(text: str, place: str) -> None:
    """A parser's complaint carries its line and column."""
    with pytest.raises(SettingsError) as caught:
        read_yaml(text, "f.yaml")
    assert caught.value.message.startswith(f"{place}: not valid YAML: ")
    assert caught.value.hint == "check the indentation and the quotes there"


@pytest.mark.parametrize("text", ["a: !!python/object:os.system x\n", "a: \x00\n", "a: 1\n---\nb: 2\n"])
def test_what_is_no_plain_yaml_is_refused(text: str) -> None:
    """Tags that make objects, control characters and second documents are errors, not surprises."""
    with pytest.raises(SettingsError, match="not valid YAML"):
        read_yaml(text, "f.yaml")


def test_merge_keys_give_way_to_what_stands_beside_them() -> None:
    """`<<` brings another mapping's values; the own ones win, wherever they stand."""
    tree = read_yaml("a: &a {x: 1, y: 2}\nb:\n  y: 3\n  <<: *a\n", "f.yaml")
    assert plain(tree.items["b"]) == {"x": 1, "y": 3}


def test_an_anchor_may_be_used_often() -> None:
    """A mapping that merges another can itself be referred to again."""
    tree = read_yaml("a: &a {x: 1}\nb: &b {<<: *a, x: 2}\nc: *b\nd: {<<: *b, z: 3}\n", "f.yaml")
    assert (plain(tree.items["c"]), plain(tree.items["d"])) == ({"x": 2}, {"x": 2, "z": 3})


def test_an_alias_that_contains_itself_is_refused() -> None:
    """A file cannot make the reader run for ever."""
    with pytest.raises(SettingsError, match="an alias that contains itself"):
        read_yaml("a: &a [*a]\n", "f.yaml")


def test_aliases_cannot_grow_without_bound() -> None:
    """Nine levels of nine aliases are a few lines of text and would be 400 million values."""
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(SettingsError, match="too many values"):
        read_yaml("\n".join(lines), "f.yaml")


def test_a_value_alone_has_the_place_it_is_given() -> None:
    """An environment variable's value has no lines: its name is its place."""
    tree = read_yaml_value("[a, 1]", Place("MODELROUTE_X"))
    assert isinstance(tree, Row)
    assert [(item.value, str(item.place)) for item in tree.items if isinstance(item, Leaf)] == [
        ("a", "MODELROUTE_X"),
        (1, "MODELROUTE_X"),
    ]


def test_a_broken_value_alone_is_placed_by_its_name() -> None:
    """Line and column of a variable's value would mislead."""
    with pytest.raises(SettingsError) as caught:
        read_yaml_value("[a", Place("MODELROUTE_X"))
    assert caught.value.message.startswith("MODELROUTE_X: not valid YAML: ")


def test_mappings_merge_and_all_else_is_replaced() -> None:
    """The upper layer's lists and values stand for the lower's; mappings keep what the upper does not name."""
    lower = read_yaml("s: {a: 1, b: [1, 2]}\nt: 1\n", "low")
    upper = read_yaml("s: {b: [3], c: 4}\n", "up")
    assert plain(merge(lower, upper)) == {"s": {"a": 1, "b": [3], "c": 4}, "t": 1}


def test_an_empty_section_takes_nothing_away() -> None:
    """`prices:` with all its lines commented out leaves the lower layer's prices."""
    assert plain(merge(read_yaml("s: {a: 1}\n", "low"), read_yaml("s:\n", "up"))) == {"s": {"a": 1}}


def test_null_replaces_a_value() -> None:
    """`null` for a value is a value."""
    assert plain(merge(read_yaml("s: {a: 1}\n", "low"), read_yaml("s: {a: null}\n", "up"))) == {"s": {"a": None}}


def test_flags_that_are_not_given_are_absent() -> None:
    """None means not given; False, 0 and lists are given."""
    flags = {"o.a": None, "o.b": False, "o.c": 0, "p.q.r": ("x", "y")}
    assert plain(from_flags(flags, FLAGS)) == {"o": {"b": False, "c": 0}, "p": {"q": {"r": ["x", "y"]}}}


def test_a_path_of_names_nests() -> None:
    """The first name is outermost, and all is placed where the value is."""
    tree = nested(["a", "b"], Leaf(1, "1", FLAGS))
    assert (plain(tree), str(tree.place)) == ({"a": {"b": 1}}, "the command line")


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))
VALUES = st.recursive(SCALARS, lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8)
MAPPINGS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


def as_tree(value: object) -> Tree:
    """A value as a tree."""
    if isinstance(value, dict):
        return Branch({name: as_tree(item) for name, item in value.items()}, FLAGS)
    return Leaf(value, str(value), FLAGS)


@given(MAPPINGS, MAPPINGS)
def test_every_value_of_the_upper_layer_survives_a_merge(lower: dict[str, object], upper: dict[str, object]) -> None:
    """Whatever lies below, a merged tree answers with the upper layer where that one speaks."""
    low, up = as_tree(lower), as_tree(upper)
    assert isinstance(low, Branch)
    assert isinstance(up, Branch)
    merged = merge(low, up)
    for name, item in up.items.items():
        if isinstance(item, Leaf) and (item.value is not None or not isinstance(low.items.get(name), Branch)):
            assert merged.items[name] == item
    assert set(merged.items) == set(low.items) | set(up.items)


@given(MAPPINGS)
def test_a_layer_over_itself_changes_nothing(layer: dict[str, object]) -> None:
    """Merging is idempotent."""
    tree = as_tree(layer)
    assert isinstance(tree, Branch)
    assert merge(tree, tree) == tree
