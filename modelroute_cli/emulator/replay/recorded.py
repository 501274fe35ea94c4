"""Recorded outcomes by request and model: 24 bytes each, however many there are."""

from dataclasses import dataclass

import numpy as np
import polars as pl

_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one model's answer to one request was worth."""

    quality: float
    output_tokens: int | None = None  # hidden reasoning with it
    answer: str | None = None


class Recorded:
    """A table as `jobs.outcomes.read_outcomes` gives it, for the requests of a job by their place in it."""

    def __init__(self, outcomes: pl.DataFrame, custom_ids: pl.Series) -> None:
        self._models = {name: number for number, name in enumerate(outcomes["model"].unique().sort())}
        found = _located(outcomes, custom_ids, self._models)
        self._keys = found["key"].to_numpy()
        self._quality = found["quality"].to_numpy()
        self._output_tokens = found["output_tokens"].fill_null(_UNKNOWN).to_numpy()
        self._answers = found["answer"] if found["answer"].null_count() < len(found) else None
        self.requests = found["row"].n_unique()

    @property
    def models(self) -> tuple[str, ...]:
        """Those that have outcomes."""
        return tuple(self._models)

    def of(self, row: int, model: str) -> Outcome | None:
        """What was recorded; None where nothing was."""
        number = self._models.get(model)
        if number is None:
            return None
        key = row * len(self._models) + number
        place = int(np.searchsorted(self._keys, key))
        if place == len(self._keys) or self._keys[place] != key:
            return None
        tokens = int(self._output_tokens[place])
        return Outcome(
            quality=float(self._quality[place]),
            output_tokens=None if tokens == _UNKNOWN else tokens,
            answer=None if self._answers is None else self._answers[place],
        )


def _located(outcomes: pl.DataFrame, custom_ids: pl.Series, models: dict[str, int]) -> pl.DataFrame:
    """The outcomes of these requests, by one number each that grows with request and model."""
    rows = custom_ids.alias("custom_id").to_frame().with_row_index("row")
    number = pl.col("model").replace_strict(models, return_dtype=pl.Int64)
    key = pl.col("row").cast(pl.Int64) * len(models) + number
    return outcomes.join(rows, on="custom_id").with_columns(key=key).sort("key")
