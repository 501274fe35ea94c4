"""The REQUESTS frame once the whole job is known: duplicates point to their first, templates have their names."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from modelroute_cli.base.described import OWN, Templates
from modelroute_cli.base.frames import REQUESTS, TASK_SOURCE, TASK_TYPE
from modelroute_cli.base.spill import Spill, blocks


@dataclass(frozen=True, slots=True)
class Alike:
    """Requests that have something in common with others, by row."""

    twins: pl.DataFrame  # `row` and `duplicate_of`
    prefixes: pl.DataFrame  # PREFIXES


def finished(rows: pl.LazyFrame, alike: Alike, templates: Templates) -> Spill:
    """PROVISIONAL rows as REQUESTS."""
    spill = Spill(REQUESTS)
    for block in blocks(rows):
        spill.append(_finished(block.with_row_index("row", spill.height), alike, templates))
    return spill


def _finished(block: pl.DataFrame, alike: Alike, templates: Templates) -> pl.DataFrame:
    """One block, its rows numbered."""
    linked = block.with_columns(pl.col("row").cast(pl.Int64))
    for known in (alike.twins, alike.prefixes):
        linked = _linked(linked, known)
    lengths = pl.col("prefix_chars", "prefix_tokens").fill_null(0)
    named = linked.with_columns(*_judged(block, templates), *_named(block, templates), lengths)
    return named.select(list(REQUESTS))


def _linked(block: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """A block with what is known of some of its rows."""
    if known.height:
        return block.join(known, on="row", how="left", maintain_order="left")
    return block.with_columns(pl.lit(None, pl.Int64).alias(name) for name in known.columns if name != "row")


def _judged(block: pl.DataFrame, templates: Templates) -> list[pl.Series]:
    """Task types: the row's own word, else what its template's requests say together, else what it says alone."""
    places = block["template"].to_numpy()
    voted = templates.task_type[places]
    from_row = block["from_row"].to_numpy()
    own = (voted == OWN) | from_row
    task_type = np.where(own, block["task_type"].to_numpy(), voted)
    confidence = np.where(own, block["task_confidence"].to_numpy(), templates.task_confidence[places])
    return [
        _worded("task_type", task_type, TASK_TYPE),
        pl.Series("task_confidence", confidence).cast(pl.Float64),
        _worded("task_source", ~from_row, TASK_SOURCE),
    ]


def _named(block: pl.DataFrame, templates: Templates) -> list[pl.Series]:
    """The names of templates."""
    numbers = templates.number[block["template"].to_numpy()]
    return [pl.Series("template", templates.names, dtype=pl.String)[numbers]]


def _worded(name: str, codes: NDArray[np.generic], words: pl.Enum) -> pl.Series:
    """Places in a list of words as those words."""
    return pl.Series(name, words.categories)[codes.astype(np.int64)].cast(words)
