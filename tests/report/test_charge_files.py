"""A chargeback as a file: the same amounts in each form."""

import csv
import io
import json
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.charged import Sent, facts_of, rows_of

from modelroute_cli.base.errors import UsageError
from modelroute_cli.report.charge_files import as_csv, as_json, as_parquet, check_form, file_of
from modelroute_cli.report.charge_period import ChargeOrder, chargeback
from modelroute_cli.report.charge_types import Chargeback
from modelroute_cli.report.chargeback import run_charges

HOSTILE = [
    "\uff1dwide",
    "=SUM(A1)",
    "+1",
    "-1",
    "@x",
    " =1",
    "'=1",
    "\t=1",
    "\x1b[31mred",
    "a\u202eb",
    "a\nb",
    "<script>",
    'a"b,c',
    "",
]


def charges(*sent: Sent, tenants: tuple[str | None, ...] = ("acme", "zeta")) -> Chargeback:
    """The charges of one run."""
    return chargeback([run_charges(facts_of(rows_of(*tenants), sent))], ORDER)


ORDER = ChargeOrder()


def read(content: bytes) -> list[dict[str, str]]:
    """A CSV as its rows."""
    return [*csv.DictReader(io.StringIO(content.decode()))]


def test_csv_has_lines_then_sums() -> None:
    """Exact dollars without a sign; `kind` says which rows to leave out of a sum."""
    rows = read(as_csv(charges(Sent(0, 1_500_000), Sent(1, 2_000_000_000_000, days=1))))
    assert [(row["kind"], row["day"], row["name"], row["charged_usd"]) for row in rows] == [
        ("line", "2026-11-23", "acme", "0.0000015"),
        ("line", "2026-11-24", "zeta", "2"),
        ("total", "", "zeta", "2"),
        ("total", "", "acme", "0.0000015"),
        ("all", "", "", "2.0000015"),
    ]
    assert ",".join(rows[0]) == (
        "kind,run,job,day,by,name,model,service_tier,requests,input_tokens,output_tokens,direct_usd,overhead_usd,"
        "charged_usd,held_usd,currency,prices_at,emulated"
    )
    assert {(row["currency"], row["by"]) for row in rows} == {("USD", "tenant")}
    assert [row["emulated"] for row in rows] == ["false", "false", "", "", ""]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=6))
def test_all_forms_carry_the_same_amounts(costs: list[int]) -> None:
    """To the pico-dollar, whatever they are."""
    found = charges(*(Sent(at % 2, cost) for at, cost in enumerate(costs)))
    spent = Decimal(sum(costs)).scaleb(-12)
    table = pl.read_parquet(io.BytesIO(as_parquet(found)))
    rows = read(as_csv(found))
    whole = json.loads(as_json(found))
    assert [Decimal(row["charged_usd"]) for row in rows] == table["charged_usd"].to_list()
    for kind in ("line", "total", "all"):
        assert sum(Decimal(row["charged_usd"]) for row in rows if row["kind"] == kind) == spent
    assert sum(Decimal(line["charged_usd"]) for line in whole["lines"]) == spent == Decimal(whole["spent_usd"])
    assert (whole["format"], whole["kind"]) == (1, "chargeback")


def test_names_are_never_formulas_nor_move_anything() -> None:
    """In a spreadsheet, and in a terminal that shows the file."""
    content = as_csv(charges(*(Sent(at, 1) for at in range(len(HOSTILE))), tenants=tuple(HOSTILE)))
    named = {row["name"] for row in read(content)}
    assert not [name for name in named if name.strip().startswith(("=", "+", "-", "@"))]
    assert {"'\uff1dwide", "'=SUM(A1)", "' =1", "''=1", "?[31mred", "a?b", "a b", "<script>", 'a"b,c'} <= named
    assert b"\x1b" not in content


def test_parquet_keeps_names_as_they_are() -> None:
    """It is read by programs; money is decimal, counts are whole numbers."""
    table = pl.read_parquet(io.BytesIO(as_parquet(charges(Sent(0, 5), tenants=("=x", None)))))
    assert table["name"].to_list() == ["=x", "=x", None]
    assert table.schema["charged_usd"] == pl.Decimal(38, 12)
    assert table.schema["requests"] == pl.Int64


@pytest.mark.parametrize(("name", "start"), [("a.csv", b"kind,"), ("A.PARQUET", b"PAR1"), ("a.b.json", b"{\n")])
def test_the_ending_says_the_form(name: str, start: bytes) -> None:
    """Whatever its case."""
    check_form(name)
    assert file_of(name, charges(Sent(0))).startswith(start)


def test_another_ending_is_refused() -> None:
    """With those that are taken."""
    with pytest.raises(UsageError) as caught:
        check_form("month.xlsx")
    assert caught.value.message == "`month.xlsx` ends in none of .csv, .parquet and .json"
    assert caught.value.hint == "name the file by what it is to be, as in `-o chargeback.csv`"
