"""Which templates of the past are which of today's: by name, else by what the name says of the texts alone.

A template is named by the task type and language that a vote of its requests gave, and by a hash of its constant words:
`question_answering-en-9194f779`. The words are the same in each batch; the vote may fall otherwise. What shares no
words is grouped anew in each batch (`question_answering-en~3`, pilot.groups): such a name means nothing in another one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

_OF_A_BATCH = "~"


def known_as(asked: frozenset[str], stored: Iterable[str]) -> Mapping[str, str]:
    """The name that each stored template has today, for those that are asked for.

    A stored name that nobody asks for stands for the one asked name that differs from it in the task type alone, if
    that is not stored itself; between two such names nothing is guessed.
    """
    names = frozenset(name for name in stored if lasts(name))
    same = {name: name for name in names & asked}
    missing = asked - names
    counts = Counter(map(_words, missing))
    today = {_words(name): name for name in missing if _words(name) and counts[_words(name)] == 1}
    return same | {name: today[_words(name)] for name in names - asked if _words(name) in today}


def lasts(name: str) -> bool:
    """Whether a name means the same in every batch."""
    return _OF_A_BATCH not in name


def _words(name: str) -> str:
    """The name without its task type."""
    return name.partition("-")[2]
