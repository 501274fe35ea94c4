"""From values to places in a picture, which are shares of its width: it stretches, its letters do not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_NICE = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight scale from `low` (0) to `high` (1); values outside of it stand at its ends."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """Where `value` stands, in [0,1]; 0 where the scale has no length."""
        if self.high <= self.low:
            return 0.0
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def across(self, value: float) -> str:
        """Where `value` stands, as SVG takes it: `37.25%`."""
        return percents(self.share(value))


def percents(share: float) -> str:
    """`37.25%`, with as few signs as it takes."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def short(number: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{number:.1f}".removesuffix(".0")


def covering(values: Sequence[float], room: float = 0.08) -> Scale:
    """A scale around all `values` with some room at both ends; around one value alone too."""
    low, high = min(values), max(values)
    more = (high - low) * room or max(abs(high), 1.0) * room
    return Scale(low - more, high + more)


def ticks(scale: Scale, most: int = 5) -> tuple[float, ...]:
    """Round values (1, 2 or 5 times a power of ten apart) inside the scale, about `most` of them, ascending."""
    if scale.high <= scale.low:
        return ()
    step = _step((scale.high - scale.low) / most)
    first, last = math.ceil(scale.low / step), math.floor(scale.high / step)
    return tuple(step * at for at in range(first, last + 1))


def _step(least: float) -> float:
    """The smallest round step that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next((power * nice for nice in _NICE if power * nice >= least), power * _NICE[-1])
