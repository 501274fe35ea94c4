"""Which requests are answered by the baseline as well: the same share of every template, by a hash of their names."""

from collections.abc import Collection
from hashlib import blake2b

import numpy as np
import polars as pl

from modelroute_cli.execution.tickets import COLUMNS, Assigned

_SIZE = 2**64


def drawn(assignments: pl.LazyFrame, rules: Collection[str], share: float, seed: int) -> dict[int, Assigned]:
    """The requests of a control sample, by row: of ASSIGNMENTS under one of `rules`, duplicates of others left out.

    Template after template, in each in the order of the hashes, every (1 / share)-th request is drawn: share x n of a
    template with n requests, rounded up or down, and share x all of them but for one (systematic sampling, Cochran
    1977, chapter 8). The same seed draws the same ones, in whatever order requests are sent.
    """
    own = assignments.filter(pl.col("duplicate_of").is_null() & pl.col("rule").is_in(list(rules)))
    names = own.select("row", "custom_id", pl.col("template").cast(pl.String)).collect()
    chosen = _chosen(names, share, seed)
    rows = assignments.filter(pl.col("row").is_in(chosen)).select(COLUMNS).collect()
    return {values[0]: Assigned(*values) for values in rows.iter_rows()}


def _chosen(names: pl.DataFrame, share: float, seed: int) -> list[int]:
    """The rows of a systematic sample."""
    hashes = [_hash(seed, custom_id) for custom_id in names["custom_id"]]
    ordered = names.with_columns(pl.Series("hash", hashes, pl.UInt64)).sort("template", "hash", "row")
    reached = np.floor(np.arange(names.height + 1) * share + _hash(seed, "") / _SIZE)
    return ordered.filter(pl.Series(np.diff(reached) > 0))["row"].sort().to_list()


def _hash(seed: int, name: str) -> int:
    return int.from_bytes(blake2b(f"{seed}/control/{name}".encode(), digest_size=8).digest(), "big")
