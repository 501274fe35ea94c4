"""Signals: what the classifier's linear model sees of a request, as numbered features with values.

First come the named signals (cues by zone, pairs of cues, shape), each 0 or 1; after them the hashed words and word
pairs of each zone, each zone of length one. Numbers are stable for one vocabulary; `digest()` tells vocabularies apart.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from modelroute_cli.base.schema import Request
from modelroute_cli.features import shape
from modelroute_cli.features.cues import NEGATION, Cue, find_cues, vocabulary
from modelroute_cli.features.words import UNSPACED, WORD, fold
from modelroute_cli.features.zones import Zones, zones

HASHED: Final = 1 << 15
_ZONES = ("system", "head", "tail", "body")
_PLACES = {
    "system": "in the system message",
    "head": "at the beginning",
    "tail": "at the end",
    "body": "in the material",
}
_STEM = 5
_HEAD, _BODY = 1, 3
_MEMO_WORDS = 200_000

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
    concepts = vocabulary().concepts
    return (
        *(f"`{concept}` {_PLACES[zone]}" for zone in _ZONES for concept in concepts),
        *(f"`{concept}` negated" for concept in concepts),
        *(f"`{concept}` first" for concept in concepts),
        *(f"`{concept}` last" for concept in concepts),
        *(f"`{one}` with `{other}`" for one, other in combinations(concepts, 2)),
        *shape.NAMES,
    )


@cache
def digest() -> str:
    """Tells whether weights were trained for these very signals."""
    return hashlib.sha256("\n".join((*names(), str(HASHED))).encode()).hexdigest()[:16]


def signals(requests: Sequence[Request], named_scale: float = 1.0) -> Signals:
    """The signals of a block of requests, in order; named ones have the value `named_scale`."""
    read = [_read(request) for request in requests]
    named = _named([each.named for each in read], named_scale)
    hashed = _hashed([each.hashes for each in read])
    return _merged(named, hashed, len(requests))


@dataclass(frozen=True, slots=True)
class _Hashes:
    """The words of one zone as hashes: whole, and their beginnings."""

    whole: tuple[int, ...]
    stems: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One request as signals see it."""

    named: list[int]
    hashes: list[_Hashes]  # by zone


def _read(request: Request) -> _Reading:
    parts = zones(request)
    texts = (parts.system, parts.head, parts.tail, parts.body)
    words = [_words(text) for text in texts]
    cues = [find_cues(text, found) for text, found in zip(texts, words, strict=True)]
    hashes = [_hashes(text, found) for text, found in zip(texts, words, strict=True)]
    return _Reading(_cue_ids(cues) + _shape_ids(request, parts), hashes)


def _words(text: str) -> list[str]:
    return list(map(fold, WORD.findall(text)))


@cache
def _offsets() -> tuple[int, ...]:
    """Where negated, first, last, pairs, shape and hashed signals begin."""
    size = len(vocabulary().concepts)
    starts = [size * (len(_ZONES) + step) for step in range(4)]
    return (*starts, starts[3] + size * (size - 1) // 2, len(names()))


def _shape_ids(request: Request, parts: Zones) -> list[int]:
    start = _offsets()[4]
    return [start + place for place in shape.shape(request, parts)]


def _cue_ids(cues: Sequence[Sequence[Cue]]) -> list[int]:
    """The named signals that the cues of the four zones make."""
    size = len(vocabulary().concepts)
    negated, first, last, _, _, _ = _offsets()
    told = [cue for zone in cues[:_BODY] for cue in zone]
    asked = [cue.concept for cue in told if not cue.negated and cue.concept != vocabulary().concepts.index(NEGATION)]
    ids = {place * size + cue.concept for place, zone in enumerate(cues) for cue in zone if not cue.negated}
    ids |= {negated + cue.concept for cue in told if cue.negated}
    ids |= {first + concept for concept in _outer(cues[_HEAD], 0)} | {last + concept for concept in asked[-1:]}
    return sorted(ids) + _pair_ids(sorted(set(asked)))


def _outer(cues: Sequence[Cue], place: int) -> list[int]:
    """The first concept of a zone, if any."""
    return [cue.concept for cue in cues if not cue.negated][place : place + 1]


def _pair_ids(concepts: Sequence[int]) -> list[int]:
    """One number for each pair of concepts named in the instruction."""
    size = len(vocabulary().concepts)
    start = _offsets()[3]
    return [start + one * (2 * size - one - 1) // 2 + other - one - 1 for one, other in combinations(concepts, 2)]


_memo: dict[str, int] = {}


def _hash(word: str) -> int:
    """A stable 32-bit hash; all numbers are one word."""
    known = _memo.get(word)
    if known is None:
        if len(_memo) >= _MEMO_WORDS:
            _memo.clear()
        known = _memo[word] = crc32(b"0" if word.isdigit() else word.encode("utf-8", "replace"))
    return known


def _hashes(text: str, words: Sequence[str]) -> _Hashes:
    """The hashes of a zone: words, and in unspaced scripts every two neighbouring characters."""
    units = list(words)
    runs = UNSPACED.findall(text)
    if runs:
        units = [word for word in words if not UNSPACED.match(word)]
        units += [run[place : place + 2] for run in runs for place in range(len(run))]
    return _Hashes(tuple(map(_hash, units)), tuple([_hash(unit[:_STEM]) for unit in units]))


def _named(ids: Sequence[Sequence[int]], scale: float) -> Signals:
    rows = np.repeat(np.arange(len(ids)), [len(each) for each in ids])
    flat = np.fromiter((number for each in ids for number in each), np.int64, len(rows))
    return Signals(rows, flat, np.full(len(rows), scale, np.float32), len(ids))


def _hashed(read: Sequence[Sequence[_Hashes]]) -> Signals:
    """Words, beginnings and neighbouring words of every zone, each zone of length one."""
    zone_sizes = [len(zone.whole) for each in read for zone in each]
    place = np.repeat(np.arange(len(zone_sizes)), zone_sizes)
    whole = np.fromiter((number for each in read for zone in each for number in zone.whole), np.int64, len(place))
    stems = np.fromiter((number for each in read for zone in each for number in zone.stems), np.int64, len(place))
    beside = np.flatnonzero((place[1:] == place[:-1]) & (place[1:] % len(_ZONES) != _BODY))
    pairs = stems[beside] * 31 + stems[beside + 1] * 17
    numbers = np.concatenate((whole, stems + 7919, pairs + 104_729))
    places = np.concatenate((place, place, place[beside]))
    order = np.argsort(places, kind="stable")
    places, numbers = places[order], numbers[order]
    per_zone = np.bincount(places, minlength=len(zone_sizes))
    values = (1 / np.sqrt(per_zone[places])).astype(np.float32)
    mixed = (numbers + (places % len(_ZONES)) * 15_485_863) * 2_654_435_761 >> 7
    return Signals(places // len(_ZONES), _offsets()[5] + mixed % HASHED, values, len(read))


def _merged(named: Signals, hashed: Signals, count: int) -> Signals:
    rows = np.concatenate((named.rows, hashed.rows))
    order = np.argsort(rows, kind="stable")
    ids = np.concatenate((named.ids, hashed.ids))[order]
    return Signals(rows[order], ids, np.concatenate((named.values, hashed.values))[order], count)
