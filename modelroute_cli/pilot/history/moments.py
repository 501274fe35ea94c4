"""Weighted means and variances out of sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt


@dataclass(frozen=True, slots=True)
class Summed:
    """How many values there were, their sum and sum of squares, and the weight of each."""

    n: int
    total: float
    squares: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Moments:
    """What values of several weights tell of the mean of their kind."""

    n: int  # values, whatever their weights
    effective_n: float  # the sum of their weights
    mean: float
    variance: float | None  # of single values; None where one value or none counts

    @property
    def standard_error(self) -> float | None:
        """Of the mean, as if `effective_n` values had been measured today; None where the variance is unknown.

        Under a power prior the information of a value is its weight, so this is wider than the sampling error of the
        weighted mean: what is old may be wrong in other ways than by chance.
        """
        return None if self.variance is None else sqrt(self.variance / self.effective_n)


@dataclass(frozen=True, slots=True)
class Total:
    """Sums over values of several weights, which add up: what moments are made of."""

    n: int = 0  # values
    weight: float = 0.0  # sum of their weights
    weight_squares: float = 0.0
    weighed: float = 0.0  # sum of weight times value
    weighed_squares: float = 0.0  # sum of weight times value squared

    @classmethod
    def of(cls, parts: Sequence[Summed]) -> "Total":
        """The sums of all parts whose values have a weight; rounded once, whatever their order."""
        counted = [part for part in parts if part.n and part.weight > 0]
        return cls(
            sum(part.n for part in counted),
            fsum(part.weight * part.n for part in counted),
            fsum(part.weight * part.weight * part.n for part in counted),
            fsum(part.weight * part.total for part in counted),
            fsum(part.weight * part.squares for part in counted),
        )

    @classmethod
    def together(cls, totals: Sequence["Total"]) -> "Total":
        """All of them added up."""
        return cls(
            sum(each.n for each in totals),
            fsum(each.weight for each in totals),
            fsum(each.weight_squares for each in totals),
            fsum(each.weighed for each in totals),
            fsum(each.weighed_squares for each in totals),
        )

    @property
    def moments(self) -> Moments | None:
        """What the values tell of their mean; None where nothing counts.

        The variance is unbiased for reliability weights: sum w (x - mean)^2 / (V1 - V2 / V1) with V1 = sum w and
        V2 = sum w^2 over single values; for equal weights it is the usual one with n - 1.
        """
        if not self.weight:
            return None
        mean = self.weighed / self.weight
        freedom = self.weight - self.weight_squares / self.weight
        spread = max(self.weighed_squares - mean * self.weighed, 0.0)
        return Moments(self.n, self.weight, mean, spread / freedom if self.n > 1 and freedom > 0 else None)


def pooled(parts: Sequence[Summed]) -> Moments | None:
    """The moments of all values together; None where nothing counts."""
    return Total.of(parts).moments


def between(groups: Sequence[Moments]) -> float | None:
    """The variance of the true means of groups, at least 0; None where fewer than two have a known error.

    The moment estimator of DerSimonian and Laird (1986, Controlled Clinical Trials 7, 177-188): what the means differ
    by beyond their standard errors. An error of 0 is taken as that of one value in 2 (effective_n + 1) being otherwise.
    """
    errors = [(each.mean, _error_squared(each)) for each in groups if each.variance is not None]
    if len(errors) < 2:  # noqa: PLR2004 - two means differ, one does not
        return None
    weights = [1 / error for _, error in errors]
    total = fsum(weights)
    centre = fsum(weight * mean for weight, (mean, _) in zip(weights, errors, strict=True)) / total
    q = fsum(weight * (mean - centre) ** 2 for weight, (mean, _) in zip(weights, errors, strict=True))
    scale = total - fsum(weight * weight for weight in weights) / total
    return max((q - (len(errors) - 1)) / scale, 0.0) if scale > 0 else None


def _error_squared(group: Moments) -> float:
    """The squared standard error, never 0: equal values are not a certainty."""
    share = 0.5 / (group.effective_n + 1)
    return max(group.variance or 0.0, share * (1 - share)) / group.effective_n
