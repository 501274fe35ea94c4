"""What a run's control sample showed, as measured answers: the plan's own model and the baseline on the same requests.

The sample is drawn evenly, so it says what the run's own models are worth. Where the answer was escalated, the first
model is measured by its first answer: to leave these out would make cheap models look better than they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from modelroute_cli.base.schema import TaskType
from modelroute_cli.execution.realised.scoring import GATES
from modelroute_cli.pilot.observation import Observation

_NOT_ITS_OWN = ("control", "escalation", "pilot")  # kinds of attempts that are no first answer of the run
_SHOWN = ("model", "model_served", "input_tokens", "output_tokens", "cost_pusd", "emulated")
REQUEST_COLUMNS = ("row", "custom_id", "template", "task_type", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFrames:
    """A run by its journal and its plan."""

    pairs: pl.DataFrame  # PAIRS
    seen: pl.DataFrame  # SEEN: verdicts on first answers
    attempts: pl.DataFrame  # ATTEMPTS
    requests: pl.DataFrame  # `row`, `custom_id`, `template`, `task_type`, `language`


def run_observations(frames: RunFrames) -> tuple[Observation, ...]:
    """The pairs of a run that its pilot did not have, by row: the first model's answer, then the baseline's.

    Left out: pairs that nobody but gates compared (their word is no quality), those of the baseline with itself, and
    those whose first answer nobody measured.
    """
    return tuple(each for row in _compared(frames).iter_rows(named=True) for each in _both(row))


def _compared(frames: RunFrames) -> pl.DataFrame:
    """A row for each pair, with what is known of both answers and of the request."""
    attempts = frames.attempts
    own = attempts.filter(~pl.col("kind").is_in(_NOT_ITS_OWN) & pl.col("verdict").is_not_null())
    asked = attempts.filter(pl.col("kind") == "control")
    scored = frames.pairs.filter(pl.col("scorer") != GATES).select("row", "control", "control_quality", "scorer")
    first = frames.seen.unique("row", keep="last").select("row", "passed", pl.col("quality"), by=pl.col("scorer"))
    known = (
        scored.join(first, on="row")
        .join(own.unique("row", keep="last").select("row", *_named("own")), on="row")
        .join(asked.select(pl.col("attempt").alias("control"), *_named("base")), on="control")
        .join(
            frames.requests.select(pl.col(name).cast(pl.String) if name != "row" else name for name in REQUEST_COLUMNS),
            on="row",
        )
    )
    return (
        known.filter(pl.col("own_model") != pl.col("base_model"))
        .with_columns(worth=_worth())
        .drop_nulls("worth")
        .sort("row")
    )


def _worth() -> pl.Expr:
    """The first answer's quality by the scorer of the pair; 0 where its gates failed it and nobody scored it."""
    measured = pl.when(pl.col("by") == pl.col("scorer")).then(pl.col("quality"))
    return measured.otherwise(pl.when(~pl.col("passed") & pl.col("quality").is_null()).then(0.0))


def _named(prefix: str) -> Iterable[pl.Expr]:
    return (pl.col(name).alias(f"{prefix}_{name}") for name in _SHOWN)


def _both(row: Mapping[str, Any]) -> Iterator[Observation]:
    yield _observation(row, "own", row["worth"], row["passed"])
    yield _observation(row, "base", row["control_quality"], None)


def _observation(row: Mapping[str, Any], prefix: str, quality: float, passed: bool | None) -> Observation:  # noqa: FBT001 - a column
    answer = {name: row[f"{prefix}_{name}"] for name in _SHOWN}
    return Observation(
        custom_id=row["custom_id"],
        template=row["template"],
        task_type=TaskType(row["task_type"]),
        language=row["language"],
        quality=quality,
        scorer=row["scorer"],
        passed=passed,
        **answer,
    )
