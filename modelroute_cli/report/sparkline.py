"""Numbers over time in a word of little bars, and the trail of such numbers that a display keeps."""

import time
from collections import deque
from collections.abc import Callable, Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-:=+*#"
"""For terminals whose encoding lacks blocks: the more ink, the more."""
_STEP_S = 2.0
_MOST = 24


def sparkline(values: Sequence[float], *, blocks: bool = True) -> str:
    """One sign a number, 0 the lowest and the highest of them the highest; empty without numbers. None below 0."""
    signs, most = BLOCKS if blocks else ASCII, max(values, default=0.0)
    if not most:
        return signs[0] * len(values)
    return "".join(signs[round(value / most * (len(signs) - 1))] for value in values)


class Trail:
    """The last numbers of something that is told now and then, one for each two seconds; at most 24 of them."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._values: deque[float] = deque(maxlen=_MOST)
        self._step = 0

    def add(self, value: float | None) -> None:
        """What it is now, in the place of what it was in the same two seconds; None is no number.

        Where nothing was told for some time, it was as before.
        """
        if value is None:
            return
        step = int(self._monotonic() / _STEP_S)
        missed = step - self._step if self._values else 1
        if missed:
            self._values.extend([self._values[-1]] * min(missed - 1, _MOST) if self._values else [])
            self._values.append(value)
        else:
            self._values[-1] = value
        self._step = step

    def drawn(self, *, blocks: bool = True) -> str:
        """All of them as little bars; empty before there are two."""
        return sparkline(self._values, blocks=blocks) if len(self._values) > 1 else ""
