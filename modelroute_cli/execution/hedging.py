"""When a slow request is worth asking once more: what its model usually takes, and how many of them may be. Pure."""

from bisect import bisect_left, insort
from collections import deque
from math import ceil

from modelroute_cli.catalog.settings import HedgeSettings

LEAST_ANSWERS = 20
_KEPT_ANSWERS = 200


class Latencies:
    """The seconds that the last answers of one model took."""

    def __init__(self) -> None:
        self._last: deque[float] = deque()
        self._sorted: list[float] = []

    def add(self, latency_s: float) -> None:
        """One more answer; beyond two hundred the oldest is forgotten."""
        self._last.append(latency_s)
        insort(self._sorted, latency_s)
        if len(self._last) > _KEPT_ANSWERS:
            del self._sorted[bisect_left(self._sorted, self._last.popleft())]

    def quantile(self, share: float) -> float | None:
        """The time within which at least `share` of them came; None below twenty answers."""
        if len(self._sorted) < LEAST_ANSWERS:
            return None
        return self._sorted[ceil(share * len(self._sorted)) - 1]


class Hedging:
    """What a run has seen of its models' times, and how many requests it asked twice."""

    def __init__(self, settings: HedgeSettings) -> None:
        self._settings = settings
        self._latencies: dict[str, Latencies] = {}
        self.sent = 0
        self.hedged = 0

    @property
    def is_on(self) -> bool:
        """Whether any request may be asked twice."""
        return self._settings.most > 0

    def observe(self, model: str, latency_s: float) -> None:
        """An answer came."""
        known = self._latencies.get(model)
        if known is None:
            known = self._latencies[model] = Latencies()
        known.add(latency_s)

    def after_s(self, model: str) -> float | None:
        """How long an attempt may take before it counts as slow; None while nobody can say."""
        if self._settings.after_s is not None:
            return self._settings.after_s
        known = self._latencies.get(model)
        usual_s = None if known is None else known.quantile(self._settings.quantile)
        return None if usual_s is None else self._settings.factor * usual_s

    @property
    def may(self) -> bool:
        """Whether one more request may be asked twice: no more than a share of those that were sent."""
        return self.hedged + 1 <= self._settings.most * self.sent
