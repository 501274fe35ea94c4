"""Whether an answer is the text that is expected: letter by letter, or without what does not matter.

A model that shows its work is read at what it marks as its result, else at its last line. Of a question with choices
the letter counts: `The answer is (B).`, `B. Paris` and `**b**` are all `B`.
"""

import re
from collections.abc import Iterator
from typing import Final

from modelroute_cli.execution.gates.labels import label_form
from modelroute_cli.pilot.scorers.finals import final_answer, first_sentence, last_line, without_latex

_CHOICE: Final = re.compile(r"\(?([A-Za-z])[).]?\.?")
_CHOSEN: Final = re.compile(
    r"[\s*_\"'`>]*(?:(?i:option|choice|answer)\s+)?"
    r"(?:[(\[]\s*(?P<fenced>[A-Za-z])\s*[)\]]|(?P<plain>[A-Z])(?![\w'\u2019-])|(?P<alone>[a-z])[\s*_\"'`.)]*\Z)"
)
_FENCED: Final = re.compile(r"\(([A-Z])\)")
_ANOTHER: Final = re.compile(r"[\s*_]*(?:,|/|&|(?i:and|or|und|oder|et|ou|y|o)\b)[\s*_]*\(?[A-Za-z]\b")
_AFTER_LETTER: Final = re.compile(
    r"[\s*_\"'`]*(?:[).:\]\n;*–—]|-\s|\Z|,?\s*(?i:because|since)\b|(?i:is)\s+(?i:the|correct|right|true|best)\b)"  # noqa: RUF001 - dashes are meant
)
_MATHS: Final = re.compile(r"[\\^]|\A\s*[(\[{].*,|_\{?\d")
_BLANKS: Final = re.compile(r"\s+")


def is_exact(output: str, wanted: str) -> bool:
    """Letter by letter, blanks around either left out."""
    return output.strip() == wanted.strip()


def is_alike(output: str, wanted: str) -> bool:
    """Without case, accents, different blanks, LaTeX and marks at the ends; by its letter where that is wanted."""
    choice = _CHOICE.fullmatch(wanted.strip())
    if choice is not None:
        return letter_of(output) == choice[1].upper()
    form = _maths_form if _MATHS.search(wanted) else _words_form
    return any(form(reading) == form(wanted) for reading in _readings(output))


def letter_of(output: str) -> str | None:
    """The letter of the choice an answer makes, in upper case; None where it makes none, or two."""
    marked = final_answer(output)
    if marked is not None:
        return _letter(without_latex(marked))
    return _letter_of_lines([line.strip() for line in output.strip().splitlines()])


def _letter_of_lines(lines: list[str]) -> str | None:
    """The choice of an answer that marks none: of its first or last line where no other line speaks of another.

    A last line that stands by itself is a choice also after all options were gone through.
    """
    if not lines:
        return None
    last = _letter(lines[-1]) or _fenced(lines[-1])
    if last is not None and len(lines) > 1 and not lines[-2]:
        return last
    spoken_of = {letter for line in lines if (letter := _letter(line)) is not None}
    chosen = last or _letter(lines[0])
    return chosen if spoken_of <= {chosen} else None


def _letter(text: str) -> str | None:
    """The letter that a line begins with as a choice; an article (`A good one`) is none."""
    match = _CHOSEN.match(text)
    if match is None:
        return None
    if _ANOTHER.match(text, match.end()) or (match["plain"] and not _AFTER_LETTER.match(text, match.end())):
        return None
    letter: str = match["fenced"] or match["plain"] or match["alone"]
    return letter.upper()


def _fenced(line: str) -> str | None:
    """The one letter that a line holds in parentheses; None where it holds none, or several."""
    letters = set(_FENCED.findall(line))
    return letters.pop() if len(letters) == 1 else None


def _readings(output: str) -> Iterator[str]:
    """The texts that an answer may be meant as: all of it, and its result."""
    yield output
    marked = final_answer(output)
    result = last_line(output) if marked is None else marked
    yield result
    yield first_sentence(result) if marked is not None else result


def _words_form(text: str) -> str:
    """Words as a label is compared."""
    return label_form(" ".join(without_latex(text).split()))


def _maths_form(text: str) -> str:
    """A formula, in which case and brackets count and blanks do not."""
    return _BLANKS.sub("", without_latex(text)).rstrip(".")
