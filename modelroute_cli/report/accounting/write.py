"""The accounts as CSV or Parquet, block by block, and whole or not at all."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Literal

import polars as pl

from modelroute_cli.base.cells import TextOver, defused_columns
from modelroute_cli.base.money import PER_USD
from modelroute_cli.base.spill import Kept, Spill
from modelroute_cli.execution.whole_file import whole, whole_path
from modelroute_cli.report.accounting.rows import ACCOUNTS

_MONEY = tuple(name for name in ACCOUNTS if name.endswith("_pusd"))
_HOSTILE = ("custom_id", "tenant", "template", "reason", "model_served", "service_tier", "duplicate_of")
_DECIMALS = 12
CSV_COLUMNS = tuple(name.replace("_pusd", "_usd") for name in ACCOUNTS)
_GROUP_ROWS = 125_000


def write_accounts(accounts: Iterable[pl.DataFrame], path: Path, form: Literal["csv", "parquet"]) -> int:
    """A file of them, which is there when it is complete; how many rows. StorageError when the disk refuses."""
    if form == "csv":
        with whole(path, "the accounts") as file:
            return write_csv(accounts, file)
    with whole_path(path, "the accounts") as aside:
        return write_parquet(accounts, aside)


def write_csv(accounts: Iterable[pl.DataFrame], file: IO[bytes]) -> int:
    """A row for each request under a row of names; money in exact dollars, unknown is empty. How many rows."""
    text = TextOver(file)
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    count = 0
    for block in accounts:
        writer.writerows(_as_cells(block).iter_rows())
        count += block.height
    return count


def _as_cells(block: pl.DataFrame) -> pl.DataFrame:
    """The block as what stands in a CSV file."""
    emulated = pl.when("emulated").then(pl.lit("true")).otherwise(pl.lit("false")).alias("emulated")
    return block.with_columns(*defused_columns(_HOSTILE), *map(usd, _MONEY), emulated)


def usd(name: str) -> pl.Expr:
    """A column of pico-dollars, none below 0, as exact decimal dollars: `0.228`, `0`; null stays null."""
    whole, part = pl.col(name) // PER_USD, pl.col(name) % PER_USD
    digits = part.cast(pl.String).str.zfill(_DECIMALS).str.strip_chars_end("0")
    return (whole.cast(pl.String) + pl.lit(".") + digits).str.strip_chars_end(".").alias(name)


def write_parquet(accounts: Iterable[pl.DataFrame], path: Path) -> int:
    """The same with money twice: as `*_pusd` (Int64) and as `*_usd`, a decimal text. How many rows."""
    kept = Kept()
    spill = Spill({**ACCOUNTS, **{name.replace("_pusd", "_usd"): pl.String for name in _MONEY}}, folder=kept.folder)
    for block in accounts:
        spill.append(block.with_columns(usd(name).alias(name.replace("_pusd", "_usd")) for name in _MONEY))
    spill.frame().sink_parquet(path, row_group_size=_GROUP_ROWS, maintain_order=True)
    return spill.height
