"""The last step before a screen is written: long lines are broken at blanks, or all becomes plain sentences."""

import re
from collections.abc import Iterator

from modelroute_cli.report.screen import Line, Screen, width_of

_LEAST_WIDTH = 20
_MOST_INDENT = 8
_COMMAND = re.compile(r"\s*modelroute [a-z]")  # a line to copy: the terminal breaks it without adding anything
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_ABOUT = re.compile(r"~ ?(?=[$\d])")
_WORDS = re.compile(r" *\S+")


def laid_out(screen: Screen, width: int | None, *, plain: bool = False) -> Screen:
    """The lines as they are written: none wider than `width` cells that has a blank to be broken at (None: any width).

    With `plain`, one fact a line, without indentation, and no line for what is only drawn.
    """
    if plain:
        return tuple(_said(screen))
    if width is None:
        return screen
    return tuple(Line(text, line.style) for line in screen for text in wrapped(line.text, width))


def _said(screen: Screen) -> Iterator[Line]:
    """Every line as a sentence; one of several blank lines is left."""
    blank = True
    for line in screen:
        text = line.text if line.plain is None else line.plain
        if (text or not line.text) and (text or not blank):
            yield Line(in_words(text), line.style)
            blank = not text


def in_words(text: str) -> str:
    """Without blanks that only lay out, `~` said as `about`."""
    return without_signs(_GAP.sub("; ", text.strip()))


def without_signs(text: str) -> str:
    """`~` before a number said as `about`."""
    return _ABOUT.sub("about ", text)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken at blanks, the later ones indented by two more than the first.

    A word that is wider stays whole; so does a command.
    """
    if width_of(text) <= width or _COMMAND.match(text):
        return [text]
    room = max(width, _LEAST_WIDTH)
    indent = " " * min(len(text) - len(text.lstrip()) + 2, _MOST_INDENT)
    lines: list[str] = []
    line = ""
    for word in _WORDS.findall(text):
        if line.strip() and width_of(line + word) > room:
            lines.append(line)
            line = indent + word.lstrip()
        else:
            line += word
    return [*lines, line]
