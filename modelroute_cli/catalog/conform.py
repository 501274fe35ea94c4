"""A settings tree held against its types: unknown names, wrong values and missing ones, each by its place."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin

import msgspec

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.suggest import did_you_mean
from modelroute_cli.catalog.trees import Branch, Leaf, Row, Tree

_PLAIN_WORDS = {
    "`float`": "a number",
    "`int`": "a whole number",
    "`str`": "text",
    "`int | str`": "a whole number or a word",
    "`bool`": "true or false",
    "`null`": "nothing",
    "`array`": "a list",
    "`object`": "a mapping",
}
_SECRET_WORDS = {
    *("key", "keys", "apikey", "token", "secret", "password", "authorization", "headers", "proxy"),
    *("url", "webhooks"),  # an address of a receiver
}

_INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the settings a value belongs; `cards` are types that are named by their key and may be given in part."""

    path: str = ""
    cards: tuple[type[msgspec.Struct], ...] = ()

    def at(self, name: str) -> "Spot":
        """The spot of a named value below this one."""
        return Spot(f"{self.path}.{name}" if self.path else name, self.cards)


def conform(tree: Tree, kind: object, spot: Spot) -> object:
    """The tree's values as builtins that `kind` accepts; SettingsError with place and hint at the first wrong one.

    The kind `object` takes any JSON: mappings, lists, text, numbers, true, false and null as they stand.
    """
    kind = _bare(kind, tree)
    if kind is object:
        return _conform_json(tree, spot)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _conform_struct(_branch(tree, spot), kind, spot)
    if get_origin(kind) is not None and _is_mapping(kind):
        return _conform_mapping(_branch(tree, spot), kind, spot)
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        items = _row(tree, spot).items
        return [conform(item, inner, Spot(f"{spot.path}[{place}]", spot.cards)) for place, item in enumerate(items)]
    return _conform_leaf(tree, kind, spot)


def _conform_mapping(tree: Branch, kind: object, spot: Spot) -> dict[str, object]:
    """Values by name; where the names are those of an enum, no others."""
    names, inner = get_args(kind)
    choices = _choices(names)
    for name, item in tree.items.items():
        if choices and name not in choices:
            raise _unknown(name, item, choices, spot)
    return {name: conform(item, inner, spot.at(name)) for name, item in tree.items.items()}


def _conform_struct(tree: Branch, kind: type[msgspec.Struct], spot: Spot) -> dict[str, object]:
    """The fields of one struct."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    is_card = kind in spot.cards
    allowed = [name for name in fields if not (is_card and name == "name")]
    for name, item in tree.items.items():
        if name not in allowed:
            raise _unknown(name, item, allowed, spot)
    if not is_card:
        _require(tree, [name for name in allowed if fields[name].required], spot)
    return {name: conform(item, fields[name].type, spot.at(name)) for name, item in tree.items.items()}


def _conform_leaf(tree: Tree, kind: object, spot: Spot) -> object:
    """One scalar, checked by msgspec; numbers and dates keep their own text where text is wanted."""
    if not isinstance(tree, Leaf):
        message = f"{tree.place}: `{spot.path}` is one value, not a list or mapping"
        raise SettingsError(message)
    value = tree.text if _wants_text(kind) and _is_number_or_date(tree.value) else tree.value
    try:
        converted = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _wrong(tree, spot, str(error), kind) from error
    if isinstance(converted, float) and not math.isfinite(converted):
        raise _wrong(tree, spot, "expected a finite number", kind)
    return converted


def _conform_json(tree: Tree, spot: Spot) -> object:
    """Any JSON value; what YAML reads as a date or as bytes is the text that was written."""
    if isinstance(tree, Branch):
        return {name: _conform_json(item, spot.at(name)) for name, item in tree.items.items()}
    if isinstance(tree, Row):
        return [_conform_json(item, Spot(f"{spot.path}[{place}]")) for place, item in enumerate(tree.items)]
    if not isinstance(tree.value, (str, bool, int, float, NoneType)):
        return tree.text
    if not _is_json_number(tree.value):
        raise _wrong(tree, spot, "expected a number that JSON can carry", object)
    return tree.value


def _is_json_number(value: object) -> bool:
    """Whether a value, where it is a number, is neither endless nor longer than 64 bits."""
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, int) or -_INT64 <= value < _INT64


def _wrong(leaf: Leaf, spot: Spot, problem: str, kind: object) -> SettingsError:
    """A value that its field does not take; what may be a secret is not repeated."""
    shown = f"`{leaf.text}`" if leaf.text else "empty"
    if _may_be_secret(spot.path):
        shown = "set to something else"
    choices = _choices(kind)
    hint = did_you_mean(leaf.text, choices, f"one of {', '.join(f'`{item}`' for item in choices)}") if choices else None
    if isinstance(leaf.value, bool) and _wants_text(kind):
        hint = f'YAML reads it as true or false: quote it, `"{leaf.text}"`'
    detail = "not one of the known values" if choices else _plain(problem)
    return SettingsError(f"{leaf.place}: `{spot.path}` is {shown}: {detail}", hint=hint)


def _plain(problem: str) -> str:
    """What msgspec says, in words for people."""
    if "matching regex" in problem:  # money is the one text with a pattern
        return "expected a plain number such as `12.50`"
    if problem.startswith("Invalid enum value"):  # a word where a number or one of few words may stand
        return "neither a number nor a known word"
    for word, plain in _PLAIN_WORDS.items():
        problem = problem.replace(word, plain)
    return problem[0].lower() + problem[1:]


def _unknown(name: str, item: Tree, allowed: list[str], spot: Spot) -> SettingsError:
    """A name that its section does not have."""
    inside = f" in `{spot.path}`" if spot.path else ""
    hint = did_you_mean(name, allowed, f"known here: {', '.join(f'`{known}`' for known in allowed)}")
    if _may_be_secret(name) and "api_key_env" in allowed:
        hint = "keys never stand in settings: name the environment variable that holds it in `api_key_env`"
    return SettingsError(f"{item.place}: unknown key `{name}`{inside}", hint=hint)


def _require(tree: Branch, required: list[str], spot: Spot) -> None:
    """SettingsError that names every required field that is missing."""
    missing = [name for name in required if name not in tree.items]
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        message = f"{tree.place}: `{spot.path}` lacks {names}"
        raise SettingsError(message, hint=f"add {names} below `{spot.path}`")


def _branch(tree: Tree, spot: Spot) -> Branch:
    """The tree as a mapping; an empty section is an empty one."""
    if isinstance(tree, Leaf) and tree.value is None:
        return Branch({}, tree.place)
    if isinstance(tree, Branch):
        return tree
    message = f"{tree.place}: `{spot.path}` is a mapping of names"
    raise SettingsError(message, hint=f"write its names below `{spot.path}:`, indented")


def _row(tree: Tree, spot: Spot) -> Row:
    """The tree as a list."""
    if isinstance(tree, Row):
        return tree
    name = spot.path.rpartition(".")[2]
    shown = "[...]"
    if isinstance(tree, Leaf) and tree.value is not None and not _may_be_secret(name):
        shown = f"[{tree.text}]"
    message = f"{tree.place}: `{spot.path}` is a list"
    raise SettingsError(message, hint=f"write `{name}: {shown}`")


def _bare(kind: object, tree: Tree) -> object:
    """A union without None, unless the value is null, and with lists alone or without them, as the value is one."""
    if get_origin(kind) in (Union, UnionType) and not (isinstance(tree, Leaf) and tree.value is None):
        others = [item for item in get_args(kind) if item is not NoneType]
        lists = [item for item in others if get_origin(item) is tuple]
        if lists and len(lists) < len(others):
            others = lists if isinstance(tree, Row) else [item for item in others if item not in lists]
        return others[0] if len(others) == 1 else kind
    return kind


def _is_mapping(kind: object) -> bool:
    """Whether a generic type is a mapping."""
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _wants_text(kind: object) -> bool:
    """Whether a field takes plain text, money included."""
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return inner is str


def _is_number_or_date(value: object) -> bool:
    """Whether YAML read a number or a date where text may have been meant."""
    return not isinstance(value, (str, bool, NoneType))


def _choices(kind: object) -> list[str]:
    """The words a field chooses from, if it does."""
    if isinstance(kind, type) and issubclass(kind, str) and kind is not str:
        return [str(item) for item in kind]  # type: ignore[attr-defined]
    values = get_args(kind) if get_origin(kind) is not Annotated else ()
    return [item for item in values if isinstance(item, str)]


def _may_be_secret(name: str) -> bool:
    """Whether a name suggests that its value is a secret."""
    return not _SECRET_WORDS.isdisjoint(re.split(r"[^a-z]+", name.lower()))
