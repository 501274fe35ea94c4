"""How many standard errors a plan keeps to spare: for its confidence, for the errors' own error, and for luck.

Problem: the best of very many plans is luckier than its errors say, and those errors are themselves estimated.
Solution: Student's quantile with two degrees of freedom for each group beyond the first, widened for choosing among
many models as the largest of m normal errors grows, with the root of ln m (Cramér 1946, 28.6).
The measure of that, eight models, is what was left to choose: on four public sets with 50 requests a group such plans
held a floor of 98% within half a point on average (benchmarks/quality.py). The pilot that made a plan never certifies it.
"""

from math import log, sqrt

from modelroute_cli.base.statistics import t_quantile

_MODELS = 8


def margin(confidence: float, groups: int, models: float) -> float:
    """The standard errors to spare, at least the normal quantile; `models`: how many a group chooses among on average."""
    luck = max(1.0, sqrt(log(max(models, 1.0)) / log(_MODELS)))
    return t_quantile(confidence, max(2.0 * (groups - 1), 2.0)) * luck
