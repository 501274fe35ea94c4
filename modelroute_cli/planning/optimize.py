"""One optimisation over the whole job: the cheapest plan of a quality, or the best for a budget, with a certificate.

Method: the relaxed optimum by hull steps (planning.hull), made whole by the best single switch, then improved by what
slack is left. The Lagrangian dual at the last step's slope bounds every possible plan, ours included; the distance is
the printed gap. With one constraint at most one row of the relaxed optimum is split (a vertex has at most N + 1 basic
variables), so the gap shrinks with the number of rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.planning.hull import UNITS, Choices, Floats, Hull, Ints, best, walk

_BOUND_ERROR = 1e-14  # rounding of the dual sum, relative to the sum of magnitudes (pairwise summation)
_MOST_TRIES = 32
_MOST_SWITCHES = 64
_TRY_CANDIDATES = 1_000_000  # large jobs have small gaps: they try and switch less
_SWITCH_CANDIDATES = 4_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Rows and candidates: `owner` names each candidate's row (0..n-1, rising, none missing)."""

    owner: Ints
    cost_pusd: Ints
    quality: Floats  # in [0,1]
    weight: Ints  # requests that one row answers: itself and its duplicates

    def choices(self) -> Choices:
        """The same in whole units."""
        units = np.rint(self.quality * UNITS).astype(np.int64)
        return Choices(self.owner, self.cost_pusd, units * self.weight[self.owner])

    @property
    def requests(self) -> int:
        """Requests answered, duplicates included."""
        return int(self.weight.sum())


@dataclass(frozen=True, slots=True)
class Solution:
    """One candidate for each row, and how far from the best possible it can be at most."""

    chosen: Ints  # positions in the problem's arrays, one per row
    cost_pusd: PicoUSD
    quality: float  # mean over all requests
    bound_cost_pusd: PicoUSD | None  # no plan of the asked quality costs less; None when quality was maximised
    bound_quality: float | None  # no plan within the budget is better; None when cost was minimised
    gap: float
    point_pusd: PicoUSD | None  # what 0.01 more mean quality costs at the margin; None: no candidate is better


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
    need = target - int(choices.value[hull.base].sum())
    steps = _steps_for_gain(hull, need)
    if steps > len(hull.row):
        raise _quality_out_of_reach(problem, choices, min_quality)
    chosen = hull.base if steps == 0 else _cheapest_whole(choices, hull, steps, target)
    cost = int(choices.cost[chosen].sum())
    bound = _cost_bound(choices, hull, steps, target)
    certificate = _Certificate(PicoUSD(bound), None, (cost - bound) / max(bound, 1))
    return _solution(problem, choices, chosen, certificate, _slope_at(hull, steps))


def maximise_quality(problem: Problem, max_cost: PicoUSD) -> Solution:
    """The best mean quality whose total cost is at most `max_cost`.

    Raises InfeasibleError with the least cost that answers everything.
    """
    choices = problem.choices()
    hull = walk(choices)
    room = max_cost - int(choices.cost[hull.base].sum())
    if room < 0:
        raise _budget_too_small(max_cost, PicoUSD(max_cost - room))
    steps = int(np.searchsorted(np.cumsum(hull.extra), room, side="right"))
    chosen = _best_within(choices, hull, steps, max_cost)
    value = int(choices.value[chosen].sum())
    bound = max(value, _value_bound(choices, hull, steps, max_cost))
    scale = UNITS * problem.requests
    certificate = _Certificate(None, bound / scale, (bound - value) / max(bound, 1))
    return _solution(problem, choices, chosen, certificate, _slope_at(hull, steps))


def _solution(
    problem: Problem, choices: Choices, chosen: Ints, certificate: _Certificate, slope: float | None
) -> Solution:
    """The sums of a choice, exact, with its certificate."""
    requests = problem.requests
    return Solution(
        chosen=chosen,
        cost_pusd=PicoUSD(int(choices.cost[chosen].sum())),
        quality=int(choices.value[chosen].sum()) / (UNITS * requests),
        bound_cost_pusd=certificate.cost_pusd,
        bound_quality=certificate.quality,
        gap=certificate.gap,
        point_pusd=None if slope is None else PicoUSD(int(np.ceil(slope * UNITS * 0.01 * requests))),
    )


def _steps_for_gain(hull: Hull, need: int) -> int:
    """How many steps are taken, the last perhaps in part, to gain `need`; one more than there are when none suffice."""
    if need <= 0:
        return 0
    return int(np.searchsorted(np.cumsum(hull.gain), need)) + 1


def _slope_at(hull: Hull, steps: int) -> float | None:
    """Pico-dollars that the next unit of value costs once `steps` were taken."""
    return float(hull.slope[steps]) if steps < len(hull.slope) else None


def _after(hull: Hull, steps: int) -> Ints:
    """The choice after the first `steps` steps; of a row's several steps the last counts."""
    chosen = hull.base.copy()
    chosen[hull.row[:steps]] = hull.target[:steps]
    return chosen


def _tries(choices: Choices, steps: int) -> range:
    """From how many steps down to how few a whole plan is completed: more for small jobs, where a step weighs more."""
    return range(steps, max(-1, steps - _effort(choices, _MOST_TRIES, _TRY_CANDIDATES)), -1)


def _effort(choices: Choices, most: int, candidates: int) -> int:
    """How often all candidates are looked at again: at most `most`, once at least, `candidates` in all."""
    return min(most, max(1, candidates // len(choices.owner)))


def _cheapest_whole(choices: Choices, hull: Hull, steps: int, target: int) -> Ints:
    """The cheapest of the plans completed from the steps before the split one."""
    plans = (_complete(choices, _after(hull, taken), target) for taken in _tries(choices, steps - 1))
    return min((plan for plan in plans if plan is not None), key=lambda plan: int(choices.cost[plan].sum()))


def _complete(choices: Choices, chosen: Ints, target: int) -> Ints | None:
    """Reach `target` with the cheapest single switch that does, then trim; None when no single switch does."""
    short = target - int(choices.value[chosen].sum())
    extra, gain = _switches(choices, chosen)
    reaching = np.flatnonzero(gain >= short)
    if not len(reaching):
        return None
    to = reaching[np.argmin(extra[reaching])]
    return _trim(choices, _switched(choices, chosen, to), target)


def _switches(choices: Choices, chosen: Ints) -> tuple[Ints, Ints]:
    """What every candidate would cost and gain more than its row's chosen one."""
    held = chosen[choices.owner]
    return choices.cost - choices.cost[held], choices.value - choices.value[held]


def _switched(choices: Choices, chosen: Ints, to: np.int64) -> Ints:
    """The choice with one row changed to candidate `to`."""
    changed = chosen.copy()
    changed[choices.owner[to]] = to
    return changed


def _trim(choices: Choices, chosen: Ints, target: int) -> Ints:
    """Save the most by single switches that keep the value at `target` or above."""
    for _ in range(_effort(choices, _MOST_SWITCHES, _SWITCH_CANDIDATES)):
        slack = int(choices.value[chosen].sum()) - target
        extra, gain = _switches(choices, chosen)
        saving = np.where(gain >= -slack, -extra, 0)
        to = np.argmax(saving)
        if saving[to] <= 0:
            break
        chosen = _switched(choices, chosen, to)
    return chosen


def _best_within(choices: Choices, hull: Hull, steps: int, max_cost: int) -> Ints:
    """The best of the plans filled up from the steps that fit."""
    plans: Iterator[Ints] = (_fill(choices, _after(hull, taken), max_cost) for taken in _tries(choices, steps))
    return max(plans, key=lambda plan: int(choices.value[plan].sum()))


def _fill(choices: Choices, chosen: Ints, max_cost: int) -> Ints:
    """Gain the most by single switches that keep the cost within `max_cost`."""
    for _ in range(_effort(choices, _MOST_SWITCHES, _SWITCH_CANDIDATES)):
        room = max_cost - int(choices.cost[chosen].sum())
        extra, gain = _switches(choices, chosen)
        gain = np.where(extra <= room, gain, 0)
        to = np.argmax(gain)
        if gain[to] <= 0:
            break
        chosen = _switched(choices, chosen, to)
    return chosen


def _cost_bound(choices: Choices, hull: Hull, steps: int, target: int) -> int:
    """No plan of value `target` costs less: the dual at the split step's slope, rounding errors taken off."""
    least = int(choices.cost[hull.base].sum())
    if steps == 0:
        return least
    slope = hull.slope[steps - 1]
    price = slope * choices.value
    dual = np.minimum.reduceat(choices.cost - price, choices.starts).sum() + slope * target
    size = _largest(choices, choices.cost + price) + slope * target
    return max(least, int(np.ceil(dual - _BOUND_ERROR * size)))


def _value_bound(choices: Choices, hull: Hull, steps: int, max_cost: int) -> int:
    """No plan within `max_cost` has more value: the dual at the first step that did not fit, rounding errors added."""
    most = int(choices.value[best(choices)].sum())
    if steps == len(hull.row):
        return most
    price = choices.cost / hull.slope[steps]
    budget = max_cost / hull.slope[steps]
    dual = np.maximum.reduceat(choices.value - price, choices.starts).sum() + budget
    size = _largest(choices, choices.value + price) + budget
    return min(most, int(np.floor(dual + _BOUND_ERROR * size)))


def _largest(choices: Choices, size: Floats) -> np.float64:
    """The sum over rows of the largest magnitude met in it."""
    return np.float64(np.maximum.reduceat(size, choices.starts).sum())


def _quality_out_of_reach(problem: Problem, choices: Choices, asked: float) -> InfeasibleError:
    """What is the best there is, rounded down so that it can be typed."""
    reach = int(choices.value[best(choices)].sum()) // problem.requests
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
