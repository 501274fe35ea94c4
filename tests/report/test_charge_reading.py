"""The charges of a run as its folder tells them."""

from pathlib import Path

from msgspec import structs
from support.batch_journals import answered, at, batch, journal, lines, step, submitted
from support.plans import Row, plan_of
from support.report_plans import asked

from modelroute_cli.execution.records import BatchStepKind, Outcome, OutcomeKind, Record
from modelroute_cli.execution.run_folder import RunFolder, RunMeta
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.charge_reading import SplitBy, read_charges
from modelroute_cli.report.run_summary import run_summary


def folder_of(root: Path, *records: Record, asks: bool = False) -> RunFolder:
    """A run of three tenants' requests, all of them handed in."""
    folder = RunFolder(root, "abcdef123456")
    folder.create(
        RunMeta(
            run_id=folder.run_id,
            source="jobs.jsonl",
            job_digest="sha256:00",
            plan_digest="sha256:01",
            emulated=False,
            created_at=at(9),
            tool_version="0.1.0",
        )
    )
    plan = plan_of([Row(tenant=name, service_tier="batch") for name in ("acme", "zeta", "omega")])
    header = structs.replace(plan.header, questions=asked() if asks else None)
    plan_file.write(Plan(header, plan.assignments), folder.plan)
    if records:
        journal(folder.journal, [batch(1, 3), *lines(1, range(3)), *submitted(1, "b1"), *records])
    return folder


def lost(row: int) -> Record:
    """A line of whose outcome nothing is known."""
    return Outcome(attempt=row + 1, outcome=OutcomeKind.UNKNOWN)


def test_sums_are_those_of_the_report(tmp_path: Path) -> None:
    """What is in an open batch is reserved and not held; what may have been billed is held once that is settled."""
    told = [*answered(0), lost(1)]
    ends = [lost(2), step(1, BatchStepKind.SETTLED, at(12))]
    for name, records, held in (("open", told, 0), ("settled", [*told, *ends], 2 * 10**9)):
        (tmp_path / name).mkdir()
        folder = folder_of(tmp_path / name, *records)
        money, charges = run_summary(folder).money, read_charges(folder, SplitBy())
        assert (charges.spent_pusd, money.spent_pusd) == (3 * 10**8, 3 * 10**8)
        assert (money.held_pusd, charges.held_pusd) == (held, held)


def test_a_run_that_only_asked_is_charged_for_that(tmp_path: Path) -> None:
    """It has no journal yet."""
    charges = read_charges(folder_of(tmp_path, asks=True), SplitBy())
    assert [(each.name, each.direct_pusd, each.overhead_pusd) for each in charges.charges] == [
        ("acme", 0, 30),
        ("omega", 0, 30),
        ("zeta", 0, 30),
    ]
    assert {line.day for line in charges.lines} == {"2026-11-23"}
