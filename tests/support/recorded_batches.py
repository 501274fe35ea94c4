"""Batches with made-up outcomes whose truth is known."""

from statistics import NormalDist

import numpy as np
import polars as pl

from modelroute_cli.pilot.evaluate.recorded import Recorded
from modelroute_cli.pilot.shrinkage import Floats

MODELS = ("cheap", "middle", "premium")
COSTS = (1_000, 4_000, 20_000)  # pico-dollars of an answer


def rates(groups: int = 8) -> Floats:
    """The premium model is good everywhere, the cheap one in every other group, the middle one is nearly as good."""
    every = np.tile([0.6, 0.9, 0.95], (groups, 1))
    every[::2, 0] = 0.94
    return every


def recorded(seed: int, truth: Floats | None = None, each: int = 250) -> Recorded:
    """`each` requests of each group; models mostly fail on the same ones."""
    truth = rates() if truth is None else truth
    random = np.random.default_rng(seed)
    bars = np.repeat(np.vectorize(NormalDist().inv_cdf)(np.clip(truth, 1e-9, 1 - 1e-9)), each, axis=0)
    ease = np.sqrt(0.5) * (random.normal(size=(len(bars), 1)) + random.normal(size=bars.shape))
    cost = np.rint(np.array(COSTS[: truth.shape[1]]) * random.uniform(0.5, 1.5, bars.shape)).astype(np.int64)
    group = np.repeat(np.arange(len(truth)), each).astype(np.int64)
    return Recorded(
        models=MODELS[: truth.shape[1]],
        baseline=truth.shape[1] - 1,
        ids=tuple(f"r{at}" for at in range(len(bars))),
        group=group,
        groups=tuple(f"g{at}" for at in range(len(truth))),
        quality=(ease < bars).astype(np.float64),
        cost_pusd=cost,
    )


def as_table(batch: Recorded) -> pl.DataFrame:
    """Its outcomes as rows, as `read_outcomes` gives them."""
    rows = [
        (name, model, float(batch.quality[at, to]), int(batch.cost_pusd[at, to]), None, None, None)
        for at, name in enumerate(batch.ids)
        for to, model in enumerate(batch.models)
    ]
    schema = {
        "custom_id": pl.String,
        "model": pl.String,
        "quality": pl.Float64,
        "cost_pusd": pl.Int64,
        "input_tokens": pl.Int64,
        "output_tokens": pl.Int64,
        "answer": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
