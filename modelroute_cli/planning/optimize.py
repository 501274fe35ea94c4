"""One optimisation over the whole job: the cheapest plan of a quality, or the best for a budget, with a certificate.

Method: the relaxed optimum by hull steps (planning.hull), made whole by the best single switch, then improved by what
slack is left. The Lagrangian dual at the last step's slope bounds every possible plan, ours included; the distance is
the printed gap. With one constraint at most one row of the relaxed optimum is split (a vertex has at most N + 1 basic
variables), so the gap shrinks with the number of requests.

Requests that are alike are one row with a count: a million requests of fifty templates are a few thousand rows, and
the optimum is the same, since a row may be split between candidates.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.planning.coupling import Constraint, ShadowPrice
from modelroute_cli.planning.hull import UNITS, Choices, Floats, Hull, Ints, best, walk
from modelroute_cli.planning.mix import Mix, Portions, cost, moved, portions, switches, value, whole

_MOST = np.iinfo(np.int64).max
_BOUND_ERROR = 1e-14  # rounding of the dual sum, relative to the sum of magnitudes (pairwise summation)
_MOST_TRIES = 32
_MOST_SWITCHES = 64
_TRY_CANDIDATES = 1_000_000  # large jobs have small gaps: they try and switch less
_SWITCH_CANDIDATES = 4_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Rows and candidates: `owner` names each candidate's row (0..n-1, rising, none missing).

    A row stands for `count` requests that are alike in all that planning looks at; each is given its own candidate.
    """

    owner: Ints
    cost_pusd: Ints
    quality: Floats  # in [0,1]
    weight: Ints  # by row: requests that one answer answers, itself and its duplicates
    count: Ints  # by row: requests that are sent
    constraints: tuple[Constraint, ...] = ()  # what `solve` keeps

    def choices(self) -> Choices:
        """The same in whole units."""
        units = np.rint(self.quality * UNITS).astype(np.int64)
        return Choices(self.owner, self.cost_pusd, units * self.weight[self.owner], self.count)

    @property
    def requests(self) -> int:
        """Requests answered, duplicates included."""
        return int(self.weight @ self.count)


@dataclass(frozen=True, slots=True)
class Solution:
    """Candidates for every row's requests, and how far from the best possible they can be at most."""

    portions: Portions
    cost_pusd: PicoUSD
    quality: float  # mean over all requests
    bound_cost_pusd: PicoUSD | None  # no plan of the asked quality costs less; None when quality was maximised
    bound_quality: float | None  # no plan within the budget is better; None when cost was minimised
    gap: float
    point_pusd: PicoUSD | None  # what 0.01 more mean quality costs at the margin; None: no candidate is better
    prices: tuple[ShadowPrice, ...] = ()  # of each constraint, in their order
    expected_quality: float | None = None  # its mean, where `quality` is the bound that it keeps for certain
    plain_cost_pusd: PicoUSD | None = None  # of the cheapest plan that takes what is believed for certain


@dataclass(frozen=True, slots=True)
class _Certificate:
    """What no plan can beat, and how far ours is from it, relative to it."""

    cost_pusd: PicoUSD | None
    quality: float | None
    gap: float


def minimise_cost(problem: Problem, min_quality: float) -> Solution:
    """The cheapest plan whose mean quality is at least `min_quality`.

    Raises InfeasibleError with the best quality that can be reached.
    """
    choices = problem.choices()
    hull = walk(choices)
    target = round(min_quality * UNITS) * problem.requests
    need = target - value(choices, whole(choices, hull.base))
    steps = _steps_for_gain(choices, hull, need)
    if steps > len(hull.row):
        raise _quality_out_of_reach(problem, choices, min_quality)
    mix = whole(choices, hull.base) if steps == 0 else _cheapest_whole(choices, hull, steps, target)
    spent = cost(choices, mix)
    bound = _cost_bound(choices, hull, steps, target)
    certificate = _Certificate(PicoUSD(bound), None, (spent - bound) / max(bound, 1))
    return _solution(problem, choices, mix, certificate, _slope_at(hull, steps))


def maximise_quality(problem: Problem, max_cost: PicoUSD) -> Solution:
    """The best mean quality whose total cost is at most `max_cost`.

    Raises InfeasibleError with the least cost that answers everything.
    """
    choices = problem.choices()
    hull = walk(choices)
    room = max_cost - cost(choices, whole(choices, hull.base))
    if room < 0:
        raise _budget_too_small(max_cost, PicoUSD(max_cost - room))
    steps = int(np.searchsorted(_sums(choices, hull, hull.extra), room, side="right"))
    mix = _best_within(choices, hull, steps, max_cost)
    reached = value(choices, mix)
    bound = max(reached, _value_bound(choices, hull, steps, max_cost))
    scale = UNITS * problem.requests
    certificate = _Certificate(None, bound / scale, (bound - reached) / max(bound, 1))
    return _solution(problem, choices, mix, certificate, _slope_at(hull, steps))


def _solution(problem: Problem, choices: Choices, mix: Mix, certificate: _Certificate, slope: float | None) -> Solution:
    """The sums of a choice, exact, with its certificate."""
    requests = problem.requests
    return Solution(
        portions=portions(choices, mix),
        cost_pusd=PicoUSD(cost(choices, mix)),
        quality=value(choices, mix) / (UNITS * requests),
        bound_cost_pusd=certificate.cost_pusd,
        bound_quality=certificate.quality,
        gap=certificate.gap,
        point_pusd=None if slope is None else PicoUSD(int(np.ceil(slope * UNITS * 0.01 * requests))),
    )


def _sums(choices: Choices, hull: Hull, each: Ints) -> Ints:
    """What the first steps add up to when all requests of their rows take them."""
    counts = choices.count[hull.row]
    if float(each.astype(np.float64) @ counts.astype(np.float64)) >= 2.0**62:
        each = each.astype(object)  # past 64 bits ($9.2 million): Python's own numbers
    sums: Ints = np.cumsum(each * counts)
    return sums


def _steps_for_gain(choices: Choices, hull: Hull, need: int) -> int:
    """How many steps are taken, the last perhaps in part, to gain `need`; one more than there are when none suffice."""
    if need <= 0:
        return 0
    return int(np.searchsorted(_sums(choices, hull, hull.gain), need)) + 1


def _slope_at(hull: Hull, steps: int) -> float | None:
    """Pico-dollars that the next unit of value costs once `steps` were taken."""
    return float(hull.slope[steps]) if steps < len(hull.slope) else None


def _after(choices: Choices, hull: Hull, steps: int) -> Mix:
    """The choice after the first `steps` steps; of a row's several steps the last counts."""
    chosen = hull.base.copy()
    chosen[hull.row[:steps]] = hull.target[:steps]
    return whole(choices, chosen)


def _tries(choices: Choices, steps: int) -> range:
    """From how many steps down to how few a whole plan is completed: more for small jobs, where a step weighs more."""
    return range(steps, max(-1, steps - _effort(choices, _MOST_TRIES, _TRY_CANDIDATES)), -1)


def _effort(choices: Choices, most: int, candidates: int) -> int:
    """How often all candidates are looked at again: at most `most`, once at least, `candidates` in all."""
    return min(most, max(1, candidates // len(choices.owner)))


def _cheapest_whole(choices: Choices, hull: Hull, steps: int, target: int) -> Mix:
    """The cheapest of the plans completed from the steps before the split one, and from a part of that."""
    split = _after(choices, hull, steps - 1)
    part = (target - value(choices, split)) // int(hull.gain[steps - 1])
    starts = [_moved_some(choices, split, int(hull.target[steps - 1]), part)]
    starts += [_after(choices, hull, taken) for taken in _tries(choices, steps - 1)]
    plans = (_complete(choices, start, target) for start in starts)
    return min((plan for plan in plans if plan is not None), key=lambda plan: cost(choices, plan))


def _moved_some(choices: Choices, mix: Mix, to: int, count: int) -> Mix:
    """`count` requests more take candidate `to`, none when it is 0."""
    return moved(choices, mix, to, count) if count > 0 else mix


def _complete(choices: Choices, mix: Mix, target: int) -> Mix | None:
    """Reach `target` with the cheapest switch of one row's requests that does, then trim; None when none does."""
    short = target - value(choices, mix)
    if short <= 0:
        return _trim(choices, mix, target)
    offer = switches(choices, mix)
    needed = np.where(offer.gain > 0, -(-short // np.maximum(offer.gain, 1)), _MOST)
    reaching = np.flatnonzero(needed <= offer.left)
    if not len(reaching):
        return None
    at = int(reaching[np.argmin(offer.extra[reaching] * needed[reaching].astype(np.float64))])
    return _trim(choices, moved(choices, mix, at, int(needed[at])), target)


def _trim(choices: Choices, mix: Mix, target: int) -> Mix:
    """Save the most by switches of one row's requests each that keep the value at `target` or above."""
    for _ in range(_effort(choices, _MOST_SWITCHES, _SWITCH_CANDIDATES)):
        slack = value(choices, mix) - target
        offer = switches(choices, mix)
        able = np.where(offer.gain < 0, slack // np.maximum(-offer.gain, 1), offer.left)
        count = np.minimum(able, offer.left)
        saving = -offer.extra * count.astype(np.float64)  # a sum may pass what 64 bits hold
        at = int(np.argmax(saving))
        if saving[at] <= 0:
            break
        mix = moved(choices, mix, at, int(count[at]))
    return mix


def _best_within(choices: Choices, hull: Hull, steps: int, max_cost: int) -> Mix:
    """The best of the plans filled up from the steps that fit, and from a part of the next."""
    starts = [_after(choices, hull, taken) for taken in _tries(choices, steps)]
    if steps < len(hull.row):
        part = (max_cost - cost(choices, starts[0])) // max(int(hull.extra[steps]), 1)
        starts.append(_moved_some(choices, starts[0], int(hull.target[steps]), part))
    plans: Iterator[Mix] = (_fill(choices, start, max_cost) for start in starts)
    return max(plans, key=lambda plan: value(choices, plan))


def _fill(choices: Choices, mix: Mix, max_cost: int) -> Mix:
    """Gain the most by switches of one row's requests each that keep the cost within `max_cost`."""
    for _ in range(_effort(choices, _MOST_SWITCHES, _SWITCH_CANDIDATES)):
        room = min(max_cost - cost(choices, mix), _MOST)
        offer = switches(choices, mix)
        able = np.where(offer.extra > 0, room // np.maximum(offer.extra, 1), offer.left)
        count = np.minimum(able, offer.left)
        gain = offer.gain * count.astype(np.float64)
        at = int(np.argmax(gain))
        if gain[at] <= 0:
            break
        mix = moved(choices, mix, at, int(count[at]))
    return mix


def _cost_bound(choices: Choices, hull: Hull, steps: int, target: int) -> int:
    """No plan of value `target` costs less: the dual at the split step's slope, rounding errors taken off."""
    least = cost(choices, whole(choices, hull.base))
    if steps == 0:
        return least
    slope = hull.slope[steps - 1]
    price = slope * choices.value
    dual = _weighted(choices, np.minimum.reduceat(choices.cost - price, choices.starts)) + slope * target
    size = _largest(choices, choices.cost + price) + slope * target
    return max(least, int(np.ceil(dual - _BOUND_ERROR * size)))


def _value_bound(choices: Choices, hull: Hull, steps: int, max_cost: int) -> int:
    """No plan within `max_cost` has more value: the dual at the first step that did not fit, rounding errors added."""
    most = value(choices, whole(choices, best(choices)))
    if steps == len(hull.row):
        return most
    price = choices.cost / hull.slope[steps]
    budget = max_cost / hull.slope[steps]
    dual = _weighted(choices, np.maximum.reduceat(choices.value - price, choices.starts)) + budget
    size = _largest(choices, choices.value + price) + budget
    return min(most, int(np.floor(dual + _BOUND_ERROR * size)))


def _weighted(choices: Choices, each: Floats) -> np.float64:
    """The sum over all requests of what each of a row's has."""
    return np.float64((each * choices.count).sum())


def _largest(choices: Choices, size: Floats) -> np.float64:
    """The sum over requests of the largest magnitude met in their row."""
    return _weighted(choices, np.maximum.reduceat(size, choices.starts))


def _quality_out_of_reach(problem: Problem, choices: Choices, asked: float) -> InfeasibleError:
    """What is the best there is, rounded down so that it can be typed."""
    reach = value(choices, whole(choices, best(choices))) // problem.requests
    shown = f"{reach // (UNITS // 1000) / 1000:.3f}"
    message = f"mean quality `{asked:g}` cannot be reached: the best that the allowed models give is {shown}"
    return InfeasibleError(
        message, hint=f"ask for `--min-quality {shown}` or less, or allow stronger models in `rules`"
    )


def _budget_too_small(asked: PicoUSD, least: PicoUSD) -> InfeasibleError:
    """What the cheapest plan costs."""
    message = f"a budget of {format_usd(asked)} is too small: the cheapest plan is expected to cost {format_usd(least)}"
    return InfeasibleError(
        message, hint="raise `--max-cost`, allow cheaper models in `rules`, or send fewer with `--limit`"
    )
