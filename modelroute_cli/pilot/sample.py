"""Which requests of each template are asked: spread over importance and length, never two of the same text."""

import hashlib
from collections.abc import Mapping

import numpy as np
import polars as pl

from modelroute_cli.base.frames import Schema, check

SAMPLED: Schema = {
    "template": pl.String,
    "place": pl.Int64,  # 0-based: the order of asking, every beginning of which is spread as the whole is
    "row": pl.Int64,  # in the job file
}

_GOLDEN = (5**0.5 - 1) / 2
_COLUMNS = ("row", "template", "importance", "input_tokens")


def draw(requests: pl.DataFrame, sizes: Mapping[str, int], seed: int) -> pl.DataFrame:
    """So many requests of each template as SAMPLED, by template and place; the same for the same seed.

    `requests` has the `row`, `template`, `importance` and `input_tokens` of what may be drawn, each text once. Within
    a template they are sorted by importance, then length, and every k-th is taken from a start that the seed gives
    (systematic sampling: each request has the same chance n/N, and each importance its share to within one request).
    """
    wanted = requests.select(_COLUMNS).filter(pl.col("template").is_in(list(sizes)))
    parts = [_drawn(part, sizes[str(name)], seed) for (name,), part in wanted.group_by("template", maintain_order=True)]
    found = pl.concat(parts) if parts else pl.DataFrame(schema=SAMPLED)
    return check(found.sort("template", "place"), SAMPLED)


def _drawn(template: pl.DataFrame, size: int, seed: int) -> pl.DataFrame:
    """The sample of one template."""
    count = min(size, template.height)
    ordered = template.sort("importance", "input_tokens", "row")
    start = _unit(f"{seed}:{template['template'][0]}")
    every = template.height / max(count, 1)
    chosen = np.minimum((np.arange(count) + start) * every, template.height - 1).astype(np.int64)
    picked = ordered.filter(pl.int_range(pl.len()).is_in(chosen))
    return picked.select(pl.col("template"), pl.Series("place", _spread(count, start), dtype=pl.Int64), pl.col("row"))


def _spread(count: int, start: float) -> list[int]:
    """A place for each of `count` in a row, so that those of the first places lie all over the row.

    The multiples of the golden ratio, modulo 1, fill an interval evenly at every length (Knuth, The Art of Computer
    Programming 3, section 6.4): the i-th place goes to the item whose turn comes i-th among them.
    """
    turns = np.argsort((start + np.arange(count) * _GOLDEN) % 1.0, kind="stable")
    return [int(turn) for turn in turns]


def _unit(text: str) -> float:
    """A number in [0,1) that a text gives, the same in every version."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48
