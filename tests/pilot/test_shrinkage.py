"""Means that learn from each other: what they hold on to, what they draw towards, and how often they are right."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.pilot.shrinkage import Extra, Floats, Sample, shrunk


def drawn(truth: Floats, rows: int, seed: int) -> list[Sample]:
    """Answers right at the rates of `truth`, groups x models; hard requests are hard for all."""
    random = np.random.default_rng(seed)
    shape = (len(truth), rows, 1)
    ease = np.sqrt(0.5) * (random.normal(size=shape) + random.normal(size=(*shape[:2], truth.shape[1])))
    least = np.vectorize(NormalDist().inv_cdf)(np.clip(truth, 1e-6, 1 - 1e-6))
    return [Sample((found < bar).astype(np.float64)) for found, bar in zip(ease, least, strict=True)]


def world(seed: int, groups: int = 20, models: int = 6) -> Floats:
    """True qualities: models differ, groups differ, and a little of both together."""
    random = np.random.default_rng(seed)
    logit = (
        random.normal(1.2, 0.5, models) + random.normal(0, 0.8, (groups, 1)) + random.normal(0, 0.4, (groups, models))
    )
    rates: Floats = 1 / (1 + np.exp(-logit))
    return rates


def test_beliefs_are_nearer_to_the_truth_than_what_was_measured() -> None:
    """Over five worlds the squared error of paired differences is at least a fifth less than that of raw means."""
    raw = own = 0.0
    for seed in range(5):
        truth = world(seed)
        samples = drawn(truth, 40, seed + 100)
        means = np.stack([sample.quality.mean(axis=0) for sample in samples])
        believed = shrunk(samples).mean
        wanted = truth - truth[:, [0]]
        raw += float(((means - means[:, [0]] - wanted) ** 2).sum())
        own += float(((believed - believed[:, [0]] - wanted) ** 2).sum())
    assert own < 0.8 * raw


def test_two_standard_errors_hold_as_often_as_they_should() -> None:
    """Of the paired differences of five worlds 90 to 99 in a hundred lie within two of their errors."""
    inside = []
    for seed in range(5):
        truth = world(seed)
        fitted = shrunk(drawn(truth, 40, seed + 200))
        off = fitted.mean - fitted.mean[:, [0]] - (truth - truth[:, [0]])
        inside += list((np.abs(off[:, 1:]) <= 2 * fitted.se_paired(0)[:, 1:]).ravel())
    assert 0.90 <= np.mean(inside) <= 0.99


def test_a_models_mean_over_what_was_measured_stays() -> None:
    """Drawing cells towards a middle moves no model as a whole by more than half a point."""
    samples = drawn(world(3), 30, 7)
    raw = np.stack([sample.quality.mean(axis=0) for sample in samples]).mean(axis=0)
    assert np.abs(shrunk(samples).mean.mean(axis=0) - raw).max() < 0.005


def test_a_difference_to_itself_is_certain() -> None:
    """The baseline beside itself has no error; others have."""
    paired = shrunk(drawn(world(1), 20, 1)).se_paired(2)
    assert np.all(paired[:, 2] == 0)
    assert np.all(np.delete(paired, 2, axis=1) > 0)


def test_a_cell_that_was_not_measured_has_its_models_level_and_a_wide_error() -> None:
    """Wider than the same cell's when it was measured."""
    samples = drawn(world(5), 40, 5)
    quality = samples[0].quality.copy()
    quality[:, 3] = np.nan
    fitted = shrunk([Sample(quality), *samples[1:]])
    assert fitted.se[0, 3] > 1.2 * shrunk(samples).se[0, 3]
    assert 0.2 < fitted.mean[0, 3] < 0.999


def test_more_requests_leave_less_unsure() -> None:
    """Four times as many, about half the error."""
    few, many = (shrunk(drawn(world(9), rows, 9)).se_paired(0)[:, 1:].mean() for rows in (25, 100))
    assert many < 0.75 * few


def test_what_was_known_before_counts_as_requests() -> None:
    """A hundred earlier requests at 0.9 draw a cell of twenty at 0.5 to near 0.9; none leave it."""
    samples = drawn(np.full((6, 3), 0.5), 20, 2)
    quality, none = np.full((6, 3), 0.9), np.zeros((6, 3))
    counts = none.copy()
    counts[0, 1] = 200.0
    plain, known = shrunk(samples, Extra(quality, none)), shrunk(samples, Extra(quality, counts))
    assert known.mean[0, 1] > plain.mean[0, 1] + 0.15
    assert known.se[0, 1] < plain.se[0, 1]


def test_one_group_is_measured_by_itself() -> None:
    """Nothing tells how groups differ; the mean is what was measured."""
    sample = drawn(np.array([[0.9, 0.6, 0.3]]), 60, 0)
    assert shrunk(sample).mean[0] == pytest.approx(sample[0].quality.mean(axis=0), abs=0.01)


@settings(max_examples=10)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(2, 5), st.integers(1, 12))
def test_every_sample_gives_shares(seed: int, groups: int, models: int, rows: int) -> None:
    """All right, all wrong, graded, unmeasured: means in [0,1], errors finite, the same each time."""
    random = np.random.default_rng(seed)
    samples = []
    for _ in range(groups):
        quality = random.choice([0.0, 0.25, 1.0], (rows, models))
        quality[:, random.random(models) < 0.2] = np.nan
        samples.append(Sample(quality))
    fitted = shrunk(samples)
    assert np.all((fitted.mean >= 0) & (fitted.mean <= 1))
    assert np.all(np.isfinite(fitted.se))
    assert np.array_equal(fitted.draws, shrunk(samples).draws)
