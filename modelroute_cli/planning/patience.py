"""How long requests can wait, as far as planning cares: the longest window of a service tier before their deadline.

Deadlines differ from row to row; what can be bought differs only where a tier's window does or does not fit. Requests
of many deadlines stay of few kinds.
"""

from collections.abc import Iterable

import polars as pl

from modelroute_cli.base.frames import Frame


def with_patience(requests: Frame, windows: Iterable[int], deadline_s: int | None) -> Frame:
    """`requests` with `patience_s`: one of `windows` in seconds, 0 where none fits, null without a deadline.

    A row's own deadline comes before `deadline_s`, that of the whole job.
    """
    deadline = pl.col("deadline_s").fill_null(deadline_s) if deadline_s is not None else pl.col("deadline_s")
    patience = pl.lit(0, pl.Int64)
    for window_s in sorted(windows):
        patience = pl.when(deadline >= window_s).then(pl.lit(window_s, pl.Int64)).otherwise(patience)
    given = pl.when(deadline.is_not_null()).then(patience)
    return requests.with_columns(given.cast(pl.Int64).alias("patience_s"))
