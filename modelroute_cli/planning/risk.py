"""How far the mean quality of a plan may be from what is believed, and the bound that it keeps all the same.

A plan's mean quality over N answered requests rests on beliefs that have errors. Those of the models of one group of
templates are taken to go together (the same few requests were measured), those of different groups to be independent:

    Var = sum over groups of ( sum over the group's models of (requests it answers / N) * (standard error) )^2

A plan keeps a floor Q for certain where mean - z * sqrt(Var) >= Q. That is a second-order cone; what follows puts it in
the linear form that the optimiser knows, in two ways, for a floor over N requests of which n_g are of group g:

- `careful`: with any s > 0, z * sd <= z * (Var / s + s) / 2, and within a group (sum of a_i e_i)^2 <= n_g/N * sum of
  a_i e_i^2 (Jensen), so a plan that keeps  mean - z/(2s) * sum of n_g/N * a_i * e_i^2 >= Q + z * s / 2  keeps the true
  floor. At s = its own sd a plan with one model for each group loses nothing by that.
- `hopeful`: with any weights u of length 1, sd >= sum of u_g E_g (Cauchy), so no plan that keeps the true floor is
  cheaper than the optimum of the problem in which each answer of group g is worth u_g * z * e less.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from modelroute_cli.planning.coupling import Constraint, Floor
from modelroute_cli.planning.hull import UNITS, Floats, Ints
from modelroute_cli.planning.linear import answered, covered, in_units
from modelroute_cli.planning.mix import Portions, exact_dot
from modelroute_cli.planning.optimize import Problem

_ROUNDING = 2e-9  # of a floor: two of the units that quality is summed in
_NEVER = 100.0  # qualities that an answer is worth less which is not to be bought


@dataclass(frozen=True, slots=True)
class Risk:
    """What is unsure of a problem's qualities.

    `group` has each row's group, -1 where nothing was measured; `se` the standard error of each candidate's quality, 0
    where it is taken as it is; `se_own` the same for floors over some of the rows, which are numbers of their own.
    """

    z: float
    group: Ints
    se: Floats
    se_own: Floats

    def error(self, floor: Floor) -> Floats:
        """The standard errors that count for a floor."""
        return self.se if floor.rows is None else self.se_own


WHOLE = Floor(0.0)
"""The mean over all requests, asked for or not."""


def group_errors(problem: Problem, risk: Risk, portions: Portions, floor: Floor = WHOLE) -> Floats:
    """By group: its part of the requests of a floor, times the standard error that they are answered with."""
    chosen = portions.candidate
    rows = problem.owner[chosen]
    inside = np.zeros(len(problem.count), np.bool_)
    inside[covered(problem, floor)] = True
    counts = np.where(inside[rows], problem.weight[rows] * portions.count, 0)
    error = counts * risk.error(floor)[chosen]
    sums = np.bincount(risk.group[rows] + 1, error, minlength=int(risk.group.max(initial=-1)) + 2)
    return np.asarray(sums[1:] / max(answered(problem, floor), 1), np.float64)


def spread(problem: Problem, risk: Risk, portions: Portions, floor: Floor = WHOLE) -> float:
    """The standard error of a plan's mean quality over the requests of a floor."""
    return float(np.sqrt(np.square(group_errors(problem, risk, portions, floor)).sum()))


def expected(problem: Problem, portions: Portions, floor: Floor = WHOLE) -> float:
    """The mean quality that is believed of the requests of a floor; sums are exact."""
    inside = np.zeros(len(problem.count), np.bool_)
    inside[covered(problem, floor)] = True
    units = np.where(inside[problem.owner], in_units(problem, problem.quality), 0)
    return exact_dot(units[portions.candidate], portions.count) / (UNITS * max(answered(problem, floor), 1))


def bound(problem: Problem, risk: Risk, portions: Portions, floor: Floor = WHOLE) -> float:
    """The mean quality less `z` standard errors, never below 0: what a plan keeps for certain."""
    least = expected(problem, portions, floor) - risk.z * spread(problem, risk, portions, floor)
    return max(least, 0.0)


def is_kept(problem: Problem, risk: Risk, portions: Portions) -> bool:
    """Whether a plan keeps every floor of `problem` for certain, up to the rounding of sums."""
    floors = floors_of(problem)
    return all(bound(problem, risk, portions, floor) >= floor.min_quality - _ROUNDING for floor in floors)


def loosened(problem: Problem) -> Problem:
    """The problem with its floors lower by the rounding of sums."""
    lower = (
        replace(each, min_quality=each.min_quality - _ROUNDING) if isinstance(each, Floor) else each
        for each in problem.constraints
    )
    return replace(problem, constraints=tuple(lower))


def floors_of(problem: Problem) -> tuple[Floor, ...]:
    """The floors among the constraints, in their order."""
    return tuple(each for each in problem.constraints if isinstance(each, Floor))


@dataclass(frozen=True, slots=True)
class Scale:
    """The standard errors that `careful` is made for: of all requests, and of each floor by its name.

    `asked` is how much of z * s / 2 is added to what is asked: with less than 1 a plan has to be looked at.
    """

    whole: float
    by_floor: Mapping[str, float]
    asked: float = 1.0

    def of(self, floor: Floor) -> float:
        """That of one floor."""
        return self.whole if floor.rows is None else self.by_floor[floor.name]

    def times(self, factor: float) -> "Scale":
        """All of them so much larger."""
        return replace(
            self, whole=self.whole * factor, by_floor={name: each * factor for name, each in self.by_floor.items()}
        )


def scale_of(problem: Problem, risk: Risk, portions: Portions) -> Scale:
    """The standard errors of a plan."""
    parts = {floor.name: floor for floor in floors_of(problem) if floor.rows is not None}
    own = {name: spread(problem, risk, portions, floor) for name, floor in parts.items()}
    return Scale(spread(problem, risk, portions), own)


def careful(problem: Problem, risk: Risk, scale: Scale) -> Problem:
    """The problem whose plans keep every floor for certain, where all is asked; the objective counts alike."""
    whole = problem.quality - _dearer(problem, risk, WHOLE, scale.whole)
    made = (_careful(problem, risk, scale, each) for each in problem.constraints)
    return replace(problem, quality=whole, constraints=tuple(made))


def _careful(problem: Problem, risk: Risk, scale: Scale, constraint: Constraint) -> Constraint:
    if not isinstance(constraint, Floor):
        return constraint
    size = scale.of(constraint)
    asked = constraint.min_quality - _ROUNDING / 2 + scale.asked * risk.z * size / 2
    if constraint.rows is None:
        return replace(constraint, min_quality=asked)
    own = problem.quality - _dearer(problem, risk, constraint, size)
    return replace(constraint, min_quality=asked, quality=own)


def _dearer(problem: Problem, risk: Risk, floor: Floor, size: float) -> Floats:
    """What each answer is worth less, by candidate: z/(2s) * n_g/N * se^2; at s = 0 unsure ones are not to be had."""
    error = risk.error(floor)
    if not size:
        return np.where(error > 0, _NEVER, 0.0)
    rows = covered(problem, floor)
    counts = (problem.weight * problem.count).astype(np.float64)
    members = np.bincount(risk.group[rows] + 1, counts[rows], minlength=int(risk.group.max(initial=-1)) + 2)
    part = members[risk.group + 1] / max(answered(problem, floor), 1)
    less = np.minimum(risk.z / (2 * size) * part[problem.owner] * np.square(error), _NEVER)
    return np.asarray(less, np.float64)


def hopeful(problem: Problem, risk: Risk, portions: Portions) -> Problem:
    """The problem that no plan which keeps every floor undercuts, made at the directions of a plan's own errors."""
    whole = problem.quality - _along(problem, risk, portions, WHOLE)
    made = (_hopeful(problem, risk, portions, each) for each in problem.constraints)
    return replace(problem, quality=whole, constraints=tuple(made))


def _hopeful(problem: Problem, risk: Risk, portions: Portions, constraint: Constraint) -> Constraint:
    if not isinstance(constraint, Floor):
        return constraint
    loose = replace(constraint, min_quality=constraint.min_quality - _ROUNDING)
    if constraint.rows is None:
        return loose
    return replace(loose, quality=problem.quality - _along(problem, risk, portions, constraint))


def _along(problem: Problem, risk: Risk, portions: Portions, floor: Floor) -> Floats:
    """What each candidate is worth less: z * u_g * se, u being the direction of a plan's errors, of length 1."""
    errors = group_errors(problem, risk, portions, floor)
    length = float(np.sqrt(np.square(errors).sum()))
    if not length:
        return np.zeros(len(problem.owner))
    along = np.append(errors / length, 0.0)[risk.group]  # -1, no group, is the last place
    return np.asarray(risk.z * along[problem.owner] * risk.error(floor), np.float64)
