"""Means of many groups and models that learn from each other: empirical Bayes on the logit scale.

Problem: of nine models measured on fifty requests of each of twenty groups, the best looking one of a group is mostly
the luckiest one. A plan made of such cells missed a floor of 98% by 4 to 5 points on recorded outcomes.
Solution: the logit of a mean is that of its model, plus how hard its group is for all of them, plus what is left over
(the form of Rasch 1960); the variances of groups and leftovers are estimated from all cells by expectation
maximisation (Efron & Morris 1975; Dempster, Laird & Rubin 1977), and each cell is drawn towards what its model and its
group say, the more the less it was measured. Errors of one group's models go together where they answered the same
requests, and are counted so. Last, each model is moved as a whole so that its mean over the measured requests is the
measured one (benchmarking, Pfeffermann 2013): drawing towards a middle must not move the sum.
What still fails: a few percent of the winner's luck remain, which the margin of a plan is for (pilot.fit).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ROUNDS = 40
_LEAST = 1e-5  # of a variance
_UNSEEN = 1e6  # the error of a cell without a measured request
_HALF = 0.5  # requests right and wrong that are added to each cell, so that none is 0 or 1
_POOLED = 8.0  # requests that the correlations of all groups count as within each
_TOGETHER = 0.98  # at most: a correlation of 1 has no inverse
_DRAWS = 256
_BENCHMARKS = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """What a group's measured requests showed: `quality` is requests x models, NaN where a model was not asked."""

    quality: Floats


@dataclass(frozen=True, slots=True)
class Fitted:
    """Draws from what is believed after measuring: groups x draws x models, in [0,1]; a draw is one whole world."""

    draws: Floats

    @property
    def mean(self) -> Floats:
        """Groups x models."""
        return np.asarray(self.draws.mean(axis=1), np.float64)

    @property
    def se(self) -> Floats:
        """Groups x models."""
        return np.asarray(self.draws.std(axis=1), np.float64)

    def se_paired(self, to: int) -> Floats:
        """The standard error of each cell's difference to model `to`; groups x models, 0 for `to` itself."""
        return np.asarray((self.draws - self.draws[:, :, [to]]).std(axis=1), np.float64)


@dataclass(frozen=True, slots=True)
class Extra:
    """What is known besides, as if `n` requests of mean `quality` had been measured apart; groups x models."""

    quality: Floats
    n: Floats


def shrunk(samples: list[Sample], extra: Extra | None = None, seed: int = 0) -> Fitted:
    """What is believed of every cell after measuring `samples`, one a group; deterministic by `seed`."""
    means, errors = _measured(samples, extra)
    spread = _estimated(means, errors)
    centre, covariance = _posterior(means, errors, spread)
    noise = np.random.default_rng(seed).standard_normal((_DRAWS // 2, means.shape[1]))
    noise = np.vstack([noise, -noise])
    roots = [_root(each) for each in covariance]
    moved = np.stack([noise @ root.T for root in roots])
    return Fitted(_benchmarked(centre, moved, _told(samples, extra)))


def _measured(samples: list[Sample], extra: Extra | None) -> tuple[Floats, Floats]:
    """Logits of means (groups x models) and the covariances of their errors (groups x models x models)."""
    shared = _correlation(samples)
    found = [_of_group(sample.quality, shared) for sample in samples]
    means, errors = np.stack([one for one, _ in found]), np.stack([two for _, two in found])
    return (means, errors) if extra is None else _with_extra(means, errors, extra)


def _correlation(samples: list[Sample]) -> Floats:
    """How far models fail on the same requests, over all groups."""
    apart = np.concatenate([sample.quality - _mean(sample.quality) for sample in samples])
    apart = np.nan_to_num(apart)
    covariance = apart.T @ apart / max(len(apart), 1) + 1e-6 * np.eye(apart.shape[1])
    return _as_correlation(covariance)


def _mean(quality: Floats) -> Floats:
    """The mean of each model's measured requests, 0.5 where there are none."""
    seen = ~np.isnan(quality)
    sums = np.where(seen.any(axis=0), np.nansum(quality, axis=0), 0.5)
    return np.asarray(sums / np.maximum(seen.sum(axis=0), 1), np.float64)


def _as_correlation(covariance: Floats) -> Floats:
    scale = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(scale, scale), np.float64)


def _of_group(quality: Floats, shared: Floats) -> tuple[Floats, Floats]:
    """Logits of one group's means and the covariance of their errors, by the delta method."""
    seen = (~np.isnan(quality)).sum(axis=0)
    mean = (np.nansum(quality, axis=0) + _HALF) / (seen + 2 * _HALF)
    apart = np.nan_to_num(quality - _mean(quality))
    variance = ((apart**2).sum(axis=0) + 2 * mean * (1 - mean)) / (seen + 1)
    scale = np.sqrt(variance)
    together = _as_correlation(apart.T @ apart + _POOLED * shared * np.outer(scale, scale) + 1e-9 * np.eye(len(mean)))
    together = _TOGETHER * together + (1 - _TOGETHER) * np.eye(len(mean))
    slope = 1 / (mean * (1 - mean))
    most = np.maximum(np.maximum.outer(seen, seen), 1)  # the requests of one are among those of the other
    errors = together * np.outer(scale * slope, scale * slope) / most
    errors[np.diag_indices(len(mean))] = np.where(seen > 0, (scale * slope) ** 2 / np.maximum(seen, 1), _UNSEEN)
    return np.log(mean / (1 - mean)), _without(errors, seen == 0)


def _without(errors: Floats, unseen: NDArray[np.bool_]) -> Floats:
    """The same with cells that were not measured standing alone."""
    kept = errors.copy()
    kept[unseen, :] = 0.0
    kept[:, unseen] = 0.0
    kept[unseen, unseen] = _UNSEEN
    return kept


def _with_extra(means: Floats, errors: Floats, extra: Extra) -> tuple[Floats, Floats]:
    """Both taken together, each by how sure it is."""
    other = (extra.quality * extra.n + _HALF) / (extra.n + 2 * _HALF)
    error = np.where(extra.n > 0, 1 / (np.maximum(extra.n, 1e-9) * other * (1 - other)), _UNSEEN)
    joined, errors_of = means.copy(), errors.copy()
    for group in np.flatnonzero((extra.n > 0).any(axis=1)):
        own, apart = np.linalg.inv(errors[group]), np.diag(1 / error[group])
        errors_of[group] = np.linalg.inv(own + apart)
        logit = np.log(other[group] / (1 - other[group]))
        joined[group] = errors_of[group] @ (own @ means[group] + apart @ logit)
    return joined, errors_of


@dataclass(frozen=True, slots=True)
class _Spread:
    """Variances on the logit scale: of groups, shared by all models, and of what is left over, by model."""

    group: float
    own: Floats

    @property
    def matrix(self) -> Floats:
        return self.group + np.diag(self.own)


def _estimated(means: Floats, errors: Floats) -> _Spread:
    """The variances under which what was measured is likeliest; leftovers of few groups lean on all models'."""
    spread = _Spread(0.5, np.full(means.shape[1], 0.1))
    if len(means) < 2:  # noqa: PLR2004 - one group tells nothing of differences between groups
        return spread
    for _ in range(_ROUNDS):
        inverse = np.asarray(np.linalg.inv(spread.matrix + errors), np.float64)
        apart = means - _levels(means, inverse)
        pulled = np.einsum("gij,gj->gi", inverse, apart)
        group = spread.group * pulled.sum(axis=1)
        left = spread.group - spread.group**2 * inverse.sum(axis=(1, 2))
        own = spread.own * pulled
        rest = spread.own - spread.own**2 * np.einsum("gii->gi", inverse)
        each = (own**2 + rest).mean(axis=0)
        spread = _Spread(
            max(float((group**2 + left).mean()), _LEAST), np.maximum(0.5 * each + 0.5 * each.mean(), _LEAST)
        )
    return spread


def _levels(means: Floats, inverse: Floats) -> Floats:
    """Each model's own level: generalised least squares."""
    ridge = 1e-9 * np.eye(means.shape[1])
    level: Floats = np.linalg.solve(inverse.sum(axis=0) + ridge, np.einsum("gij,gj->i", inverse, means))
    return level


def _posterior(means: Floats, errors: Floats, spread: _Spread) -> tuple[Floats, Floats]:
    """Mean and covariance of each group's logits, with what is unsure of the models' levels."""
    matrix = spread.matrix
    inverse = np.asarray(np.linalg.inv(matrix + errors), np.float64)
    unsure = np.linalg.inv(inverse.sum(axis=0) + 1e-9 * np.eye(len(matrix)))
    levels = _levels(means, inverse)
    pull = np.einsum("ij,gjk->gik", matrix, inverse)
    centre = levels + np.einsum("gij,gj->gi", pull, means - levels)
    left = np.eye(len(matrix)) - pull
    covariance = matrix - np.einsum("gij,jk->gik", pull, matrix) + np.einsum("gij,jk,glk->gil", left, unsure, left)
    return centre, covariance


def _root(covariance: Floats) -> Floats:
    """A matrix whose product with its transpose is the covariance."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root


def _told(samples: list[Sample], extra: Extra | None) -> Extra:
    """What was measured, and what was known besides, as so many requests of so good a mean."""
    seen = np.stack([(~np.isnan(sample.quality)).sum(axis=0) for sample in samples]).astype(np.float64)
    raw = np.stack([_mean(sample.quality) for sample in samples])
    if extra is None:
        return Extra(raw, seen)
    total = seen + extra.n
    return Extra((raw * seen + extra.quality * extra.n) / np.maximum(total, 1e-9), total)


def _benchmarked(centre: Floats, moved: Floats, told: Extra) -> Floats:
    """Draws as qualities, each model moved so that over what is known of it its mean is what was told."""
    weight = told.n / np.maximum(told.n.sum(axis=0), 1)
    for _ in range(_BENCHMARKS):
        believed = _expit(centre[:, None, :] + moved).mean(axis=1)
        gap = (weight * (told.quality - believed)).sum(axis=0)
        centre = centre + gap / np.maximum((weight * believed * (1 - believed)).sum(axis=0), 1e-3)
    return _expit(centre[:, None, :] + moved)


def _expit(logit: Floats) -> Floats:
    quality: Floats = 1 / (1 + np.exp(-np.clip(logit, -40, 40)))
    return quality
