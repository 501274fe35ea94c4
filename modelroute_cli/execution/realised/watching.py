"""Which model got worse on which template: one stream of values each, and one chance of a false alarm for all. Pure.

A measured plan counts on a bound of each cell, so that is the bar. Where nothing was measured by the same scorer, the
first values of the stream are the reference: the bar is what their mean surely lies above, and at least a margin below
what was seen of it. The chance
ALPHA of any false alarm in a run is shared out: to the cells that the plan has, by their requests, and a tenth of it to
those that come up later, which add up to no more (union bound; a cell with a reference spends half of its share on it).
It holds where what is sent later is as hard as what was sent first. In a file that is sorted by difficulty it is not:
of 59 models on one recorded set, 24 would have been told of in file order, and none in any order by chance.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from modelroute_cli.execution.realised.betting import LOWEST_BAR, Since, Watched, surely_above

ALPHA = 0.05
"""The chance that a run without any fall has an alarm."""

MARGIN = 0.05
"""Below the reference by less than this is no fall: what is sent first differs from what is sent last, too."""

LEAST_VALUES = 80
"""Of a stream: fewer say too little to be worth a reference."""

_REFERENCE_SHARE = 8  # one in so many values of a stream
_REFERENCE = (40, 400)
_LATER_SHARE = 0.1


class Place(NamedTuple):
    """A model on the requests of a template."""

    template: str
    model: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What the plan counts on for a stream: its mean there, and what it may not fall below; both in [0,1]."""

    mean: float
    least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A stream that fell below its bar: what was expected of it, and what was seen since.

    Both are qualities in [0,1], or with `versus` how much better than that model's they are, in [-1,1].
    """

    place: Place
    expected: float
    seen: float
    answers: int  # since the fall seems to have begun
    before: int  # that came earlier
    versus: str = ""


@dataclass(slots=True)
class _Stream:
    """One place: its reference while that is gathered, then its bets."""

    alpha: float
    horizon: int
    expected: float = 0.0
    watched: Watched | None = None
    first: list[float] = field(default_factory=list)
    values: int = 0

    @property
    def reference(self) -> int:
        """How many first values the bar is made of."""
        low, high = _REFERENCE
        return min(max(self.horizon // _REFERENCE_SHARE, low), high)


class Watch:
    """The streams of a run; `planned` is how many values each place is expected to give, `bars` what is counted on.

    A place without a bar has a reference; one whose bar is so low that nothing is left to fall is not watched.
    """

    def __init__(self, planned: Mapping[Place, int], bars: Mapping[Place, Bar], alpha: float = ALPHA) -> None:
        known = {place: count for place, count in planned.items() if place in bars or count >= LEAST_VALUES}
        total = sum(known.values())
        self._bars = bars
        self._later = alpha * _LATER_SHARE
        self._came = 0
        self._over: set[Place] = set()
        own = alpha * (1.0 - _LATER_SHARE)
        self._streams = {place: self._stream(place, own * count / total, count) for place, count in known.items()}

    def __len__(self) -> int:
        return len(self._streams)

    def observe(self, place: Place, value: float) -> Fall | None:
        """One value more, in [0,1]; a fall is told once, and the place is watched no more."""
        stream = self._streams.get(place)
        if stream is None:
            return None
        stream.values += 1
        if stream.watched is None:
            self._gather(place, stream, value)
            return None
        stream.watched.observe(value)
        return self._fallen(place, stream) if stream.watched.money * stream.alpha >= 1.0 else None

    def expect(self, place: Place, count: int) -> None:
        """Watch a place that the plan did not have: `count` requests were moved there."""
        if place in self._streams or place in self._over or (place not in self._bars and count < LEAST_VALUES):
            return
        self._came += 1
        share = self._later / (self._came * (self._came + 1))
        self._streams[place] = self._stream(place, share, count)

    def leave(self, place: Place) -> None:
        """Watch a place no more."""
        self._over.add(place)
        self._streams.pop(place, None)

    def _stream(self, place: Place, alpha: float, horizon: int) -> _Stream:
        bar = self._bars.get(place)
        if bar is None:
            return _Stream(alpha / 2, horizon)
        return _Stream(alpha, horizon, bar.mean, Watched(bar.least, horizon))

    def _gather(self, place: Place, stream: _Stream, value: float) -> None:
        """A value of the reference; with the last of them the bets begin."""
        stream.first.append(value)
        if len(stream.first) < stream.reference:
            return
        stream.expected = sum(stream.first) / len(stream.first)
        bar = min(surely_above(stream.first, stream.alpha), stream.expected - MARGIN)
        if bar <= LOWEST_BAR:
            self.leave(place)
        else:
            stream.watched = Watched(bar, max(stream.horizon - len(stream.first), 1))
        stream.first = []

    def _fallen(self, place: Place, stream: _Stream) -> Fall:
        assert stream.watched is not None  # noqa: S101 - the caller looked
        since: Since = stream.watched.since
        self.leave(place)
        return Fall(
            place=place,
            expected=stream.expected,
            seen=since.mean,
            answers=since.answers,
            before=stream.values - since.answers,
        )


Observe = Callable[[Place, float], None]
