"""The sandbox of prompt templates: Jinja2 without Python's attributes, files or chance, and within bounds.

A template is the user's own, so the bounds are against slips: a loop in a loop, a text that doubles itself. They hold
for one row; whatever passes them ends with an error and not with a full memory.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import cast

from jinja2 import Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_STEPS = 100_000
MOST_CHARS = 2**24
_MOST_WIDTH = 10_000
_MOST_BITS = 1024
_WIDE = re.compile(r"\d{5}|\*")  # in a format: numbers of five digits, or taken from the values
_GROWERS = frozenset({
    "center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map", "replace", "join", "translate",
    "to_bytes",
})  # fmt: skip
_WIDE_FILTERS = ("center", "indent", "batch", "slice")
_UNSAFE_FILTERS = ("random", "pprint", "xmlattr", "urlize")


class BoundsError(SecurityError):
    """A template that takes more steps, or makes more text, than one row can need."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Compiles templates and counts what they do; `begin` starts the count of a row."""

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self, undefined: type[Undefined]) -> None:
        super().__init__(undefined=undefined, autoescape=False, finalize=self._written)
        self._steps = 0
        self._chars = 0
        self.globals.pop("lipsum")
        for name in _UNSAFE_FILTERS:
            self.filters.pop(name)
        for name in _WIDE_FILTERS:
            self.filters[name] = _narrow(name, self.filters[name])
        self.filters |= {"format": _format, "replace": _replace, "join": _join, "tojson": _to_json}
        self.filters |= {"_turns": self._turns, "_checked": self._checked}

    def begin(self) -> None:
        """Count from nothing: another row."""
        self._steps = self._chars = 0

    def bounded(self, tree: nodes.Template) -> nodes.Template:
        """The template with its loops counted, and its texts held to a length."""
        for loop in tree.find_all(nodes.For):
            loop.iter = _through("_turns", loop.iter)
        for block in tree.find_all(nodes.AssignBlock):
            block.filter = nodes.Filter(block.filter, "_checked", [], [], None, None, lineno=block.lineno)
        _bind_joined(tree)
        tree.set_environment(self)
        return tree

    def step(self) -> None:
        """One more turn of a loop, or call."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            msg = f"it takes more than {MOST_STEPS:,} steps"
            raise BoundsError(msg)

    def call(self, context: Context, obj: object, *args: object, **kwargs: object) -> object:
        """Call what a template calls, counted; a text that comes back is held to the bound."""
        self.step()
        return self._checked(super().call(context, obj, *args, **kwargs))

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Nothing of Python, and no method that makes long texts of short ones."""
        grows = isinstance(obj, (str, bytes, int, float)) and attr in _GROWERS
        return not grows and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> None:
        """No formatting by method: `is_safe_attribute` refuses it."""
        del value

    def unsafe_undefined(self, obj: object, attribute: str) -> Undefined:
        """An attribute that no template reaches."""
        del obj
        if attribute in _GROWERS:
            msg = f"the method `{attribute}` is out of reach of a template; there may be a filter"
        else:
            msg = f"`{attribute}` is out of reach of a template"
        raise SecurityError(msg)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """Multiply numbers alone, add texts and lists up to a length, format within a width."""
        if operator in {"*", "**"}:
            _check_product(operator, left, right)
        elif operator == "%" and isinstance(left, str):
            _check_format(left)
        elif operator == "+" and isinstance(left, Sequence) and isinstance(right, Sequence):
            check_length(len(left) + len(right))
        return super().call_binop(context, operator, left, right)

    def _turns(self, items: Iterable[object]) -> Iterator[object]:
        for item in items:
            self.step()
            yield item

    def _checked(self, value: object) -> object:
        if isinstance(value, str):
            check_length(len(value))
        return value

    def _written(self, value: object) -> object:
        """What stands for a value in the text: nothing for a null."""
        if value is None:
            return ""
        if isinstance(value, str):
            self._chars += len(value)
            check_length(self._chars)
        elif callable(value) and not isinstance(value, Undefined):
            msg = f"`{getattr(value, '__name__', 'it')}` is no text: call it with `()`"
            raise SecurityError(msg)
        return value


def _through(name: str, node: nodes.Node) -> nodes.Filter:
    return nodes.Filter(cast("nodes.Expr", node), name, [], [], None, None, lineno=node.lineno)


def _bind_joined(tree: nodes.Node) -> None:
    """Texts put together by `~` go through the filter `join`, which knows a bound."""
    for name in tree.fields:
        value = getattr(tree, name, None)
        if isinstance(value, list):
            setattr(tree, name, [_joined(item) for item in value])
        else:
            setattr(tree, name, _joined(value))


def _joined(value: object) -> object:
    if not isinstance(value, nodes.Node):
        return value
    _bind_joined(value)
    if isinstance(value, nodes.Concat):
        return _through("join", nodes.List(value.nodes, lineno=value.lineno))
    return value


def check_length(length: int) -> None:
    """BoundsError for more characters than one prompt can have."""
    if length > MOST_CHARS:
        msg = f"it makes a text of more than {MOST_CHARS:,} characters"
        raise BoundsError(msg)


def _check_product(operator: str, left: object, right: object) -> None:
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if operator == "**" or not numbers:
        msg = "`*` is only for numbers" if operator == "*" else "`**` is not known here"
        raise SecurityError(msg)
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _MOST_BITS:
        msg = "it multiplies beyond all numbers"
        raise BoundsError(msg)


def _check_format(form: str) -> None:
    if _WIDE.search(form):
        msg = f"the format `{form[:40]}` is too wide"
        raise SecurityError(msg)


def _narrow(name: str, made: object) -> object:
    """A filter that takes no number beyond a screen's width."""
    inner = made
    if not callable(inner):
        return made

    @wraps(inner)
    def bounded(*args: object, **kwargs: object) -> object:
        for value in (*args, *kwargs.values()):
            if isinstance(value, int) and value > _MOST_WIDTH:
                msg = f"`{value}` is too large for the filter `{name}`"
                raise SecurityError(msg)
        return inner(*args, **kwargs)

    return bounded


def _format(form: object, *args: object, **kwargs: object) -> str:
    """`"%.2f" | format(price)`."""
    _check_format(str(form))
    return str(form) % (kwargs or args)


def _replace(text: object, old: object, new: object, count: int | None = None) -> str:
    """`text` with `new` in the place of each `old`, or of the first `count`."""
    whole, part, other = str(text), str(old), str(new)
    check_length(len(whole) + whole.count(part) * len(other))
    return whole.replace(part, other, -1 if count is None else count)


def _join(items: Iterable[object], d: str = "", attribute: str | None = None) -> str:
    """The texts of `items`, with `d` between them; of mappings, the texts under `attribute`."""
    texts: list[str] = []
    length = 0
    for item in items:
        value = item.get(attribute) if isinstance(item, Mapping) and attribute is not None else item
        texts.append("" if value is None else str(value))
        length += len(texts[-1]) + len(str(d))
        check_length(length)
    return str(d).join(texts)


def _to_json(value: object, indent: int | None = None) -> str:
    """JSON as people read it, without the escapes that HTML wants."""
    if indent is not None and indent > _MOST_BITS:
        msg = f"`{indent}` is too large for the filter `tojson`"
        raise SecurityError(msg)
    return json.dumps(value, ensure_ascii=False, indent=indent, default=str)
