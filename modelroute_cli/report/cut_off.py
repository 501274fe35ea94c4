"""What output limits below the planned ones cost: answers that they cut off, which were sent again."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.database import reading

_RESENT = """
SELECT again.row, again.model, again.max_tokens, COALESCE(
    (SELECT cost_pusd FROM intents cut JOIN outcomes USING (attempt)
     WHERE cut.row = again.row AND cut.model = again.model AND cut.attempt < again.attempt AND finish_reason = 'length'
     ORDER BY cut.attempt DESC LIMIT 1), 0)
FROM intents again WHERE again.kind = 'resend' ORDER BY again.attempt
"""


class Resent(Struct, frozen=True):
    """A request that was sent again to the same model because its answer was cut off; what the cut one cost."""

    row: int
    model: str
    max_tokens: int
    cut_pusd: PicoUSD


class CutOff(Struct, frozen=True, kw_only=True):
    """Answers that were cut off by an output limit below the planned one; each was sent again with that one."""

    answers: int
    cost_pusd: PicoUSD  # of the answers that were cut off


def resent(journal: Path) -> tuple[Resent, ...]:
    """The requests that were sent again with another output limit, in order; StorageError."""
    with reading(journal) as connection:
        return tuple(Resent(*row) for row in connection.execute(_RESENT))


def cut_off(again: Sequence[Resent], assignments: pl.LazyFrame) -> CutOff | None:
    """Those of them that had less than the planned limit before; None where there are none."""
    if not again:
        return None
    rows = [item.row for item in again]
    planned = assignments.filter(pl.col("row").is_in(rows)).select("row", "model", "max_tokens").collect()
    limits = {(row, model): tokens for row, model, tokens in planned.iter_rows()}
    sized = [item for item in again if limits.get((item.row, item.model)) == item.max_tokens]
    if not sized:
        return None
    return CutOff(answers=len(sized), cost_pusd=PicoUSD(sum(item.cut_pusd for item in sized)))
