"""How often the 90% interval of a batch's output tokens holds, on real answer lengths; prints, asserts nothing.

    python benchmarks/length_coverage.py ../shared/data/outcomes/*.outcomes.parquet

Models seen: range and mean of a model's answers in each category are fitted on half of the prompts; totals of batches
drawn from the other half must lie in the interval that a plan would print. Models not seen: the mean and range are
those of all OTHER models, with the error of the mean that `data/output_lengths.yaml` says all requests share.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from modelroute_cli.catalog.settings import Assumptions
from modelroute_cli.planning.expect import load_expectations
from modelroute_cli.planning.totals import half_range

BATCH = 200
BATCHES = 20
LEAST_ANSWERS = 200
SURE = 1.645  # standard errors of a 90% interval


Lengths = NDArray[np.int64] | NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Fit:
    """Answers of one category: their mean, half of their 90% range, and the 90% error of the mean."""

    mean: float
    half: float
    error: float


def fitted(lengths: Lengths, shared: float | None = None) -> Fit:
    """The fit of some answers; the error of the mean is its sampling error, or the share `shared` of it."""
    mean, low, high = float(lengths.mean()), *np.quantile(lengths, (0.05, 0.95))
    spread = float(lengths.std(ddof=1)) if len(lengths) > 1 else mean
    half = max(float(high - low) / 2, SURE * spread)  # a long tail beyond the quantiles moves a total too
    return Fit(mean, half, SURE * spread / len(lengths) ** 0.5 if shared is None else shared * mean)


def holds(fits: dict[str, Fit], batch: pl.DataFrame) -> bool:
    """Whether the total of `batch` lies in the interval that these fits give it."""
    counts = dict(batch.group_by("category").len().iter_rows())
    middle = sum(fits[name].mean * count for name, count in counts.items())
    own = ((round(fits[name].half), count) for name, count in counts.items())
    shared = sum(fits[name].error * count for name, count in counts.items())
    return abs(int(batch["output_tokens"].sum()) - middle) <= half_range(own, round(shared))


def by_category(answers: pl.DataFrame, shared: float | None = None) -> dict[str, Fit]:
    """One fit for each category."""
    groups = answers.group_by("category")
    return {str(name): fitted(group["output_tokens"].to_numpy(), shared) for (name,), group in groups}


def batches(answers: pl.DataFrame, seed: int) -> Iterator[pl.DataFrame]:
    """Batches drawn without replacement, each by itself."""
    return (answers.sample(min(BATCH, answers.height // 2), seed=seed + at) for at in range(BATCHES))


def coverage(answers: pl.DataFrame, seed: int, shared: float) -> tuple[list[bool], list[bool]]:
    """Which intervals hold: of models seen, and of the same models taken as not seen."""
    prompts = answers["prompt_id"].unique().sort().sample(fraction=0.5, seed=seed, shuffle=True)
    first = answers.filter(pl.col("prompt_id").is_in(prompts.implode()))
    second = answers.filter(~pl.col("prompt_id").is_in(prompts.implode()))
    seen, unseen = [], []
    for (model,), rest in second.group_by("model", maintain_order=True):
        own, others = first.filter(pl.col("model") == model), first.filter(pl.col("model") != model)
        if min(own.height, rest.height) < LEAST_ANSWERS:
            continue
        drawn = list(batches(rest, seed))
        known, foreign = by_category(own), by_category(others, shared)
        seen += [holds(known, batch) for batch in drawn if set(batch["category"]) <= known.keys()]
        unseen += [holds(foreign, batch) for batch in drawn if set(batch["category"]) <= foreign.keys()]
    return seen, unseen


def main() -> None:
    """Print the share of intervals that hold, set by set."""
    shared = load_expectations(Assumptions()).lengths.shared_error
    for name in sys.argv[1:]:
        outcomes = pl.read_parquet(name)
        prompts = pl.read_parquet(name.replace(".outcomes.", ".prompts.")).select("prompt_id", "category")
        answers = outcomes.join(prompts, on="prompt_id").sort("model", "prompt_id")
        label = Path(name).name.removesuffix(".outcomes.parquet")
        if answers["output_tokens"].n_unique() == 1:
            print(f"{label}: all lengths are the same, assumed ones: nothing to measure")
            continue
        parts = [coverage(answers, seed, shared) for seed in range(3)]
        for at, what in enumerate(("models seen", f"models not seen, mean {shared:.0%} off")):
            found = [held for part in parts for held in part[at]]
            print(f"{label}: {what}: {sum(found) / max(len(found), 1):.1%} of {len(found):,} intervals hold")


if __name__ == "__main__":
    main()
