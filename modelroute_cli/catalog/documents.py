"""YAML read into a tree that remembers where each value was written."""

import yaml

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.trees import Branch, Leaf, Place, Row, Tree

_MOST_NODES = 100_000
_MOST_DEPTH = 50
_SafeLoader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"
_KEY_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "timestamp")}


def read_yaml(text: str, source: str) -> Branch:
    """One YAML mapping (an empty text is an empty one); SettingsError with line and column when it is not."""
    tree = read_yaml_value(text, Place(source, 1))
    if isinstance(tree, Leaf) and tree.value is None:
        return Branch({}, Place(source))
    if not isinstance(tree, Branch):
        shown = f"`{tree.text}`" if isinstance(tree, Leaf) else "a list"
        message = f"{tree.place}: settings are a mapping of names, not {shown}"
        raise SettingsError(message, hint="start with a section, such as `objective:`")
    return tree


def read_yaml_value(text: str, place: Place) -> Tree:
    """Any YAML value; lines are counted only when `place` has one."""
    loader = _SafeLoader(text)
    try:
        node = loader.get_single_node()
        return Leaf(None, "", place) if node is None else _Reader(loader, place).tree(node, place)
    except yaml.YAMLError as error:
        raise _not_yaml(error, place) from error
    finally:
        loader.dispose()


def _not_yaml(error: yaml.YAMLError, place: Place) -> SettingsError:
    """A YAML error as ours, with line and column where the parser knows them."""
    where = str(place)
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None and place.line is not None:
        where = f"{place.source}:{error.problem_mark.line + 1}:{error.problem_mark.column + 1}"
    problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error).splitlines()[0]
    return SettingsError(f"{where}: not valid YAML: {problem}", hint="check the indentation and the quotes there")


class _Reader:
    """Turns YAML nodes into trees and counts them, so that aliases cannot grow without bound."""

    def __init__(self, loader: "yaml.SafeLoader | yaml.CSafeLoader", place: Place) -> None:
        self._loader = loader
        self._place = place
        self._nodes = 0
        self._depth = 0
        self._flat: set[int] = set()

    def tree(self, node: yaml.Node, place: Place) -> Tree:
        """The node's tree, written at `place`; SettingsError when aliases make it too large."""
        self._nodes += 1
        self._depth += 1
        if self._nodes > _MOST_NODES or self._depth > _MOST_DEPTH:
            message = f"{place}: too many values inside each other: an alias that contains itself?"
            raise SettingsError(message)
        tree = self._tree(node, place)
        self._depth -= 1
        return tree

    def _tree(self, node: yaml.Node, place: Place) -> Tree:
        """The node's tree by its kind."""
        if isinstance(node, yaml.MappingNode):
            return self._branch(node, place)
        if isinstance(node, yaml.SequenceNode):
            return Row(tuple(self.tree(item, self._at(item)) for item in node.value), place)
        return self._leaf(node, place)

    def _leaf(self, node: yaml.Node, place: Place) -> Leaf:
        """One scalar; a date that no calendar has is an error here."""
        try:
            return Leaf(self._loader.construct_object(node), str(node.value), place)
        except ValueError as error:
            message = f"{place}: `{node.value}` is not a value: {error}"
            raise SettingsError(message, hint=f'quote it if it is text: `"{node.value}"`') from error

    def _branch(self, node: yaml.MappingNode, place: Place) -> Branch:
        """A mapping with its merge keys resolved; a name twice in one mapping is refused."""
        if id(node) not in self._flat:  # an alias brings the same node again, flattened already
            self._refuse_duplicates(node)
            self._loader.flatten_mapping(node)
            self._flat.add(id(node))
        items: dict[str, Tree] = {}
        for key, value in node.value:
            items[self._name(key)] = self.tree(value, self._at(key))
        return Branch(items, place)

    def _refuse_duplicates(self, node: yaml.MappingNode) -> None:
        """SettingsError when a name stands twice (`<<` may)."""
        seen: dict[str, Place] = {}
        for key, _ in node.value:
            if key.tag == _MERGE:
                continue
            name = self._name(key)
            if name in seen:
                message = f"{self._at(key)}: `{name}` stands twice, first at {seen[name]}"
                raise SettingsError(message, hint="keep one of them")
            seen[name] = self._at(key)

    def _name(self, key: yaml.Node) -> str:
        """A mapping key as text; YAML's own words (`on`, `null`) must be quoted."""
        if isinstance(key, yaml.ScalarNode) and key.tag in _KEY_TAGS:
            return str(key.value)
        shown = key.value if isinstance(key, yaml.ScalarNode) else "a list or mapping"
        message = f"{self._at(key)}: `{shown}` cannot be a name"
        raise SettingsError(message, hint=f'quote it: `"{shown}":`')

    def _at(self, node: yaml.Node) -> Place:
        """Where a node stands; without lines where the text is no file."""
        if self._place.line is None:
            return self._place
        return Place(self._place.source, node.start_mark.line + 1)
