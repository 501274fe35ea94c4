"""Plans without a pilot that rest on the history."""

from datetime import UTC, datetime

import polars as pl
import pytest
from support.cli import Cli
from support.measured import About, observed
from support.piloting import MODELS, labels

from modelroute_cli.base.schema import TaskType
from modelroute_cli.cli.history_planned import strata_of
from modelroute_cli.cli.use_history import UsedHistory
from modelroute_cli.pilot.history.keeping import record
from modelroute_cli.pilot.history.sums import Part
from modelroute_cli.pilot.strata import Stratum
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan

PLAN = ("plan", "jobs.jsonl", "--models", MODELS, "--min-quality", "0.5", "-o", "jobs.plan")


def planned(cli: Cli) -> Plan:
    """The plan that was written."""
    return plan_file.read(cli.folder / "jobs.plan")


def test_a_plan_rests_on_what_was_measured_of_its_templates_before(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so; without a history, with an emulated one, or turned off, it rests on the prior table."""
    cli.jobs(*labels(60))
    assert (cli(*PLAN).code, planned(cli).header.measured) == (0, None)
    template = planned(cli).assignments.select(pl.col("template").unique()).collect().item()
    about = About(template=template, task_type=TaskType.CLASSIFICATION)
    history = cli.folder / "no-user-data" / "modelroute" / "history.db"
    before = Part(run="old", source="pilot", baseline="gpt-5", at=datetime.now(UTC))
    measured = [*observed("gpt-5", [1.0] * 40, about), *observed("gpt-6-luna", [1.0] * 38 + [0.0] * 2, about)]
    record(history, measured, before)
    done = cli(*PLAN)
    told = "Planned by your history of 1 template; `MODELROUTE_HISTORY=off` leaves it out"
    assert (done.code, done.err.splitlines()[0]) == (0, told)
    beliefs = planned(cli).header.measured
    assert beliefs is not None
    assert {model: (cell.source, round(cell.history_n)) for model, cell in beliefs.cells[template].items()} == {
        "gpt-5": ("history", 40),
        "gpt-6-luna": ("history", 40),
    }
    monkeypatch.setenv("MODELROUTE_HISTORY", "off")
    assert (cli(*PLAN).code, planned(cli).header.measured) == (0, None)


def test_a_history_that_cannot_be_read_is_a_warning_of_the_plan(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made without."""
    cli.jobs(*labels(4))
    cli.write("notes.txt", "my notes")
    monkeypatch.setenv("MODELROUTE_HISTORY", "notes.txt")
    done = cli(*PLAN)
    why = "`notes.txt` is a file of something else, not a history; planned without what was measured before"
    assert (done.code, done.err.splitlines()[0]) == (0, f"warning: {why}")


def test_where_there_is_nothing_to_say_nothing_is_said() -> None:
    """Most users have no history yet."""
    assert UsedHistory(None, None).told is None


def test_the_strata_of_a_job_have_what_most_of_their_requests_have() -> None:
    """A template's requests may be of several types."""
    requests = pl.LazyFrame(
        {
            "template": ["b", "a", "b", "b"],
            "task_type": ["email", "math", "email", "headline"],
            "language": ["de", "und", "en", "de"],
        }
    )
    assert strata_of(requests) == (
        Stratum(template="a", task_type=TaskType.MATH, language="und", requests=1),
        Stratum(template="b", task_type=TaskType.EMAIL, language="de", requests=3),
    )
