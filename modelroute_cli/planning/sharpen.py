"""Small problems proven by branch and bound: their linear bound splits a request where a plan cannot.

A job of a few requests can lie some per cent above the linear bound and be the best there is. Where the gap shows, and
the problem is small, HiGHS bounds whole plans instead, and may find a better one.
"""

from dataclasses import replace

import numpy as np

from modelroute_cli.planning.coupling import Goal
from modelroute_cli.planning.exact import Effort, proven
from modelroute_cli.planning.linear import linear
from modelroute_cli.planning.mix import exact_dot
from modelroute_cli.planning.optimize import Problem, Solution
from modelroute_cli.planning.solve import Optimum, solution

_FINE = 1e-4
_CANDIDATES = 1_500
_NODES = 3_000
_NEAR = 1e-5  # of the objective: where branch and bound may stop


def sharpened(problem: Problem, goal: Goal, found: Solution) -> Solution:
    """The solution with a bound of whole plans, and a better plan where there is one; as it is where that is fine."""
    if found.gap <= _FINE or len(problem.owner) > _CANDIDATES:
        return found
    normal = linear(problem, goal)
    reached = exact_dot(normal.objective[found.portions.candidate], found.portions.count)
    proof = proven(normal, Effort(nodes=_NODES, gap=_NEAR * max(abs(reached), 1)))
    if proof is None:
        return found
    best = found.portions
    if proof.portions is not None:
        other = exact_dot(normal.objective[proof.portions.candidate], proof.portions.count)
        best = proof.portions if other < reached else best
    sharper = solution(problem, goal, normal, Optimum(best, proof.bound, np.zeros(len(normal.limit))))
    sharper = replace(sharper, prices=found.prices, point_pusd=found.point_pusd)
    return sharper if sharper.gap < found.gap else found
