"""How many standard errors a plan keeps to spare: for its confidence, for the errors' own error, and for luck.

Problem: the best of very many plans is luckier than its errors say, and those errors are themselves estimated.
Solution: Student's quantile with two degrees of freedom for each group beyond the first, widened for choosing among m
models as the largest of m errors with exponential tails grows, with ln m (Gumbel 1958): normal errors would ask for its
root, but those of fifty answers that are nearly all right are skewed, and the root was too little for thirty models.
The measure of that, seven models, is what was left to choose: on four public sets with 50 requests a group such plans
held a floor of 98% within half a point on average (benchmarks/quality.py). A pilot never certifies its own plan.
"""

from math import log

from modelroute_cli.base.statistics import t_quantile

_MODELS = 7
_LEAST = 1.05  # a choice between two is one of luck, too


def margin(confidence: float, groups: int, models: float) -> float:
    """The standard errors to spare; `models`: how many a group chooses among on average."""
    luck = max(_LEAST, log(max(models, 1.0)) / log(_MODELS))
    return t_quantile(confidence, max(2.0 * (groups - 1), 2.0)) * luck
