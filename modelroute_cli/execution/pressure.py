"""What limits alone allow: the least time for some requests, and why a model starts nothing just now. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from modelroute_cli.execution.lane import Lane
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.work import Bound, KnownLimit, LimitUnit

_MINUTE_S = 60.0
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Requests on the lanes of one model."""

    model: str
    provider: str
    passage: Pass
    load: Load


def tightest(stretches: Iterable[Stretch]) -> Bound | None:
    """The limit that needs longest for all of them, by model and by account; None where no limit is known."""
    known = [*stretches]
    accounts: dict[str, Stretch] = {}
    for item in known:
        before = accounts.get(item.provider)
        load = item.load if before is None else before.load.plus(item.load)
        accounts[item.provider] = Stretch(item.model, item.provider, item.passage, load)
    own = [bound_of(item.passage.model, item.load, item.model) for item in known]
    shared = [bound_of(item.passage.account, item.load, item.provider) for item in accounts.values()]
    return _longest([*own, *shared])


def is_bounded(item: Stretch) -> bool:
    """Whether any limit of the model or its account is known."""
    lanes = (item.passage.model, item.passage.account)
    return any(bound_of(lane, item.load, item.model) is not None for lane in lanes)


def bound_of(lane: Lane, load: Load, subject: str) -> Bound | None:
    """The limit of a lane that needs longest for a load, by what is stated; None where none is stated."""
    return _longest(
        Bound(units * period_s / limit, KnownLimit(limit, unit), subject)
        for unit, limit, units, period_s in (
            (LimitUnit.RPM, lane.requests.stated, load.requests, _MINUTE_S),
            (LimitUnit.TPM, lane.tokens.stated, load.paced_tokens, _MINUTE_S),
            (LimitUnit.INPUT_TPM, lane.input_tokens.stated, load.input_tokens, _MINUTE_S),
            (LimitUnit.OUTPUT_TPM, lane.output_tokens.stated, load.output_tokens, _MINUTE_S),
            (LimitUnit.RPD, lane.requests_day.stated, load.requests, _DAY_S),
            (LimitUnit.TPD, lane.tokens_day.stated, load.input_tokens + load.output_tokens, _DAY_S),
        )
        if limit is not None
    )


def _longest(bounds: Iterable[Bound | None]) -> Bound | None:
    known = [bound for bound in bounds if bound is not None]
    return max(known, key=lambda bound: bound.seconds, default=None)


def limit_of(passage: Pass, load: Load) -> KnownLimit | None:
    """The limit that needs longest for a load: of the model, else of its account, else what 429s taught."""
    for lane in (passage.model, passage.account):
        known = bound_of(lane, load, "")
        if known is not None:
            return known.limit
    rates = [lane.governor.rate for lane in (passage.model, passage.account) if lane.governor.rate is not None]
    return KnownLimit(round(min(rates) * _MINUTE_S), LimitUnit.RPM, learned=True) if rates else None


def holds(passage: Pass, now: float) -> str:
    """Why a model starts nothing just now: an outage, a 429, a limit of the day, its window; empty when it may."""
    lanes = (passage.account, passage.model)
    held_s = max(lane.held_until for lane in lanes) - now
    if held_s > 0:
        return "down, being probed" if held_s == inf else f"down, {span(held_s)}"
    paused_s = max(lane.paused_for_s(now) for lane in lanes)
    if paused_s > 0:
        return f"429, {span(paused_s)}"
    day_s = passage.day_wait_s(now)
    if day_s > 0:
        return f"limit of the day, {span(day_s)}"
    full = next((lane for lane in lanes if lane.is_full), None)
    return "" if full is None else f"{full.in_flight:,} at once"


def span(seconds: float) -> str:
    """A time for people: `12 s`, `3 min`, `1.5 h`."""
    if seconds < _MINUTE_S:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / _MINUTE_S:.0f} min" if seconds < 60 * _MINUTE_S else f"{seconds / (60 * _MINUTE_S):.1f} h"
