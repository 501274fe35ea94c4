"""Groups of texts that were made from one pattern, by the runs of words that they share.

The runs of a pattern's constant parts stand in all of its texts, those of its fields in few. A text's anchor is the
run of most worth: shared by many texts, and together with many other runs; texts with one anchor are a group. Groups
that share no more than common boilerplate are parted once more by the anchors of what is left.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from modelroute_cli.features.runs import Ints, Mask, Runs

LEAST_TEXTS = 4  # of a group
_EDGE_RUNS = 9
_SHARED = 0.95  # of a group's texts have a run that is constant
_LEAST_OWN = 7  # runs: a value of three words makes six
_WEAK = 3  # runs: a group with fewer shares a common beginning and no pattern
_MOST_OWN = 80  # runs: more are material, not instruction
_PARTED = 0.8  # of a group's texts must find a part
_BEGINS, _ENDS = 4, 2  # how much more a run is worth there
_MOST_TOGETHER = 12
_DEPTH = 2
_AT_HOME = 0.7  # of the texts that have a run are of one group
_AT_EDGES = 0.8  # of its places are at the edges of texts
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Group:
    """Texts of one pattern, by their places in ascending order, and which runs nearly all of them have."""

    members: Ints
    constant: Mask  # by number of run


def groups(said: Runs) -> list[Group]:
    """The groups of at least LEAST_TEXTS texts; a text is in one group or in none."""
    told = said.only(said.run >= 0)
    if not len(told.run):
        return []
    pairs = told.once()
    totals = np.bincount(pairs.run, minlength=told.kinds)
    found = _anchored(told, _roaming(told, pairs, totals))
    return [part for group in found for part in _parted(told.among(group.members), group, totals, _DEPTH)]


def _anchored(said: Runs, known: Mask) -> Iterator[Group]:
    """Groups by anchor among those runs that are not `known`."""
    left = said.only(~known[said.run])
    if not len(left.run):
        return
    pairs = left.once()
    anchors = _anchors(left, _worth(pairs))
    placed = np.flatnonzero(anchors >= 0)
    order = placed[np.argsort(anchors[placed], kind="stable")]
    for members in np.split(order, np.flatnonzero(np.diff(anchors[order])) + 1):
        if len(members) >= LEAST_TEXTS:
            yield _group(said, members)


def _roaming(said: Runs, pairs: Runs, totals: Ints) -> Mask:
    """Runs inside texts of several patterns: sentences of the material."""
    anchors = _anchors(said, _worth(pairs))[pairs.text]
    spread = np.zeros(said.kinds, np.int64)
    both, counts = np.unique(pairs.run * (said.kinds + 1) + anchors + 1, return_counts=True)
    np.maximum.at(spread, both // (said.kinds + 1), counts)
    edges = np.bincount(said.run[_edge(said) > 1], minlength=said.kinds)
    inside = edges < _AT_EDGES * np.bincount(said.run, minlength=said.kinds)
    roaming: Mask = (spread < _AT_HOME * totals) & inside
    return roaming


def _worth(pairs: Runs) -> Ints:
    """The worth of each run that LEAST_TEXTS have: how many have it, times how many runs the very same texts have.

    The value of a field is in few runs, the constant parts of a pattern are in many that always come together.
    """
    counts = np.bincount(pairs.run, minlength=pairs.kinds)
    marks = np.zeros(pairs.kinds, np.uint64)
    np.bitwise_xor.at(marks, pairs.run, (pairs.text.astype(np.uint64) + np.uint64(1)) * _ODD)
    telling = np.flatnonzero(counts >= LEAST_TEXTS)
    _, same, sizes = np.unique(
        marks[telling] ^ (counts[telling].astype(np.uint64) << np.uint64(40)), return_inverse=True, return_counts=True
    )
    worth = np.zeros(pairs.kinds, np.int64)
    worth[telling] = counts[telling] * np.minimum(sizes[same], _MOST_TOGETHER)
    return worth


def _anchors(said: Runs, worth: Ints) -> Ints:
    """The run of most worth of each text, -1 for none; at the two ends, where people say what they want, it is more."""
    edge = _edge(said)
    weighed = worth[said.run] * edge
    order = np.lexsort((said.run, weighed, said.text))
    order = order[weighed[order] > 0]
    anchors = np.full(said.texts, -1, np.int64)
    anchors[said.text[order]] = said.run[order]  # the last of each text stays
    return anchors


def _edge(said: Runs) -> Ints:
    """How much more each run is worth where it stands."""
    sizes = np.bincount(said.text, minlength=said.texts)
    place = np.arange(len(said.text)) - (np.cumsum(sizes) - sizes)[said.text]
    return np.where(place < _EDGE_RUNS, _BEGINS, np.where(place >= sizes[said.text] - _EDGE_RUNS, _ENDS, 1))


def _group(said: Runs, members: Ints) -> Group:
    counts = np.bincount(said.among(members).once().run, minlength=said.kinds)
    return Group(members, counts >= _SHARED * len(members))


def _parted(said: Runs, group: Group, totals: Ints, depth: int) -> list[Group]:
    """The group's parts where nearly all of its texts have one with much of its own, else the group.

    What shares only a common beginning, as `Write a`, is parted as far as it goes. Texts in no part are in no group:
    their pattern is one that too few of them have shown yet. Runs that other groups have too make no part.
    """
    if len(group.members) < 2 * LEAST_TEXTS or not depth:
        return [group]
    weak = int(group.constant.sum()) < _WEAK
    least = 1 if weak else _LEAST_OWN
    counts = np.bincount(said.once().run, minlength=said.kinds)
    known = group.constant | (counts < _AT_HOME * totals)
    owned = ((part, int((part.constant & ~known).sum())) for part in _anchored(said, known))
    parts = [part for part, own in owned if least <= own <= _MOST_OWN]
    inside = sum(len(part.members) for part in parts)
    if not weak and (len(parts) < 2 or inside < _PARTED * len(group.members)):  # noqa: PLR2004 - one part is no parting
        return [group]
    return [
        each for part in parts for each in _parted(said.among(part.members), part, totals, depth if weak else depth - 1)
    ]
