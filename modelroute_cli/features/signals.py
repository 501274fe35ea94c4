"""Signals: what the classifier's linear model sees of a request, as numbered features with values.

First come the named signals (cues by zone, pairs of cues, shape), each 0 or 1; after them the hashed words and word
pairs of each zone, each zone of length one. Numbers are stable for one vocabulary; `digest()` tells vocabularies apart.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations, islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.features import examples, shape, tongues
from modelroute_cli.features.cues import Cue, concepts
from modelroute_cli.features.reading import BODY, HEAD, MIDDLE, SYSTEM, Reading
from modelroute_cli.features.sentences import ZONES

_THINGS = (
    "headline",
    "email",
    "copywriting",
    "creative",
    "code",
    "chore",
    "picture",
    "summarize",
    "translate",
    "reason",
)
_WRITE_REACH = 7  # words
HASHED: Final = 1 << 15
_PLACES = {
    "system": "in the system message",
    "head": "at the beginning",
    "tail": "at the end",
    "middle": "in the middle",
    "body": "in the material",
}

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Signals:
    """Features of a block: entry i says that row `rows[i]` has feature `ids[i]` with `values[i]`; rows ascend."""

    rows: Ints
    ids: Ints
    values: Floats
    count: int  # of requests


@cache
def names() -> tuple[str, ...]:
    """What each named signal says, in order."""
    return (
        *(f"`{concept}` {_PLACES[zone]}" for zone in ZONES for concept in concepts()),
        *(f"`{concept}` negated" for concept in concepts()),
        *(f"`{concept}` first" for concept in concepts()),
        *(f"`{concept}` last" for concept in concepts()),
        *(f"`{concept}` as the first word" for concept in concepts()),
        *(f"`{concept}` as what to make" for concept in concepts()),
        *(f"`{concept}` as the only thing to make" for concept in concepts()),
        *(f"`{one}` with `{other}`" for one, other in combinations(concepts(), 2)),
        *shape.NAMES,
        *examples.NAMES,
        *tongues.NAMES,
    )


@cache
def digest() -> str:
    """Tells whether weights were trained for these very signals."""
    return hashlib.sha256("\n".join((*names(), str(HASHED))).encode()).hexdigest()[:16]


def signals(readings: Sequence[Reading], named_scale: float = 1.0) -> Signals:
    """The signals of a block of requests, in order; named ones have the value `named_scale`."""
    named = _named([_cue_ids(each) + _shape_ids(each) for each in readings], named_scale)
    return _merged(named, _hashed(readings), len(readings))


@cache
def _offsets() -> tuple[int, ...]:
    """Where negated, first, last, pairs, shape and hashed signals begin."""
    size = len(concepts())
    starts = [size * (len(ZONES) + step) for step in range(7)]
    return (*starts, starts[6] + size * (size - 1) // 2, len(names()))


def _shape_ids(reading: Reading) -> list[int]:
    """The named signals of how the request looks, what its examples answer, and its languages."""
    start = _offsets()[7]
    shown = start + len(shape.NAMES)
    spoken = shown + len(examples.NAMES)
    return [
        *[start + place for place in shape.shape(reading.request, reading.zones)],
        *[shown + place for place in examples.answers(reading.zones.text)],
        *[spoken + place for place in tongues.tongues(reading)],
    ]


def _cue_ids(reading: Reading) -> list[int]:
    """The named signals that the cues of the four zones make."""
    size = len(concepts())
    negated, first, last, opening, made, only, *_ = _offsets()
    zones = [part.cues for part in reading.parts]
    told = [cue for zone in zones[:MIDDLE] for cue in zone]
    asked = [cue.concept for cue in told if not cue.negated]
    ids = {place * size + cue.concept for place, zone in enumerate(zones) for cue in zone if not cue.negated}
    ids |= {negated + cue.concept for cue in told if cue.negated}
    ids |= {last + concept for concept in asked[-1:]}
    ids |= {first + cue.concept for cue in islice((cue for cue in zones[HEAD] if not cue.negated), 1)}
    ids |= {opening + cue.concept for cue in zones[HEAD] if cue.place == 0}
    to_make = {concept for zone in zones[HEAD:BODY] for concept in _made(zone)}
    ids |= {made + concept for concept in to_make.union(_made(zones[SYSTEM]))}
    ids |= {only + concept for concept in to_make if len(to_make) == 1}
    return sorted(ids) + _pair_ids(sorted(set(asked)))


def _made(cues: Sequence[Cue]) -> Iterator[int]:
    """The things that a zone asks to be written: one within reach behind each word for writing, else before it.

    A headline for a mail is a headline, copy for a mail is a mail, a summary of a mail is neither; else the nearest
    thing counts.
    """
    write, things = _things()
    named = [cue for cue in cues if cue.concept in things]
    if not named:
        return
    for verb in (cue for cue in cues if cue.concept == write and not cue.negated):
        near = [(cue.place - verb.place, cue.concept) for cue in named if cue.sentence == verb.sentence]
        behind = [concept for distance, concept in near if 0 <= distance <= _WRITE_REACH]
        before = [concept for distance, concept in reversed(near) if -_WRITE_REACH <= distance < 0]
        treated = [thing for thing in behind[:1] if thing in things[-3:-1]]
        yield from treated or [thing for thing in things[:2] if thing in behind][:1] or (behind or before)[:1]


@cache
def _things() -> tuple[int, tuple[int, ...]]:
    """The concept of writing, and those of what can be written."""
    return concepts().index("write"), tuple(map(concepts().index, _THINGS))


def _pair_ids(named: Sequence[int]) -> list[int]:
    """One number for each pair of concepts named in the instruction."""
    size = len(concepts())
    start = _offsets()[6]
    return [start + one * (2 * size - one - 1) // 2 + other - one - 1 for one, other in combinations(named, 2)]


def _named(ids: Sequence[Sequence[int]], scale: float) -> Signals:
    rows = np.repeat(np.arange(len(ids)), [len(each) for each in ids])
    flat = np.fromiter((number for each in ids for number in each), np.int64, len(rows))
    return Signals(rows, flat, np.full(len(rows), scale, np.float32), len(ids))


def _hashed(readings: Sequence[Reading]) -> Signals:
    """Words, beginnings and neighbouring words of every zone, each zone of length one."""
    zones = [part.words for each in readings for part in each.parts]
    place = np.repeat(np.arange(len(zones)), [len(zone) for zone in zones])
    said = list(chain.from_iterable(zones))
    whole = np.fromiter([word.whole for word in said], np.int64, len(said))
    stems = np.fromiter([word.stem for word in said], np.int64, len(said))
    beside = np.flatnonzero((place[1:] == place[:-1]) & (place[1:] % len(ZONES) != BODY))
    numbers = np.concatenate((whole, stems + 7919, stems[beside] * 31 + stems[beside + 1] * 17 + 104_729))
    places = np.concatenate((place, place, place[beside]))
    values = (1 / np.sqrt(np.bincount(places, minlength=1)[places])).astype(np.float32)
    mixed = (numbers + (places % len(ZONES)) * 15_485_863) * 2_654_435_761 >> 7
    return Signals(places // len(ZONES), _offsets()[8] + mixed % HASHED, values, len(readings))


def _merged(named: Signals, hashed: Signals, count: int) -> Signals:
    rows = np.concatenate((named.rows, hashed.rows))
    order = np.argsort(rows, kind="stable")
    ids = np.concatenate((named.ids, hashed.ids))[order]
    return Signals(rows[order], ids, np.concatenate((named.values, hashed.values))[order], count)
