"""Few-shot prompts: examples of what comes in and what should come out, and what the answers look like."""

# ruff: noqa: RUF001 - marks of other scripts are meant

import re
from collections import Counter

from modelroute_cli.features.language import UNDETERMINED, language

_ARROW = re.compile(r"^(.{1,400}?)[ \t]*(?:->|→|=>|⇒|»|>>)[ \t]*(.{0,400})$", re.MULTILINE)
_EQUALS = re.compile(r"^(.{1,400}?)[ \t]=[ \t]*(.{0,400})$", re.MULTILINE)
_ARROWS = ("->", "→", "=>", "⇒", ">>")
_LABELLED = re.compile(r"^[ \t]*([^\W\d_][\w ./()-]{0,24}?)[ \t]*[:：][ \t]*(.{0,400})$", re.MULTILINE)
_LEAST = 2  # examples
_MOST_LABELS = 4
_SHORT, _LONG = 24, 90

NAMES = (
    "examples",
    "examples answered by a few labels",
    "examples answered shortly",
    "examples answered at length",
    "examples answered by numbers",
    "examples answered in another language",
    "examples answered by fields",
    "examples answered by code",
    "examples answered by about as much",
)
_EXAMPLES, _LABELS, _SHORTLY, _LENGTH, _NUMBERS, _FOREIGN, _FIELDS, _CODE, _ALIKE = range(len(NAMES))
_FIELDED = re.compile(r"^[\[{]|[\w\"']\s?[:=|;]\s?\S")
_CODED = re.compile(r"[(){};\\\[\]^$]|\b(?:SELECT|FROM|def|awk|sed)\b")


def examples(text: str) -> list[tuple[str, str]]:
    """What comes in and what comes out in each example of a prompt that has two or more, in order."""
    if "\n" not in text:
        return []
    found: list[tuple[str, str]] = _ARROW.findall(text) if any(arrow in text for arrow in _ARROWS) else []
    if not found and text.endswith("="):
        found = _EQUALS.findall(text)
    answered = [(asked, answer.strip()) for asked, answer in found if answer.strip()]
    return answered if len(answered) >= _LEAST else _labelled(text)


def answers(text: str) -> list[int]:
    """The places in NAMES that hold for the examples of a prompt."""
    pairs = examples(text)
    if not pairs:
        return []
    given = [answer for _, answer in pairs]
    looks = [place for place, holds in enumerate(_looks(pairs, given), start=_LABELS) if holds]
    return [_EXAMPLES, *looks]


def _looks(pairs: list[tuple[str, str]], given: list[str]) -> tuple[bool, ...]:
    """What holds for most of the answers, in the order of NAMES behind the first."""
    usual = sorted(map(len, given))[len(given) // 2]
    asked = sorted(len(question) for question, _ in pairs)[len(pairs) // 2]
    spoken = language(" ".join(given))
    numbers = sum(answer[:1].isdigit() and len(answer) < _SHORT for answer in given)
    return (
        usual <= _SHORT and (len(set(given)) < len(given) or all(map(_label_like, given))),
        usual <= _SHORT,
        usual > _LONG,
        2 * numbers > len(given),
        spoken not in (UNDETERMINED, language(" ".join(question for question, _ in pairs))),
        2 * sum(bool(_FIELDED.search(answer)) for answer in given) > len(given),
        2 * sum(bool(_CODED.search(answer)) for answer in given) > len(given),
        asked <= 2 * usual <= 4 * asked and usual > _SHORT,
    )


def _label_like(answer: str) -> bool:
    """Whether an answer looks like a name of a class."""
    return answer.isupper() or ("_" in answer and " " not in answer)


def _labelled(text: str) -> list[tuple[str, str]]:
    """Examples as labelled lines in turns: what the second label gives for the first."""
    lines = _LABELLED.findall(text)
    often = Counter(label for label, _ in lines)
    labels = [label for label, times in often.items() if times >= _LEAST]
    if not _LEAST <= len(labels) <= _MOST_LABELS:
        return []
    first, last = labels[0], labels[-1]
    asked = [said for label, said in lines if label == first]
    given = [said.strip() for label, said in lines if label == last]
    pairs = [(question, answer) for question, answer in zip(asked, given, strict=False) if answer]
    return pairs if len(pairs) >= _LEAST else []
