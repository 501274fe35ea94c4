"""Requests that are alike in all that planning looks at, counted: quotes, optimum and sums are made for each kind once.

Two requests of one task type, language, rule and token count cost the same on every model and are believed to be
answered as well. A million requests of fifty templates are some thousand kinds; nothing is rounded to make them so.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from modelroute_cli.base.spill import BLOCK_ROWS, blocks
from modelroute_cli.planning.beliefs import GROUP
from modelroute_cli.planning.hull import Ints

_ALIKE = (
    "rule",
    "held",
    "task_type",
    "language",
    "modality",
    "model",
    "min_quality",
    "max_output_tokens",
    "has_schema",
    "schema_tokens",
    "input_tokens",
    "message_count",
    "image_sizes",
    "needs",
    "pages",
    "audio_s",
    "length_hint_tokens",
    "patience_s",
    "prefix",
    "prefix_tokens",
    "judge",
)
_FIRST = ("row", "line", "custom_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """`frame`: a row a kind, by its first request, whose `row`, `line` and `custom_id` stand for it.

    `requests` counts those that are sent; `copies` are the requests that one answer answers, itself and its duplicates.
    """

    frame: pl.DataFrame
    kind: Ints  # for every request in input order its place in `frame`; a duplicate has that of its first
    is_sent: NDArray[np.bool_]
    firsts: Ints  # for every request that is not sent the place, in input order, of the one that answers it


def make_kinds(requests: pl.LazyFrame, block_rows: int = BLOCK_ROWS) -> Kinds:
    """The kinds of `requests`: REQUESTS with their `rule`, in input order.

    Where something was measured they also have their `group`, and so do the kinds.
    """
    copies, alike = _copies(requests), _alike(requests)
    looked_at = requests.select(*_FIRST, *alike, "duplicate_of")
    parts = [_grouped(_sent(block, copies), alike) for block in blocks(looked_at, block_rows)]
    merged = _merged([part.drop("members") for part in parts], alike)
    sent_rows, sent_kind = _members(parts, merged)
    rows = requests.select("row").collect()["row"].to_numpy()
    twins = requests.filter(pl.col("duplicate_of").is_not_null()).select("row", "duplicate_of").collect()
    is_sent = np.ones(len(rows), np.bool_)
    is_sent[np.searchsorted(rows, twins["row"].to_numpy())] = False
    firsts = np.searchsorted(rows, twins["duplicate_of"].to_numpy())
    kind = np.empty(len(rows), np.int64)
    kind[np.searchsorted(rows, sent_rows)] = sent_kind
    kind[~is_sent] = kind[firsts]
    return Kinds(frame=merged.drop("parts"), kind=kind, is_sent=is_sent, firsts=firsts)


def _alike(requests: pl.LazyFrame) -> tuple[str, ...]:
    """What makes requests alike: the group of templates too, where it says something."""
    return (*_ALIKE, GROUP) if GROUP in requests.collect_schema().names() else _ALIKE


def _copies(requests: pl.LazyFrame) -> pl.DataFrame:
    """For each request that others repeat: its `row`, and how many requests its answer answers."""
    repeated = requests.filter(pl.col("duplicate_of").is_not_null())
    counted = repeated.group_by(pl.col("duplicate_of").alias("row")).agg((pl.len() + 1).cast(pl.Int64).alias("copies"))
    return counted.collect()


def _sent(block: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """The requests of a block that are sent, with their `copies`."""
    sent = block.filter(pl.col("duplicate_of").is_null())
    if not copies.height:
        return sent.with_columns(pl.lit(1, pl.Int64).alias("copies"))
    return sent.join(copies, on="row", how="left", maintain_order="left").with_columns(pl.col("copies").fill_null(1))


def _grouped(block: pl.DataFrame, alike: tuple[str, ...]) -> pl.DataFrame:
    """The kinds of one block, with their `members`: rows of requests."""
    found = block.group_by(*alike, "copies", maintain_order=True)
    return found.agg(pl.col(*_FIRST).first(), pl.len().cast(pl.Int64).alias("requests"), pl.col("row").alias("members"))


def _merged(parts: list[pl.DataFrame], alike: tuple[str, ...]) -> pl.DataFrame:
    """The kinds of all blocks, with `parts`: their places among the blocks' kinds one after the other."""
    place = pl.int_range(pl.len()).alias("place")
    found = pl.concat(parts).with_columns(place).group_by(*alike, "copies", maintain_order=True)
    merged = found.agg(pl.col(*_FIRST).first(), pl.col("requests").sum(), pl.col("place").alias("parts"))
    return merged.select(*_FIRST, *alike, "copies", "requests", "parts")


def _members(parts: list[pl.DataFrame], merged: pl.DataFrame) -> tuple[Ints, Ints]:
    """Rows that are sent, and the kind of each; in no order."""
    kind_of = np.empty(sum(part.height for part in parts), np.int64)
    kind_of[merged["parts"].explode().to_numpy()] = np.repeat(
        np.arange(merged.height), merged["parts"].list.len().to_numpy()
    )
    counts = np.concatenate([part["requests"].to_numpy() for part in parts])
    rows = np.concatenate([part["members"].explode().to_numpy() for part in parts])
    return rows, np.repeat(kind_of, counts)


def census(requests: pl.LazyFrame) -> pl.DataFrame:
    """How many `requests` (duplicates included) have each rule, pin, task type, data class and deadline."""
    by = ("rule", "model", "task_type", "data_class", "has_deadline")
    return requests.group_by(by).agg(pl.len().cast(pl.Int64).alias("requests")).sort(by).collect()
