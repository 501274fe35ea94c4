"""HTML and SVG built from elements: text becomes markup in one place, where all of it is escaped.

A plain string is never trusted: as a child or an attribute it is escaped, and characters that nobody can see (controls,
bidirectional overrides, zero widths) are written out. Only `element` and `raw` make `Markup`.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape

MOST_NAME_CHARS = 300
"""Longer names are no names: they are cut, and it is said."""

MOST_TEXT_CHARS = 2_000
"""Longer texts nobody reads in a page, and browsers take minutes to lay out a megabyte without a blank."""

_VOID = frozenset({"meta"})
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Markup:
    """Finished markup, which is not escaped again."""

    text: str


Child = str | Markup | None
"""What an element may hold; None is nothing."""


def element(name: str, /, *children: Child, **attributes: str | int | None) -> Markup:
    """`<name attribute="...">children</name>`; `class_` is `class`, `stroke_width` is `stroke-width`; None is left out.

    Takes `name` and names of attributes from our own code only: these are not escaped.
    """
    given = "".join(f' {_named(key)}="{plain(str(value))}"' for key, value in attributes.items() if value is not None)
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{joined(children).text}</{name}>")


def joined(children: Iterable[Child]) -> Markup:
    """Children one after the other."""
    return Markup("".join(_child(child) for child in children))


def raw(text: str) -> Markup:
    """Text of our own that is markup already (a style sheet); never anybody else's."""
    return Markup(text)


def plain(text: str) -> str:
    """`text` as HTML shows it letter by letter, in an element as in a quoted attribute; cut at MOST_TEXT_CHARS."""
    text = shortened(text, MOST_TEXT_CHARS)
    return escape(text if text.isascii() and text.isprintable() else "".join(map(_visible, text)))


def name_of(text: str) -> Markup:
    """A stranger's name: whole (it wraps), read in its own direction, and cut only where it is no name any more."""
    return element("bdi", shortened(text, MOST_NAME_CHARS))


def shortened(text: str, most: int) -> str:
    """`text`, or its first `most` characters and how many there are in all."""
    return text if len(text) <= most else f"{text[:most]}… (cut, {len(text):,} characters)"


def _child(child: Child) -> str:
    if child is None:
        return ""
    return child.text if isinstance(child, Markup) else plain(child)


def _named(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


@lru_cache(maxsize=4096)
def _visible(char: str) -> str:
    """The character itself, or `[U+202E]` where it would not be seen; line ends and tabs stay."""
    if char in "\n\t" or unicodedata.category(char) not in _HIDDEN:
        return char
    return " " if char == "\r" else f"[U+{ord(char):04X}]"
