"""The gate `labels`: an answer is one of the given labels, however models dress it up; its output is that label."""

import re
from collections.abc import Mapping
from functools import lru_cache

from modelroute_cli.execution.gates.subject import Read, Subject
from modelroute_cli.features.words import fold

_AROUND = " \t\r\n\"'`*_.,;:!?()[]{}<>«»„“”‚‘’「」『』。、！？：#"  # noqa: RUF001 - quotes of other languages
_NAMED = re.compile(r"\A[^\n:：=]{1,40}?\s*(?::|：|=|->|→)\s*(?=\S)")  # noqa: RUF001 - the colon of Chinese and Japanese
_BULLET = re.compile(r"\A\s*[-–—•]\s+")  # noqa: RUF001 - dashes are meant
_BLANKS = re.compile(r"(?<=\w)[\s_-]+(?=\w)")
_NO_WORD = re.compile(r"\W+")
_MOST_SHOWN = 60


def read_label(subject: Subject) -> Read:
    """The label that an answer is, as the request writes it."""
    labels = subject.rules.labels
    named = _named(subject.output, labels)
    if named is not None:
        return Read(named)
    shown = " ".join(subject.output.split())[:_MOST_SHOWN]
    return Read(subject.output, f"`{shown}` is none of {', '.join(f'`{label}`' for label in labels)}")


def _named(text: str, labels: tuple[str, ...]) -> str | None:
    """The label of a text: all of it, what follows its colon, or its first line where no other label comes after."""
    whole = _label(text, labels)
    if whole is not None:
        return whole
    first, _, rest = text.strip().partition("\n")
    label = _label(first, labels)
    return label if label is not None and not _others(rest, label, labels) else None


def _label(text: str, labels: tuple[str, ...]) -> str | None:
    """The label that a text is, or that follows its colon."""
    bare = text.strip()
    if bare in labels:
        return bare
    known = _by_form(labels)
    return known.get(label_form(bare)) or known.get(label_form(_NAMED.sub("", bare, count=1)))


def _others(text: str, label: str, labels: tuple[str, ...]) -> bool:
    """Whether another label stands in the text."""
    said = f" {_NO_WORD.sub(' ', fold(text))} "
    return any(f" {form} " in said for form, other in _by_form(labels).items() if other != label)


@lru_cache(maxsize=256)
def _by_form(labels: tuple[str, ...]) -> Mapping[str, str]:
    """Each label by what is compared of it; the first of those that are alike."""
    return {label_form(label): label for label in reversed(labels)}


def label_form(text: str) -> str:
    """A text without case, accents, a bullet, quotes and marks at its ends; as it is if nothing is left."""
    bare = _BLANKS.sub(" ", fold(_BULLET.sub("", text).strip(_AROUND)))
    return bare or text.strip()
