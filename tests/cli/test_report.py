"""`modelroute report` in every format."""

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest
from support.cli import Cli, mails
from support.json_schemas import problems
from support.report_plans import facts, plan
from support.run_folders import folder_of

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.planning import plan_file


@pytest.fixture
def reported(cli: Cli) -> Cli:
    """A folder with the run of three requests."""
    folder_of(facts(), cli.folder)
    return cli


def test_a_report_is_written_in_the_format_of_its_ending(reported: Cli) -> None:
    """Each with the same spend; stdout stays empty, stderr says where it is."""
    for name, spent in (("r.md", "\\$0.0000000045"), ("r.json", "0.00000000451"), ("r.html", "$0.0000000045")):
        done = reported("report", "-o", name)
        assert (done.code, done.out, done.err) == (ExitCode.OK, "", f"Report: {name}\n")
        assert spent in (reported.folder / name).read_text(encoding="utf-8")
    assert json.loads((reported.folder / "r.json").read_bytes())["details"]["tenants"] == []


def test_accounts_are_a_row_for_each_request(reported: Cli) -> None:
    """As CSV on stdout, or as a file of either kind."""
    printed = reported("report", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed.out, newline="")))
    assert [row["custom_id"] for row in rows] == ["mail-1", "mail-1-again", "head-1"]
    written = reported("report", "-o", "r.parquet")
    assert written.err == "Accounts of 3 requests: r.parquet\n"
    assert pl.read_parquet(reported.folder / "r.parquet")["cost_pusd"].sum() == 4_510


def test_open_writes_the_page_into_the_run_folder(reported: Cli) -> None:
    """In a test nobody sits at the terminal, and nothing is opened."""
    done = reported("report", "--open")
    page = Path(".modelroute/runs/0123456789ab/report.html")
    assert done.err == f"Report: {page}\nNobody sits at this terminal: open it in a browser yourself\n"
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_details_are_shown_when_they_are_asked_for(reported: Cli) -> None:
    """The report is short without them."""
    short, long = reported("report"), reported("report", "--details")
    assert long.out.startswith(short.out)
    assert long.out.splitlines()[-1] == "  warning: `gpt-5` is switched off on 2026-12-11, in 18 days"
    assert "Template" not in short.out


def test_a_plan_is_reported_in_every_format_too(cli: Cli) -> None:
    """Nothing was sent: costs are projected, and accounts say `unsent`."""
    plan_file.write(plan(), cli.folder / "j.plan")
    told = "This plan was not run yet: all numbers are projections\n"
    for name in ("p.md", "p.html", "p.txt"):
        assert cli("report", "j.plan", "-o", name).err == f"{told}Report: {name}\n"
    assert "0.0000000053" in (cli.folder / "p.md").read_text(encoding="utf-8")
    cli("report", "j.plan", "-o", "p.csv")
    assert (cli.folder / "p.csv").read_text(encoding="utf-8").count(",unsent,") == 3


@pytest.mark.parametrize(
    ("place", "error"),
    [
        (".modelroute", "error: `.modelroute` is a folder\nhint: name a file: `-o report.html`\n"),
        (
            "none/r.html",
            "error: there is no folder `none` for the report\nhint: `mkdir -p none`, or name another file with `-o`\n",
        ),
    ],
)
def test_a_place_that_cannot_be_written_is_refused(reported: Cli, place: str, error: str) -> None:
    """Before anything is read."""
    done = reported("report", "--format", "html", "-o", place)
    assert (done.code, done.out, done.err) == (ExitCode.USAGE, "", error)


def test_what_check_prints_is_as_its_schema_says(cli: Cli) -> None:
    """As the reports are."""
    cli.jobs(*mails(2))
    assert problems("check", cli("check", "jobs.jsonl", "--json").out) == []
