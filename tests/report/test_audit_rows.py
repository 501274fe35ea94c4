"""The audit log as a table."""

import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.audited import Run, told
from support.plans import Row

from modelroute_cli.report.audit_rows import FIELDS, AuditRow, Wanted, audit_rows, cell, write_rows

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1"]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[AuditRow]:
    """Of a run of three requests: accepted after a retry, a duplicate of it, and one that was not sent."""
    run = Run.of(tmp_path_factory.mktemp("run"), [Row(tenant="=cmd()"), Row(duplicate_of=0), Row()])
    run.begin()
    run.sent(1, 0)
    run.came(1, outcome="failed")
    run.accepted(2, 0)
    run.end()
    return list(audit_rows(told(run.trail.place), Wanted()))


def test_each_attempt_has_a_row(rows: list[AuditRow]) -> None:
    """And what was answered without one, too."""
    found = [(row.custom_id, row.attempt, row.outcome, row.verdict, row.cost_usd, row.ended) for row in rows]
    assert found == [
        ("r0", 1, "failed", None, "0.0000000006", "accepted"),
        ("r0", 2, "answered", "pass", "0.0000000006", "accepted"),
        ("r1", None, None, None, None, "accepted"),
    ]
    assert [(row.planned_cost_usd, row.duplicate_of) for row in rows] == [
        ("0.0000000006", None),
        ("0.0000000006", None),
        ("0", 0),
    ]


def test_each_row_names_its_session(rows: list[AuditRow]) -> None:
    """Plan, prices and settings are in another entry, and a table wants them beside the request."""
    assert {(row.what, row.run_id, row.prices_at) for row in rows} == {("run", "run1", "2026-11-23T10:00:00+00:00")}
    assert {row.plan_sha256 for row in rows} != {None}


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(since=date(2026, 11, 23), until=date(2026, 11, 23)), 3),
        (Wanted(since=date(2026, 11, 24)), 0),
        (Wanted(until=date(2026, 11, 22)), 0),
        (Wanted(run="run"), 3),
        (Wanted(run="other"), 0),
        (Wanted(tenant="=cmd()"), 2),
    ],
)
def test_only_what_is_wanted_is_taken(rows: list[AuditRow], wanted: Wanted, count: int) -> None:
    """Days are UTC, both included."""
    assert sum(wanted.takes(row) for row in rows) == count


def written(rows: list[AuditRow], name: str) -> bytes:
    """The rows as a file of that name."""
    file = io.BytesIO()
    assert write_rows(rows, Path(name), file) == len(rows)
    return file.getvalue()


def test_every_form_holds_the_same_rows(rows: list[AuditRow]) -> None:
    """Money as an exact number of dollars in each."""
    lines = [json.loads(line) for line in written(rows, "a.jsonl").splitlines()]
    table = pl.read_parquet(written(rows, "a.parquet"))
    cells = pl.read_csv(written(rows, "a.csv"), infer_schema=False)
    assert [*lines[0]] == table.columns == cells.columns == list(FIELDS)
    for name in ("custom_id", "attempt", "at", "verdict", "input_tokens", "emulated"):
        assert [line[name] for line in lines] == table[name].to_list() == [getattr(row, name) for row in rows]
    assert table["cost_usd"].to_list() == [Decimal("0.0000000006"), Decimal("0.0000000006"), None]
    assert cells["cost_usd"].to_list() == ["0.0000000006", "0.0000000006", None]


def test_no_cell_is_a_formula(rows: list[AuditRow]) -> None:
    """A spreadsheet would carry it out."""
    cells = pl.read_csv(written(rows, "a.csv"), infer_schema=False)
    assert cells["tenant"].to_list() == ["'=cmd()", "'=cmd()", None]
    assert [cell(text)[0] for text in HOSTILE] == ["'"] * len(HOSTILE)


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False)))
def test_numbers_of_our_own_are_never_touched(value: object) -> None:
    """A negative one is no formula."""
    assert not cell(value).startswith("'")


def test_a_log_of_nothing_is_a_table_of_nothing() -> None:
    """With its columns."""
    assert pl.read_parquet(written([], "a.parquet")).columns == list(FIELDS)
    assert written([], "a.csv").decode().strip() == ",".join(FIELDS)
    assert written([], "a.jsonl") == b""
