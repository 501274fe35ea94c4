"""The texts inside a JSON value, names of fields among them."""

from collections.abc import Callable, Iterator

Json = object
"""What a JSON document decodes to."""


def texts_in(value: Json) -> Iterator[str]:
    """Every text of a value, in order; at any depth."""
    stack: list[Json] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            stack.extend(part for pair in reversed(item.items()) for part in reversed(pair))
        elif isinstance(item, list | tuple):
            stack.extend(reversed(item))


def with_texts(value: Json, change: Callable[[str], str]) -> Json:
    """The value with every text changed; RecursionError for one nested deeper than a JSON document may be."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(name): with_texts(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_texts(item, change) for item in value]
    return value


def without(value: Json, names: frozenset[str]) -> Json:
    """The value without the fields of these names, at any depth, whose own value is no object."""
    if isinstance(value, dict):
        kept = ((name, item) for name, item in value.items() if name not in names or isinstance(item, dict))
        return {name: without(item, names) for name, item in kept}
    return [without(item, names) for item in value] if isinstance(value, list | tuple) else value
