"""Models that get worse in the middle of a run, at a time or after so many requests; the fall can be repeated."""

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from modelroute_cli.catalog.hidden_quality import EmulatorDrift
from modelroute_cli.emulator.replay.draws import draw
from modelroute_cli.emulator.replay.hidden import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a request is answered, by both clocks, and the name of its bytes."""

    monotonic_s: float
    at: datetime
    digest: bytes


class Drifted(Struct, frozen=True, kw_only=True):
    """What became of one drift."""

    model: str
    template: str | None
    quality: float
    since: str | None  # ISO time of the first answer after it; None: it has not happened
    after_requests: int | None  # how many requests the model had been asked by then
    changed: int  # answers that would have been right


class Drift:
    """One of them; a request that is sent again is met as it was the first time."""

    def __init__(self, wanted: EmulatorDrift, seed: int) -> None:
        self._wanted = wanted
        self._seed = seed
        self._began_s: float | None = None
        self._numbers: dict[int, int] = {}  # by the name of the request's bytes
        self._since: datetime | None = None
        self._before = 0
        self._changed: set[int] = set()

    def stays_right(self, group: Group, model: str, moment: Moment) -> bool:
        """Whether an answer that would be right is right; to be asked of every known request, in order."""
        if self._began_s is None:
            self._began_s = moment.monotonic_s
        if model != self._wanted.model or not (self._wanted.template is None or group.is_in(self._wanted.template)):
            return True
        name = int.from_bytes(moment.digest[:8], "big")
        number = self._numbers.setdefault(name, len(self._numbers))
        if not self._has_come(number, moment.monotonic_s - self._began_s):
            return True
        if self._since is None:
            self._since, self._before = moment.at, number
        return draw(group.request.custom_id, model, self._seed, "drift") <= self._wanted.quality

    def changes(self, moment: Moment) -> None:
        """Note an answer that is wrong because of it."""
        self._changed.add(int.from_bytes(moment.digest[:8], "big"))

    def told(self) -> Drifted:
        """How it went so far."""
        return Drifted(
            model=self._wanted.model,
            template=self._wanted.template,
            quality=self._wanted.quality,
            since=None if self._since is None else self._since.isoformat(),
            after_requests=None if self._since is None else self._before,
            changed=len(self._changed),
        )

    def _has_come(self, number: int, passed_s: float) -> bool:
        wanted = self._wanted
        by_count = wanted.after_requests is not None and number >= wanted.after_requests
        return by_count or (wanted.after_s is not None and passed_s >= wanted.after_s)
