"""Templates whose task type is a guess that a model could be asked about, and what its answers change."""

from collections.abc import Mapping

import polars as pl

from modelroute_cli.base.frames import TASK_SOURCE, TASK_TYPE, Frame, Schema, check
from modelroute_cli.base.schema import TaskType

UNSURE_BELOW = 0.5
"""A calibrated confidence: below it, a guess is more likely wrong than right."""
LEAST_REQUESTS = 5
"""Judgement: fewer requests of a template, duplicates left out, are not worth a question."""

UNCERTAIN: Schema = {
    "template": pl.String,
    "task_type": TASK_TYPE,  # as guessed
    "task_confidence": pl.Float64,
    "requests": pl.Int64,  # duplicates included
    "offset": pl.Int64,  # of an example
    "length": pl.Int64,
}

_GUESSED = pl.col("task_source") == "classifier"
_SENT = pl.col("duplicate_of").is_null()


def uncertain(requests: pl.LazyFrame, shown: pl.Expr | None = None) -> pl.DataFrame:
    """The UNCERTAIN templates of `requests` (REQUESTS), in order of their first request; `shown`: what may be examples.

    A template counts when its requests share one guess: where each was guessed by itself, no example speaks for all.
    """
    example = _SENT if shown is None else _SENT & shown
    found = (
        requests.filter(_GUESSED)
        .group_by("template")
        .agg(
            pl.col("task_type", "task_confidence").first(),
            (pl.col("task_confidence").min() == pl.col("task_confidence").max()).alias("same_confidence"),
            (pl.col("task_type").n_unique() == 1).alias("same_type"),
            pl.len().cast(pl.Int64).alias("requests"),
            _SENT.sum().alias("sent"),
            pl.col("offset", "length").filter(example).first(),
            pl.col("row").first(),
        )
    )
    worth = (pl.col("sent") >= LEAST_REQUESTS) & pl.col("offset").is_not_null()
    unsure = pl.col("same_type") & pl.col("same_confidence") & (pl.col("task_confidence") < UNSURE_BELOW)
    return check(found.filter(worth & unsure).sort("row").select(list(UNCERTAIN)).collect(), UNCERTAIN)


def answered(requests: Frame, answers: Mapping[str, TaskType]) -> Frame:
    """`requests` (REQUESTS) with what a model said of their templates where the classifier had guessed.

    What such an answer is worth is not known, so its confidence is null.
    """
    if not answers:
        return requests
    words = {template: task_type.value for template, task_type in answers.items()}
    said = pl.col("template").replace_strict(words, default=None, return_dtype=pl.String)
    told = _GUESSED & said.is_not_null()
    return requests.with_columns(
        pl.when(told).then(said.cast(TASK_TYPE)).otherwise("task_type").alias("task_type"),
        pl.when(told).then(None).otherwise("task_confidence").alias("task_confidence"),
        pl.when(told).then(pl.lit("model", TASK_SOURCE)).otherwise("task_source").alias("task_source"),
    )
