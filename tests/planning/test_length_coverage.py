"""Rules of the intervals of batch totals, on made-up answers whose truth is known."""

import numpy as np
import polars as pl
import pytest
from length_coverage import Fit, by_category, coverage, fitted, holds

MODELS = {"short": 1.0, "long": 3.0}


def answers() -> pl.DataFrame:
    """Two models on 800 prompts of two categories; lengths are lognormal, three times as long from one of them."""
    random = np.random.default_rng(5)
    rows = [
        {
            "prompt_id": f"p{at:03}",
            "model": model,
            "category": "math" if at % 3 else "chat",
            "output_tokens": int(factor * random.lognormal(5 if at % 3 else 4, 0.7)),
        }
        for model, factor in MODELS.items()
        for at in range(800)
    ]
    return pl.DataFrame(rows)


def test_intervals_of_models_seen_hold() -> None:
    """At least 85 of 100 totals of unseen prompts lie in the interval fitted on the other half."""
    seen, _ = coverage(answers(), seed=1, shared=0.25)
    assert len(seen) == 40
    assert sum(seen) / len(seen) >= 0.85


def test_a_model_not_seen_may_be_anywhere() -> None:
    """With another model's lengths, three times off, no interval of 25% holds; one of 300% does."""
    _, unseen = coverage(answers(), seed=1, shared=0.25)
    assert not any(unseen)
    _, wide = coverage(answers(), seed=1, shared=3.0)
    assert all(wide)


def test_a_fit_knows_its_own_error() -> None:
    """The error of a mean shrinks with the root of the answers, unless it is said to be shared."""
    lengths = np.array([100, 300] * 200)
    assert fitted(lengths).mean == 200
    assert fitted(lengths).error == pytest.approx(1.645 * 100 / 20, rel=0.01)
    assert fitted(lengths, shared=0.25).error == 50


def test_a_total_far_off_does_not_hold() -> None:
    """The interval can fail: twice the expected total is outside of it."""
    batch = pl.DataFrame({"category": ["x"] * 100, "output_tokens": [200] * 100})
    assert holds({"x": Fit(mean=200, half=50, error=5)}, batch)
    assert not holds({"x": Fit(mean=100, half=50, error=5)}, batch)


def test_each_category_has_its_fit() -> None:
    """Categories are not mixed."""
    fits = by_category(answers().filter(pl.col("model") == "short"))
    assert fits.keys() == {"math", "chat"}
    assert fits["math"].mean > 2 * fits["chat"].mean
