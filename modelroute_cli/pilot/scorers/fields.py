"""How much of a JSON reference an answer gets right: the share of its values, however deep they stand.

Each value that holds no others counts once. Fields beside those that are expected are passed over; items beside those
of an expected list count as wrong values, since a list that is too long is no right list.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from modelroute_cli.execution.gates.labels import label_form
from modelroute_cli.pilot.scorers.numbers import Number

_MOST_SPARE = 100  # items of an answer that are compared with each item of a list in any order, beyond its length


@dataclass(frozen=True, slots=True)
class Tally:
    """Values that are right, of so many."""

    right: int
    of: int

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.right + other.right, self.of + other.of)

    @property
    def share(self) -> float:
        """The share that is right; 1 where nothing was expected."""
        return self.right / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """How values are compared: lists item by item in their order or each item with its best match; see `Number`."""

    any_order: bool = False
    tolerance: float | None = None

    def tally(self, found: object, wanted: object) -> Tally:
        """The values of `wanted` that `found` has; RecursionError for values nested too deeply."""
        if isinstance(wanted, dict) and wanted:
            fields = found if isinstance(found, dict) else {}
            return _total(self.tally(fields.get(name, _MISSING), value) for name, value in wanted.items())
        if isinstance(wanted, list) and wanted:
            items = found if isinstance(found, list) else []
            return (self._matched if self.any_order else self._in_order)(items, wanted)
        return Tally(int(_is_same(found, wanted, self.tolerance)), 1)

    def _in_order(self, found: Sequence[object], wanted: Sequence[object]) -> Tally:
        """Item by item; what is missing or too much is wrong."""
        common = min(len(found), len(wanted))
        matched = _total(self.tally(one, other) for one, other in zip(found[:common], wanted[:common], strict=True))
        return matched + _all_wrong(wanted[common:]) + Tally(0, len(found) - common)

    def _matched(self, found: Sequence[object], wanted: Sequence[object]) -> Tally:
        """Each item with one that is all right, else with the best left; what is missing or too much is wrong."""
        left = list(found[: len(wanted) + _MOST_SPARE])
        total, waiting = Tally(0, max(len(found) - len(wanted), 0)), []
        for item in wanted:
            taken = self._take(left, item, least=1.0)
            if taken is None:
                waiting.append(item)
            else:
                total += taken
        return total + _total(self._take(left, item) or Tally(0, values_in(item)) for item in waiting)

    def _take(self, left: list[object], item: object, least: float = 0.0) -> Tally | None:
        """Take out the best match of an item; None where none is left that has `least` of it."""
        best = self._best(left, item)
        if best is None or best.tally.share < least:
            return None
        del left[best.place]
        return best.tally

    def _best(self, left: Sequence[object], item: object) -> "_Match | None":
        """Which of those left has most of an item, the one of its own size among equals; None where none is left."""
        matches = (_Match(place, self.tally(other, item), values_in(other)) for place, other in enumerate(left))
        size = values_in(item)
        return max(matches, key=lambda match: (match.tally.share, -abs(match.size - size)), default=None)


@dataclass(frozen=True, slots=True)
class _Match:
    """An item of an answer beside one that is expected."""

    place: int
    tally: Tally
    size: int


_MISSING = object()


def _total(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally(0, 0))


def _all_wrong(items: Sequence[object]) -> Tally:
    """What is missing altogether: each of its values counts."""
    return _total(Tally(0, values_in(item)) for item in items)


def values_in(value: object) -> int:
    """How many values a JSON value holds; an empty list or object is one itself."""
    if isinstance(value, dict) and value:
        return sum(values_in(each) for each in value.values())
    return sum(values_in(each) for each in value) if isinstance(value, list) and value else 1


def _is_same(found: object, wanted: object, tolerance: float | None) -> bool:
    """Whether two values that hold no others are equal: numbers by value, texts as labels, 1 never true."""
    one, other = _number(found), _number(wanted)
    if one is not None and other is not None:
        return one.is_near(other, tolerance)
    if isinstance(found, str) and isinstance(wanted, str):
        return label_form(" ".join(found.split())) == label_form(" ".join(wanted.split()))
    return type(found) is type(wanted) and found == wanted


def _number(value: object) -> Number | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return Number((Decimal(repr(value)),))
