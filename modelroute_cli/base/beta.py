"""The beta distribution: its share below a point, and the point below which a share lies.

The incomplete beta function by its continued fraction (DLMF 8.17.22, evaluated as Lentz does), its inverse by
safeguarded Newton steps. Student's t and the exact limits of a share follow from it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_TINY = 1e-300
_STEPS = 300
_TERMS = 100_000
_PRECISION = 1e-15


@dataclass(frozen=True, slots=True)
class Bracket:
    """Where a root lies."""

    low: float
    high: float


@lru_cache(1024)
def beta_quantile(p: float, a: float, b: float) -> float:
    """Where the beta distribution with shapes `a`, `b` > 0 reaches `p`, in [0,1]."""
    if p in {0.0, 1.0}:
        return p
    log_scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return root(
        lambda x: beta_share(a, b, x, 1.0 - x) - p,
        lambda x: math.exp(log_scale + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x)) if 0 < x < 1 else math.inf,
        Bracket(0.0, 1.0),
    )


def beta_share(a: float, b: float, x: float, rest: float) -> float:
    """The share of the beta distribution below `x`; `rest` is 1 - x, given apart where it is known more exactly."""
    if x <= 0.0 or rest <= 0.0:
        return float(x > 0.0)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_front) * _fraction(a, b, x) / a
    return 1.0 - math.exp(log_front) * _fraction(b, a, rest) / b


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function; converges fast for x < (a + 1) / (a + b + 2)."""
    c, d = 1.0, 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        before = value
        for term in (even, odd):
            d, c = 1.0 / _not_zero(1.0 + term * d), _not_zero(1.0 + term / c)
            value *= c * d
        if abs(value - before) < _PRECISION * abs(value):
            break
    return value


def _not_zero(value: float) -> float:
    """What can be divided by."""
    return value if abs(value) > _TINY else _TINY


def root(gap: Callable[[float], float], slope: Callable[[float], float], within: Bracket) -> float:
    """Where the rising `gap` is 0: Newton's steps, halving instead wherever one leaves the bracket."""
    low, high = within.low, within.high
    at = (low + high) / 2
    for _ in range(_STEPS):
        away = gap(at)
        low, high = (at, high) if away < 0 else (low, at)
        steep = slope(at)
        step = at - away / steep if steep > 0 else low
        following = step if low < step < high else (low + high) / 2
        if abs(following - at) <= _PRECISION * abs(following):
            return following
        at = following
    return at
