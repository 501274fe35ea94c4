"""Skeletons: the constant segments of a pattern around its varying fields, and what a text has in the fields."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import groupby, zip_longest

from modelroute_cli.features.grouping import Group
from modelroute_cli.features.prompt_text import Context
from modelroute_cli.features.refining import refined
from modelroute_cli.features.runs import SIZE, TOKEN, Mask, Runs, ends, spoken

_LEAST_WORDS = 3
_LEAST_CHARS = 10
_STRONG_CHARS = 24
_STRONG_INSIDE = 40
_WIDE = 4  # a character of these scripts says as much as so many letters
_CHECKED = 64  # members whose texts a skeleton must fit
_GAP = "\x1a"
_NAMED = 3  # runs in a name
_VARYING = "\x1f0123456789"  # a word that begins so is never constant


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """The constant parts of a pattern in order; equal only to itself."""

    context: Context
    prefix: str  # how the text begins; empty where a field begins it
    inner: tuple[str, ...]
    suffix: str  # how it ends; empty where a field ends it
    weight: int  # letters and digits that are constant
    name: str  # eight hexadecimal digits over the context and the least of the hashes of its runs
    anchor: str  # the longest constant part: a text without it does not fit

    @property
    def strong(self) -> bool:
        """Whether so much is constant, and where requests say what they want, that texts which fit ask for the same."""
        return self.bare or self.weight >= (_STRONG_CHARS if self.prefix or self.suffix else _STRONG_INSIDE)

    @property
    def bare(self) -> bool:
        """Whether nothing is constant but the context: the system message says it all."""
        return not self.anchor

    @property
    def constant(self) -> tuple[str, ...]:
        """All that is constant."""
        return (self.prefix, *self.inner, self.suffix)

    def fields(self, text: str) -> tuple[str, ...] | None:
        """What a text has between its constant parts, None when it does not fit; linear in the text."""
        prefix, suffix = self.prefix, self.suffix
        if not (text.startswith(prefix) and text.endswith(suffix)):
            return None
        place, stop, found = len(prefix), len(text) - len(suffix), []
        for segment in self.inner:
            start = text.find(segment, place, stop)
            if start < 0:
                return None
            found.append(text[place:start])
            place = start + len(segment)
        found.append(text[place:stop])
        return tuple(found) if place <= stop else None

    def fits(self, text: str) -> bool:
        """Whether a text has the constant parts, in order."""
        if not (text.startswith(self.prefix) and text.endswith(self.suffix)):
            return False
        place, stop = len(self.prefix), len(text) - len(self.suffix)
        for segment in self.inner:
            place = text.find(segment, place, stop)
            if place < 0:
                return False
            place += len(segment)
        return place <= stop

    def filled(self, fields: Sequence[str]) -> str:
        """The text with these fields: what `fields` took apart, put together again."""
        return "".join(map("".join, zip_longest((self.prefix, *self.inner), fields, fillvalue=""))) + self.suffix

    def gaps(self) -> list[str]:
        """Fields that hold a mark."""
        return [_GAP] * (len(self.inner) + 1)


def _weight(segments: Sequence[str]) -> int:
    return sum(_WIDE if letter > "\u2e80" else 1 for segment in segments for letter in segment if letter.isalnum())


def skeleton(context: Context, texts: Sequence[str], said: Runs, group: Group) -> Skeleton | None:
    """The skeleton of a group of `texts`, whose runs are `said`; None when too little of it is constant."""
    places = sorted(group.members.tolist(), key=lambda place: (len(texts[place]), texts[place]))
    whole, checked = texts[places[0]], [texts[place] for place in places[:: max(1, len(places) // _CHECKED)]]
    words = spoken(whole)
    covered = _covered(said, places[0], len(words), group.constant)
    made = _of_segments(list(_segments(whole, covered)), checked)
    if not _telling(made):
        return None
    weight, name, anchor = _weight(made), _name(context, words, covered), max(made, key=len)
    if not (made[0] or made[-1]) and _weight([anchor]) < _STRONG_CHARS:
        return None  # words that happen to stand inside many texts
    found = Skeleton(context, made[0], tuple(made[1:-1]), made[-1], weight, name, anchor)
    return replace(found, inner=refined(found.inner, [found.fields(text) for text in checked]))


def bare(context: Context) -> Skeleton:
    """The skeleton of a context whose texts are material and nothing else."""
    return Skeleton(context, "", (), "", 0, _name(context, (), ()), "")


def _of_segments(segments: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Of the constant segments of the first text how all texts begin, what they have inside, and how they end.

    Inside, segments that are marks only are left out: material has such, too.
    """
    first, *others = segments or [""]
    begins = _end(first, texts, str.startswith)
    *inner, last = others or [first[len(begins) :]]
    bodies = [text[len(begins) :] for text in texts]
    closes = _end(last, bodies, str.endswith)
    found = [first[len(begins) :], *inner] if others else []
    kept = [each for each in (*found, last[: len(last) - len(closes)]) if any(map(str.isalpha, each))]
    return [begins, *_in_all(kept, [body[: len(body) - len(closes)] for body in bodies]), closes]


def _end(segment: str, texts: Sequence[str], stands: Callable[[str, str], bool]) -> str:
    """As much of a segment, in whole words, as stands at this end of every text."""
    spans = [found.span() for found in TOKEN.finditer(segment)]
    at_end = stands("ab", "b")
    parts = [segment[start:] if at_end else segment[:end] for start, end in spans]
    ordered: list[str] = ["", *(reversed(parts) if at_end else parts)]
    most = bisect_left(ordered, 1, key=lambda part: not all(stands(text, part) for text in texts))
    return ordered[most - 1]


def _telling(segments: Sequence[str]) -> bool:
    """Whether enough is constant to be a pattern."""
    words = sum(len(TOKEN.findall(segment)) for segment in segments)
    return words >= _LEAST_WORDS and _weight(segments) >= _LEAST_CHARS


def _covered(said: Runs, text: int, words: int, constant: Mask) -> list[bool]:
    """For each word of a text whether a constant run covers it."""
    covered = [False] * words
    for place, run in enumerate(said.of(text).tolist()):
        if run >= 0 and constant[run]:
            covered[place : place + SIZE] = [True] * SIZE
    return covered


def _segments(text: str, covered: Sequence[bool]) -> Iterator[str]:
    """The parts of a text that are made of constant words; a number is never constant."""
    read = ends(text)
    spans = [found.span() for found in TOKEN.finditer(read)]
    marked = zip(spans, covered[2:-2], strict=True)
    for fixed, part in groupby(marked, key=lambda each: each[1] and read[each[0][0]] not in _VARYING):
        places = list(part)
        if fixed:
            yield read[places[0][0][0] : places[-1][0][1]]


def _in_all(segments: Iterable[str], texts: Sequence[str]) -> list[str]:
    """The segments that each text has, in this order; of those that not all have the parts that all have."""
    kept: list[str] = []
    reached = [0] * len(texts)
    for segment in segments:
        for part in [segment] if _everywhere(segment, texts, reached) else _common(segment, texts, reached):
            if _everywhere(part, texts, reached):
                kept.append(part)
                reached = [text.find(part, start) + len(part) for text, start in zip(texts, reached, strict=True)]
    return kept


def _everywhere(segment: str, texts: Sequence[str], reached: Sequence[int]) -> bool:
    return all(text.find(segment, start) >= 0 for text, start in zip(texts, reached, strict=True))


def _common(segment: str, texts: Sequence[str], reached: Sequence[int]) -> Iterator[str]:
    """The longest beginning of a segment that all texts have, and the longest end."""
    ends = [found.end() for found in TOKEN.finditer(segment)]
    head = bisect_left(ends, 1, key=lambda end: not _everywhere(segment[:end], texts, reached))
    if head:
        yield segment[: ends[head - 1]]
    starts = [found.start() for found in TOKEN.finditer(segment)][head:]
    tail = bisect_left(starts, 1, key=lambda start: _everywhere(segment[start:], texts, reached))
    if tail < len(starts):
        yield segment[starts[tail] :]


def _name(context: Context, words: Sequence[str], covered: Sequence[bool]) -> str:
    """A name that survives the loss of most single runs: over the few with the least hashes."""
    constant = (
        "\x1f".join(words[place : place + SIZE])
        for place in range(len(words) - SIZE + 1)
        if all(covered[place : place + SIZE])
    )
    hashes = sorted({blake2b(run.encode("utf-8", "replace"), digest_size=8).digest() for run in constant})
    said = "\x1f".join((context.system, context.output, str(context.images), context.given or ""))
    return blake2b(said.encode("utf-8", "replace") + b"".join(hashes[:_NAMED]), digest_size=4).hexdigest()
