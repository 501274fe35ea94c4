"""Settings from YAML, the environment and flags as one tree that remembers where each value was written."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace


class Place(Struct, frozen=True, array_like=True):
    """Where a value was written: a file and line, an environment variable, the command line."""

    source: str
    line: int | None = None

    def __str__(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"


class Leaf(Struct, frozen=True, array_like=True, tag="leaf"):
    """One value; `text` is how it was written, so that money never passes through a float."""

    value: object
    text: str
    place: Place


class Row(Struct, frozen=True, array_like=True, tag="row"):
    """A list."""

    items: tuple["Tree", ...]
    place: Place


class Branch(Struct, frozen=True, array_like=True, tag="branch"):
    """A mapping by name."""

    items: Mapping[str, "Tree"]
    place: Place


Tree = Leaf | Row | Branch


def from_flags(flags: Mapping[str, object], place: Place) -> Branch:
    """Dotted names with values already typed; None means not given."""
    root = Branch({}, place)
    for name, value in flags.items():
        if value is not None:
            root = merge(root, nested(name.split("."), _from_python(value, place)))
    return root


def nested(path: Sequence[str], tree: Tree) -> Branch:
    """The tree that has `tree` alone, under a `path` of at least one name."""
    *outer, last = path
    branch = Branch({last: tree}, tree.place)
    for name in reversed(outer):
        branch = Branch({name: branch}, tree.place)
    return branch


def merge(lower: Branch, upper: Branch) -> Branch:
    """Mappings merge by key, all else is replaced by `upper`; an empty section takes nothing away."""
    items = dict(lower.items)
    for name, tree in upper.items.items():
        items[name] = _merged(items.get(name), tree)
    return replace(lower, items=items)


def _merged(lower: Tree | None, upper: Tree) -> Tree:
    """One name's value of two layers."""
    if isinstance(lower, Branch) and isinstance(upper, Branch):
        return merge(lower, upper)
    if isinstance(lower, Branch) and isinstance(upper, Leaf) and upper.value is None:
        return lower
    return upper


def _from_python(value: object, place: Place) -> Tree:
    """A flag's value; sequences become rows."""
    if isinstance(value, (tuple, list)):
        return Row(tuple(_from_python(item, place) for item in value), place)
    return Leaf(value, str(value), place)
