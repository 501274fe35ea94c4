"""Whose turn it is when more models have requests ready than may be in flight: that of the one that needs longest.

The run ends when the last model does, so the model whose limits need the longest time for what waits there goes
first. Looked at a few times a second, and over models alone, never over requests.
"""

from collections.abc import Callable, Mapping, Sequence

from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.tickets import Ticket

_LOOK_S = 0.25


class Turns:
    """The models of a run by the time that what waits at them needs; times are seconds of its steady clock."""

    def __init__(self, passage: Callable[[str], Pass]) -> None:
        self._passage = passage
        self._looked_at: float | None = None
        self._seconds: Mapping[str, float] = {}

    def look(self, waiting: Callable[[], Mapping[str, Load] | None], now: float) -> None:
        """Look at what waits, unless that was done just now; None keeps the order of the requests themselves."""
        if self._looked_at is None or now - self._looked_at >= _LOOK_S:
            self._looked_at = now
            loads = waiting()
            self._seconds = {} if loads is None else needed_s(loads, self._passage, now)

    def ordered(self, heads: Sequence[Ticket]) -> Sequence[Ticket]:
        """The first of each model, that of the model that needs longest first; equal ones as they stood."""
        if not self._seconds:
            return heads
        return sorted(heads, key=lambda ticket: -self._seconds.get(ticket.model, 0.0))


def needed_s(loads: Mapping[str, Load], passage: Callable[[str], Pass], now: float) -> dict[str, float]:
    """Seconds that each model needs for its load, by its own limits and by those that its account's models share.

    0 where no limit is known: those go last, in the order of their requests.
    """
    passes = {model: passage(model) for model, load in loads.items() if load.requests > 0}
    shared: dict[int, Load] = {}
    for model, known in passes.items():
        shared[id(known.account)] = shared.get(id(known.account), Load()).plus(loads[model])
    return {
        model: max(known.model.rated_s(loads[model], now), known.account.rated_s(shared[id(known.account)], now))
        for model, known in passes.items()
    }
