"""What is promised, in words: planned, certified and realised quality are three different things everywhere."""

from modelroute_cli.base.statistics import Interval
from modelroute_cli.pilot.certify import Promise
from modelroute_cli.pilot.ladder import Certified
from modelroute_cli.pilot.sizes import Affordable

PLANNED = "planned quality: what the measurements that made the plan say of it; the plan was picked by them: no proof"
CERTIFIED = "certified quality: a floor that fresh paired requests, which had no part in the plan, have shown"
REALISED = "realised quality: what was measured of the answers that were sent, with its interval"
"""One definition of each word, for every screen that uses one."""


def certified_sentence(found: Certified, baseline: str, judge: str | None = None) -> str:
    """What a ladder came to, in one line: what may be promised, or why nothing may.

    `judge`: the scorer whose word all of it rests on, where that is no known right answer.
    """
    judged = f", as judged by {judge}" if judge else ""
    if found.rung is not None:
        floor = f"{floor_percent(found.promise.ratio)} of {baseline}'s quality on this batch"
        return f"certified: at least {floor} ({_confidence(found.promise)}, {_pairs(found.draws)}{judged})"
    if not found.climbed:
        return f"not certified: there is no plan to test; every request goes to {baseline}"
    show = "does not show" if found.draws == 1 else "do not show"
    short = f"{_pairs(found.draws)} {show} at least {floor_percent(found.promise.ratio)} of {baseline}'s quality"
    return f"not certified: {short} ({_confidence(found.promise)}{judged}); every request goes to {baseline}"


def broken_sentence(promise: Promise, draws: int, baseline: str) -> str:
    """What the opposite test says of a plan that the draws refute."""
    show = "shows" if draws == 1 else "show"
    floor = f"less than {floor_percent(promise.ratio)} of {baseline}'s quality"
    return f"not certified: {_pairs(draws)} {show} {floor} ({_confidence(promise)})"


def affordable_sentence(found: Affordable, baseline: str) -> str:
    """Before anything is spent: what the asked promise takes, or the strongest one that can be afforded instead."""
    asked = floor_percent(found.asked.ratio)
    if found.promise is not None and found.promise.ratio >= found.asked.ratio:
        return f"certifying {asked} of {baseline}'s quality takes about {_pairs(found.needed or 0)}"
    could = floor_percent(found.promise.ratio) if found.promise is not None else "nothing"
    weaker = f"{_pairs(found.requests)} could certify {could}"
    if found.needed is None:
        return f"the plan is not expected to reach {asked} of {baseline}'s quality: {weaker}"
    return f"too small to certify {asked}: {weaker} ({asked} takes about {found.needed:,})"


def planned_sentence(ratio: float, baseline: str, measured: int) -> str:
    """What a plan expects of itself; `measured` requests of a pilot stand behind it, 0: none do."""
    source = f"measured on {_requests(measured)}" if measured else "unmeasured: prior only"
    return f"planned: {percent(ratio)} of {baseline}'s quality ({source}; not certified)"


def realised_sentence(found: Interval, baseline: str, pairs: int) -> str:
    """What the answers of a run were worth beside the baseline's."""
    reach = f"{percent(found.level)} interval {percent(found.low)} to {percent(found.high)}"
    return f"realised: {percent(found.value)} of {baseline}'s quality ({reach}, {_pairs(pairs)})"


def percent(share: float) -> str:
    """`97%`, `97.4%`: rounded to a tenth."""
    return _shown(round(share * 1000))


def floor_percent(share: float) -> str:
    """The same for what is promised: never rounded up."""
    return _shown(int(round(share * 1000, 6) // 1))


def _confidence(promise: Promise) -> str:
    return f"{floor_percent(promise.confidence)} confidence"


def _pairs(count: int) -> str:
    return f"{count:,} paired request{'s' if count != 1 else ''}"


def _requests(count: int) -> str:
    return f"{count:,} request{'s' if count != 1 else ''}"


def _shown(tenths: int) -> str:
    """Tenths of a percent, without a decimal that says nothing."""
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10:.1f}%"
