"""What requests that fit no skeleton have in common: their first words, or else how they look."""

from dataclasses import dataclass
from hashlib import blake2b

from modelroute_cli.features.judging import Answer, Judged
from modelroute_cli.features.prompt_text import PromptText
from modelroute_cli.features.zones import bounded

_CHARS = (100, 400, 2_000, 10_000)
_READ_CHARS = 500
_MARKS = (
    "```",
    "\\",
    "$",
    "def ",
    "{",
    "|",
    "A.",
    "(A)",
    "\n",
    "?",
)  # code, formulas, tables, choices, lines, questions


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two names: that of those with the same first words, and that of those that look alike."""

    answer: Answer
    words: str
    looks: str


def likeness(text: PromptText, judged: Judged) -> Likeness:
    """How a request is likened to others; it never depends on them."""
    carried = (*text.context, judged.answer)
    size = sum(len(text.text) > step for step in _CHARS)
    read = bounded(text.text, _READ_CHARS)
    looks = (size, *(mark in read for mark in _MARKS))
    return Likeness(judged.answer, _name((*carried, judged.beginning)), _name((*carried, *looks)))


def _name(told: tuple[object, ...]) -> str:
    return blake2b(repr(told).encode("utf-8", "replace"), digest_size=4).hexdigest()
