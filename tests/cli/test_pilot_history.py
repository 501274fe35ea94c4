"""What a pilot measured is kept, and a plan takes what was known before beside it."""

from datetime import UTC, datetime

from support.cli import QUICK_EMULATOR, Cli
from support.measured import About, observed
from support.piloting import PILOT, only_pilot, outcomes, ready

from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.history.keeping import record, rows
from modelroute_cli.pilot.history.sums import Part
from modelroute_cli.planning import plan_file

QUALITIES = {"gpt-5": 1.0, "gpt-6-luna": 0.9, "gemini-2.5-flash-lite": 0.3}


def test_a_pilot_is_kept_and_a_plan_by_it_counts_what_was_measured_before(cli: Cli) -> None:
    """Its rows are marked emulated, and it does not count itself."""
    replay = outcomes(ready(cli, 120), QUALITIES, 120)
    assert cli(*PILOT, "--emulator-replay", replay.name).code == 0
    history, pilot = cli.folder / "no-user-data" / "modelroute" / "history.db", only_pilot()
    kept = rows(history)
    assert [(row.run, row.model, row.n, row.emulated) for row in kept] == [
        (pilot.pilot_id, model, 20, True) for model in sorted(QUALITIES)
    ]
    about = About(template=kept[0].template, task_type=TaskType.CLASSIFICATION, emulated=True)
    before = Part(run="old", source="pilot", baseline="gpt-5", at=datetime.now(UTC))
    record(history, observed("gpt-6-luna", [1.0, 0.0] * 6, about), before)
    planned = ("plan", "jobs.jsonl", "--models", PILOT[3], "--from-pilot", pilot.pilot_id, "--min-quality", "0.5")
    assert cli(*planned, "-o", "jobs.plan").code == 0
    measured = plan_file.read(cli.folder / "jobs.plan").header.measured
    assert measured is not None
    cells = {model: measured.cell(kept[0].template, model) for model in QUALITIES}
    assert {model: None if cell is None else (cell.n, round(cell.history_n)) for model, cell in cells.items()} == {
        "gpt-5": (20, 0),
        "gpt-6-luna": (20, 12),
        "gemini-2.5-flash-lite": (20, 0),
    }


def test_a_runs_control_sample_is_kept_beside_its_baseline(cli: Cli) -> None:
    """As a part of its own, paired; the same command again changes nothing."""
    replay = outcomes(ready(cli, 40), {"gpt-5": 1.0, "gpt-6-luna": 0.8}, 40)
    cli.write("modelroute.yaml", f"{QUICK_EMULATOR}run: {{control_budget: 1}}\n")
    sent = (
        "run",
        "jobs.jsonl",
        "--models",
        "gpt-6-luna",
        "--min-quality",
        "0.1",
        "--control",
        "50%",
        "--max-cost",
        "5",
    )
    command = (*sent, "--emulator", "--emulator-replay", replay.name, "--yes")
    assert [cli(*command).code, cli(*command).code] == [0, 0]
    kept = rows(cli.folder / "no-user-data" / "modelroute" / "history.db")
    assert {(row.source, row.baseline, row.scorer, row.emulated) for row in kept} == {
        ("run", "gpt-5", "expected", True)
    }
    base, cheap = kept
    assert (base.model, cheap.model) == ("gpt-5", "gpt-6-luna")
    assert base.n == cheap.n == cheap.n_paired > 5
    assert cheap.difference_sum == cheap.quality_sum - base.quality_sum
