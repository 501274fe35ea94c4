"""Skeletons: the constant segments of a pattern around its varying fields, and which skeleton a text fits."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import groupby

from modelroute_cli.features.grouping import TOKEN, Group, Run, ends, runs
from modelroute_cli.features.prompt_text import Context

MOST_SKELETONS = 4_096
_LEAST_WORDS = 3
_LEAST_CHARS = 10
_STRONG_CHARS = 24
_WIDE = 4  # a character of these scripts says as much as so many letters
_PROBE_CHARS = 10
_MOST_LOOSE = 64  # skeletons that neither begin nor end with a constant: each is tried
_CHECKED = 64  # members whose texts a skeleton must fit
_SAME = 0.85  # of the runs of the smaller of two skeletons make them one
_NAMED = 3  # runs in a name


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """The constant parts of a pattern in order; equal only to itself."""

    context: Context
    segments: tuple[str, ...]
    begins: bool  # whether the first segment begins the text
    ends: bool  # whether the last one ends it
    constant: frozenset[Run]
    weight: int  # letters and digits that are constant
    name: str = ""  # eight hexadecimal digits, given when it is kept

    @property
    def strong(self) -> bool:
        """Whether so much is constant, and where requests say what they want, that texts which fit ask for the same."""
        return (self.begins or self.ends) and self.weight >= _STRONG_CHARS

    def fields(self, text: str) -> tuple[str, ...] | None:
        """What a text has between the segments, None when it does not fit; linear in the text."""
        first, last = self.segments[0], self.segments[-1]
        if (self.begins and not text.startswith(first)) or (self.ends and not text.endswith(last)):
            return None
        found, place, stop = [], 0, len(text) - len(last) if self.ends else len(text)
        for segment in self.segments[: -1 if self.ends else None]:
            start = text.find(segment, place, stop)
            if start < 0:
                return None
            found.append(text[place:start])
            place = start + len(segment)
        return (*found, text[place:stop]) if place <= stop else None


def _weight(segments: Sequence[str]) -> int:
    return sum(_WIDE if letter > "\u2e80" else 1 for segment in segments for letter in segment if letter.isalnum())


def skeleton(context: Context, texts: Sequence[str], group: Group) -> Skeleton | None:
    """The skeleton of a group of `texts`; None when too little of it is constant."""
    members = sorted((texts[place] for place in group.members), key=lambda text: (len(text), text))
    segments = list(_segments(members[0], group.constant))
    checked = members[:: max(1, len(members) // _CHECKED)]
    whole = members[0]
    begins = bool(segments) and all(text.startswith(segments[0]) for text in checked)
    closes = bool(segments) and whole.endswith(segments[-1]) and all(text.endswith(segments[-1]) for text in checked)
    kept = _in_all(segments, checked)
    words = sum(len(TOKEN.findall(segment)) for segment in kept)
    if words < _LEAST_WORDS or _weight(kept) < _LEAST_CHARS:
        return None
    begins, closes = begins and kept[0] == segments[0], closes and kept[-1] == segments[-1]
    if not (begins or closes) and max(_weight([segment]) for segment in kept) < _STRONG_CHARS:
        return None  # words that happen to stand inside many texts
    if len(kept) == 1 and begins and closes and any(text != kept[0] for text in checked):
        closes = False
    return Skeleton(context, tuple(kept), begins, closes, group.constant, _weight(kept))


def _segments(text: str, constant: frozenset[Run]) -> Iterator[str]:
    """The parts of a text that are made of constant runs; a number is never constant."""
    read = ends(text)
    spans = [found.span() for found in TOKEN.finditer(read)]
    covered = [False] * (len(spans) + 4)
    for place, run in enumerate(runs(text)):
        if run in constant:
            covered[place : place + 4] = [True] * 4
    marked = zip(spans, covered[2:-2], strict=True)
    for fixed, part in groupby(marked, key=lambda each: each[1] and read[each[0][0]] not in "\x1f0123456789"):
        places = list(part)
        if fixed:
            yield read[places[0][0][0] : places[-1][0][1]]


def _in_all(segments: Sequence[str], texts: Sequence[str]) -> list[str]:
    """The segments that each text has, in this order."""
    kept: list[str] = []
    reached = [0] * len(texts)
    for segment in segments:
        places = [text.find(segment, start) for text, start in zip(texts, reached, strict=True)]
        if min(places) >= 0:
            kept.append(segment)
            reached = [place + len(segment) for place in places]
    return kept


def _names(found: Skeleton) -> Iterator[str]:
    """Names for a skeleton, best first: a hash over its context and the least of the hashes of its runs.

    Few runs are named, so that a name survives the loss of most single ones; more where another has the name.
    """
    context = found.context
    said = "\x1f".join((context.system, context.output, str(context.images))).encode("utf-8", "replace")
    hashes = sorted(
        blake2b("\x1f".join(run).encode("utf-8", "replace"), digest_size=8).digest() for run in found.constant
    )
    for count in range(_NAMED, len(hashes) + _NAMED):
        yield blake2b(said + b"".join(hashes[:count]), digest_size=4).hexdigest()


class Skeletons:
    """The skeletons of one job, the least recently met given up beyond `most`."""

    def __init__(self, most: int = MOST_SKELETONS) -> None:
        self._most = most
        self._known: OrderedDict[Skeleton, None] = OrderedDict()
        self._probes: dict[tuple[object, ...], list[Skeleton]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def find(self, context: Context, text: str) -> tuple[Skeleton, tuple[str, ...]] | None:
        """The skeleton with most constant text that a text fits, and its fields."""
        for probe in ((context, 0, text[:_PROBE_CHARS]), (context, 1, text[-_PROBE_CHARS:]), (context, 2)):
            for known in self._probes.get(probe, ()):
                fields = known.fields(text)
                if fields is not None:
                    self._known.move_to_end(known)
                    return known, fields
        return None

    def add(self, found: Skeleton) -> Skeleton:
        """Keep a skeleton, under the name of the one that it is a wording of, if any."""
        alike = next((known for known in self._known if _same(known, found)), None)
        taken = {known.name for known in self._known}
        found = replace(found, name=alike.name if alike else next(name for name in _names(found) if name not in taken))
        self._known[found] = None
        probed = self._probes.setdefault(_probe(found), [])
        probed.append(found)
        probed.sort(key=lambda each: (-each.weight, each.segments))
        while len(self._known) > self._most or len(probed) > _MOST_LOOSE:
            self._forget(probed[-1] if len(probed) > _MOST_LOOSE else next(iter(self._known)))
        return found

    def _forget(self, known: Skeleton) -> None:
        del self._known[known]
        probe = _probe(known)
        self._probes[probe].remove(known)
        if not self._probes[probe]:
            del self._probes[probe]


def _probe(known: Skeleton) -> tuple[object, ...]:
    """Where a text that fits looks."""
    if known.begins and len(known.segments[0]) >= _PROBE_CHARS:
        return (known.context, 0, known.segments[0][:_PROBE_CHARS])
    if known.ends and len(known.segments[-1]) >= _PROBE_CHARS:
        return (known.context, 1, known.segments[-1][-_PROBE_CHARS:])
    return (known.context, 2)


def _same(one: Skeleton, other: Skeleton) -> bool:
    shared = len(one.constant & other.constant) if one.context == other.context else 0
    return shared > _SAME * min(len(one.constant), len(other.constant))
