"""Groups of texts that were made from one pattern, by the runs of words that they share.

Every four neighbouring words make a run. The runs of a pattern's constant parts stand in all of its texts, those of
its fields in few. A text's anchor is the run of most worth: shared by many texts, and together with many other runs;
texts with one anchor are a group. Groups that share no more than common boilerplate are parted once more by
the anchors of what is left. Values of a field that are whole sentences cannot be told from patterns and part a group.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Run = tuple[str, str, str, str]

LEAST_TEXTS = 4  # of a group
_EDGE_RUNS = 9
_READ_CHARS = 240
_SHARED = 0.95  # of a group's texts have a run that is constant
_LEAST_OWN = 7  # runs: a value of three words makes six
_WEAK = 4  # runs: a group with fewer shares a common beginning and no pattern
_MOST_OWN = 80  # runs: more are material, not instruction
_PARTED = 0.8  # of a group's texts must find a part
_BEGINS, _ENDS = 4, 2
_MOST_TOGETHER = 12
_ODD, _MARKS = 0x9E3779B97F4A7C15, 2**61 - 1  # a hash of small numbers
_SEAM = "\x1f"
_PAD = ("\x02", "\x02")
_END = ("\x03", "\x03")
TOKEN = re.compile(r"[\u2e80-\ud7ff\uf900-\ufaff\uff66-\uff9f]|[^\W\d_]+|\d+|[^\w\s]|[\x1e\x1f_]")


@dataclass(frozen=True, slots=True)
class Group:
    """Texts of one pattern, by their places, and the runs that nearly all of them have."""

    members: tuple[int, ...]
    constant: frozenset[Run]


def ends(text: str) -> str:
    """The text as it is read: its first and its last _READ_CHARS."""
    return text if len(text) <= 2 * _READ_CHARS else f"{text[:_READ_CHARS]}{_SEAM}{text[-_READ_CHARS:]}"


def runs(text: str) -> list[Run]:
    """The runs of a text, in order; all numbers are one word, and the text's two ends are words."""
    words = ["0" if word.isdigit() else word for word in TOKEN.findall(ends(text))]
    padded = [*_PAD, *words, *_END]
    return list(zip(padded, padded[1:], padded[2:], padded[3:], strict=False))


def groups(texts: Sequence[Sequence[Run]]) -> list[Group]:
    """The groups of at least LEAST_TEXTS texts, each given by its runs; a text is in one group or in none."""
    counts = Counter(run for said in texts for run in set(said))
    telling = {run for run, count in counts.items() if count >= LEAST_TEXTS}
    told = [[run for run in said if run in telling] for said in texts]
    return [part for group in _anchored(told, range(len(told)), frozenset()) for part in _parted(told, group)]


def _anchored(texts: Sequence[Sequence[Run]], members: Iterable[int], known: frozenset[Run]) -> list[Group]:
    """Groups by anchor among those runs that are not `known`."""
    left = {place: [run for run in texts[place] if run not in known] for place in members}
    worth = _worth(left)
    by_anchor: defaultdict[Run, list[int]] = defaultdict(list)
    for place, said in left.items():
        anchor = _anchor(said, worth)
        if anchor is not None:
            by_anchor[anchor].append(place)
    return [_group(texts, each) for each in by_anchor.values() if len(each) >= LEAST_TEXTS]


def _worth(texts: Mapping[int, Sequence[Run]]) -> dict[Run, int]:
    """The worth of each run that LEAST_TEXTS have: how many have it, times how many runs the very same texts have.

    The value of a field is in few runs, the constant parts of a pattern are in many that always come together.
    """
    counts = Counter(run for said in texts.values() for run in set(said))
    having: dict[Run, int] = {run: 0 for run, count in counts.items() if count >= LEAST_TEXTS}
    for place, said in texts.items():
        mark = place * _ODD % _MARKS
        for run in set(said):
            if run in having:
                having[run] ^= mark
    together = Counter((counts[run], mark) for run, mark in having.items())
    return {run: counts[run] * min(together[counts[run], mark], _MOST_TOGETHER) for run, mark in having.items()}


def _anchor(said: Sequence[Run], worth: Mapping[Run, int]) -> Run | None:
    """The run of most worth; at the two ends of a text, where people say what they want, it is worth more."""
    last = len(said) - _EDGE_RUNS
    weighed = [
        (worth[run] * (_BEGINS if place < _EDGE_RUNS else _ENDS if place >= last else 1), run)
        for place, run in enumerate(said)
        if run in worth
    ]
    return max(weighed)[1] if weighed else None


def _group(texts: Sequence[Sequence[Run]], members: Sequence[int]) -> Group:
    counts = Counter(run for place in members for run in set(texts[place]))
    least = _SHARED * len(members)
    return Group(tuple(members), frozenset(run for run, count in counts.items() if count >= least))


def _parted(texts: Sequence[Sequence[Run]], group: Group, depth: int = 2) -> list[Group]:
    """The group's parts where nearly all of its texts have one with much of its own, else the group.

    What shares only a common beginning, as `Write a`, is parted as far as it goes. Texts in no part are in no group:
    their pattern is one that too few of them have shown yet.
    """
    if len(group.members) < 2 * LEAST_TEXTS or not depth:
        return [group]
    weak = len(group.constant) < _WEAK
    least = 1 if weak else _LEAST_OWN
    found = _anchored(texts, group.members, group.constant)
    parts = [part for part in found if least <= len(part.constant - group.constant) <= _MOST_OWN]
    inside = {place for part in parts for place in part.members}
    if not weak and (len(parts) < 2 or len(inside) < _PARTED * len(group.members)):  # noqa: PLR2004 - one part is no parting
        return [group]
    return [each for part in parts for each in _parted(texts, part, depth if weak else depth - 1)]
