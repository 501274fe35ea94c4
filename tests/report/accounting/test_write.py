"""The accounts as files."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.journal_of import journal_of
from support.report_plans import facts, plan

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import to_usd_string
from modelroute_cli.report.accounting.rows import ACCOUNTS, account_blocks
from modelroute_cli.report.accounting.write import CSV_COLUMNS, usd, write_accounts, write_csv


def rows_of(block: pl.DataFrame) -> list[dict[str, str]]:
    """What a reader of the CSV sees."""
    file = io.BytesIO()
    write_csv([block], file)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode(), newline="")))


def block() -> pl.DataFrame:
    """The accounts of three requests that nothing was sent of."""
    return pl.concat(account_blocks(plan(), None))


def test_money_in_csv_is_exact_dollars(tmp_path: Path) -> None:
    """Under names that say so; what is unknown is empty."""
    journal = journal_of(facts(), tmp_path / "journal.db")
    write_accounts(account_blocks(facts().plan, journal), tmp_path / "a.csv", "csv")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["cost_usd"] for row in rows] == ["0.00000000025", "0", "0.00000000426"]
    assert (rows[0]["tenant"], rows[0]["emulated"], rows[0]["latency_s"]) == ("", "true", "1.0")


def test_formulas_in_csv_compute_nothing() -> None:
    """Ids, tenants, templates and what providers say may begin like one, or end a line."""
    hostile = block().with_columns(
        pl.lit("=HYPERLINK(1)").alias("custom_id"),
        pl.lit("@SUM(A1)").alias("tenant"),
        pl.lit('+1\r\n-2,"x\0').alias("reason"),
    )
    row = rows_of(hostile)[0]
    assert (row["custom_id"], row["tenant"]) == ("'=HYPERLINK(1)", "'@SUM(A1)")
    assert row["reason"] == "'+1\r\n-2,\"x\ufffd"
    assert len(rows_of(hostile)) == 3


def test_parquet_has_money_as_a_number_and_as_a_text(tmp_path: Path) -> None:
    """One to add up, one to read."""
    journal = journal_of(facts(), tmp_path / "journal.db")
    assert write_accounts(account_blocks(facts().plan, journal), tmp_path / "a.parquet", "parquet") == 3
    found = pl.read_parquet(tmp_path / "a.parquet")
    assert found["cost_pusd"].to_list() == [250, 0, 4_260]
    assert found["cost_usd"].to_list() == ["0.00000000025", "0", "0.00000000426"]
    assert found.schema["cost_pusd"] == pl.Int64
    assert found.columns[: len(ACCOUNTS)] == list(ACCOUNTS)


def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path: Path) -> None:
    """The error names the file."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(StorageError) as caught:
        write_accounts([block()], tmp_path / "taken", "csv")
    assert caught.value.message == f"the accounts cannot be written to `{tmp_path / 'taken'}`: Is a directory"
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@settings(max_examples=50)
@given(st.lists(st.none() | st.integers(0, 2**62), min_size=1, max_size=5))
def test_columns_of_money_are_written_as_single_amounts_are(amounts: list[int | None]) -> None:
    """The same text as in JSON, and the same amount when it is read again."""
    shown = pl.DataFrame({"a": pl.Series(amounts, dtype=pl.Int64)}).select(usd("a"))["a"].to_list()
    assert shown == [None if amount is None else to_usd_string(amount) for amount in amounts]
    assert [None if text is None else int(Decimal(text).scaleb(12)) for text in shown] == amounts
