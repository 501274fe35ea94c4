"""`modelroute chargeback`: what runs cost, by tenant or cost centre."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from support.cli import QUICK_EMULATOR, Cli

from modelroute_cli.base.errors import UsageError
from modelroute_cli.cli.chargeback import all_runs, checked_key, period_of
from modelroute_cli.execution.run_folder import RunFolder, RunMeta
from modelroute_cli.report.charge_period import Period

JOBS = """custom_id,prompt,tenant,cost_center
a1,Write a headline about tea.,acme,4711
a2,Write a headline about coffee.,acme,4711
z1,Write a headline about tea.,zeta,0815
z2,Write a headline about milk.,zeta,
"""


def test_a_run_is_charged_by_tenant_and_by_cost_centre(cli: Cli) -> None:
    """Each sum is what the run spent; emulated runs are left out unless they are asked for."""
    jobs = cli.write("jobs.csv", JOBS)
    cli.write("modelroute.yaml", f"{QUICK_EMULATOR}chargeback: {{by: metadata.cost_center}}\n")
    assert cli("run", "jobs.csv", "--emulator", "--yes").code == 0
    jobs.unlink()  # who is charged was kept when the run ended
    alone = cli("chargeback")
    assert (alone.code, alone.out) == (2, "")
    assert "1 emulated run and no other: nothing was paid that could be charged" in alone.err
    spent = cast("dict[str, str]", cli("report", "--json").json["money"])["spent_usd"]
    for by, names in (("tenant", {"acme", "zeta"}), ("metadata.cost_center", {"4711", "0815", ""})):
        found = cli("chargeback", "--emulated", "--by", by, "--json").json
        charges = cast("list[dict[str, str]]", found["charges"])
        assert {each["name"] for each in charges} == names
        assert sum(Decimal(each["charged_usd"]) for each in charges) == Decimal(spent)
    shown = cli("chargeback", "--emulated", "-o", "out.csv")
    assert (shown.code, shown.out.splitlines()[0]) == (0, "Charged by metadata.cost_center: 1 run")
    assert shown.err.startswith("Wrote ")
    rows = [*csv.DictReader((cli.folder / "out.csv").read_text().splitlines())]
    assert sum(Decimal(row["charged_usd"]) for row in rows if row["kind"] == "line") == Decimal(spent)
    again = cli("chargeback", "--emulated", "-o", "out.csv")
    assert (again.code, again.err) == (
        2,
        "error: `out.csv` is there already\nhint: name another file, or add --force to replace it\n",
    )


def test_where_nothing_was_run_it_says_so(cli: Cli) -> None:
    """With what to type."""
    done = cli("chargeback")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: no run was started in this folder\nhint: start one with `modelroute run JOBS`\n"


@pytest.mark.parametrize("by", ["tenant", "metadata.cost_center", "tags.cc:", "metadata.a b"])
def test_keys_that_requests_have(by: str) -> None:
    """As they are typed."""
    assert checked_key(by) == by


@pytest.mark.parametrize("by", ["tenants", "metadata", "metadata.", "tags.", "", "model"])
def test_other_keys_are_refused(by: str) -> None:
    """With those that there are."""
    with pytest.raises(UsageError) as caught:
        checked_key(by)
    assert caught.value.message == f"`{by}` is nothing that requests are charged by"


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("november", None, "`november` is no day"),
        (None, "2026-11-31", "`2026-11-31` is no day"),
        ("2026-12-01", "2026-11-01", "--from 2026-12-01 is after --to 2026-11-01"),
    ],
)
def test_days_are_checked(first: str | None, last: str | None, message: str) -> None:
    """Before anything is read."""
    with pytest.raises(UsageError) as caught:
        period_of(first, last)
    assert caught.value.message == message


def test_days_that_are_right() -> None:
    """Either may be left out."""
    assert period_of("2026-11-01", None) == Period(first="2026-11-01")
    assert period_of(None, None) == Period()


def test_runs_that_were_started_over_are_among_them(tmp_path: Path) -> None:
    """They cost money, too; by when they were made, and what is no run is passed over."""
    for name, day in (("bb", "2026-11-02"), ("aa", "2026-11-03"), ("aa.1", "2026-11-01")):
        meta = RunMeta(
            run_id=name,
            source="jobs.csv",
            job_digest="sha256:00",
            plan_digest="sha256:01",
            emulated=False,
            created_at=f"{day}T10:00:00+00:00",
            tool_version="0.1.0",
        )
        RunFolder(tmp_path, name).create(meta)
    (tmp_path / "cc").mkdir()
    assert [run.run_id for run in all_runs(tmp_path)] == ["aa.1", "bb", "aa"]
    assert all_runs(tmp_path / "none") == []
