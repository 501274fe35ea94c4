"""Made-up outcomes whose truth is known, for the tests of the replay benchmark."""

from pathlib import Path

import polars as pl
from replay_methods import Known
from replay_outcomes import Outcomes, halve, load, measure

CENT = 0.01
MODELS = {"large": 0.09, "medium": 0.03, "small": 0.01}
GOOD_AT = {
    "chat": {"large": 20, "medium": 20, "small": 19},
    "code": {"large": 20, "medium": 15, "small": 5},
    "math": {"large": 18, "medium": 18, "small": 9},
}
"""How many of 20 prompts in a row each model answers well."""


def rows(prompts: int = 600) -> pl.DataFrame:
    """All models on all prompts, as a recorded set has them."""
    found = [
        {
            "prompt_id": f"p{at:04}",
            "category": category,
            "model": model,
            "quality": float((at // 3 * 7) % 20 < GOOD_AT[category][model]),
            "cost_usd": cost,
            "cost_kind": "list price",
        }
        for at in range(prompts)
        for category in [sorted(GOOD_AT)[at % 3]]
        for model, cost in MODELS.items()
    ]
    return pl.DataFrame(found)


def written(folder: Path, recorded: pl.DataFrame) -> Path:
    """The pair of files of a set."""
    recorded.select("prompt_id", "category").unique().write_parquet(folder / "made.prompts.parquet")
    path = folder / "made.outcomes.parquet"
    recorded.drop("category").write_parquet(path)
    return path


def outcomes(folder: Path, prompts: int = 600) -> Outcomes:
    """A whole set."""
    return load(written(folder, rows(prompts))).outcomes


def known(of: Outcomes, seed: int = 0) -> Known:
    """What is known of the planned half."""
    halves = halve(of, seed)
    return Known(of.models, halves.plan.counts, measure(halves.fit))
