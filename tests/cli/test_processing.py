"""`modelroute processing`, as a user types it."""

import json
from pathlib import Path

import pytest
from support.cli import QUICK_EMULATOR, Cli

SETTINGS = QUICK_EMULATOR + "processing: {controller: Acme GmbH}\n"
ROWS: tuple[dict[str, object], ...] = (
    {"custom_id": "a", "prompt": "Write two lines to anna@posteo.de.", "data_class": "personal"},
    {"custom_id": "b", "prompt": "Write two lines about tea."},
    {"custom_id": "c", "prompt": "Write two lines about tea."},
)


@pytest.fixture
def plan(cli: Cli) -> str:
    """A plan of three requests, the last a duplicate."""
    cli.write("modelroute.yaml", SETTINGS)
    cli.jobs(*ROWS)
    assert cli("plan", "jobs.jsonl", "-o", "a.plan").code == 0
    return "a.plan"


def test_a_plan_a_run_and_their_files(cli: Cli, plan: str) -> None:
    """What would go, what went to an emulator, and what is unknown once the job file is gone."""
    planned = cli("processing", plan, "--json").json
    assert planned["subjects"] == [
        {"kind": "plan", "name": "a.plan", "source": "jobs.jsonl", "requests": 3, "emulated": False, "redaction": False}
    ]
    [first, *others] = _recipients(planned)
    assert (first["requests"], first["transmissions"], first["emulated"]) == (2, 2, 0)
    assert first["sent"]["personal_data"] == [{"name": "email", "count": 1}, {"name": "none found", "count": 1}]
    assert first["sent"]["data_classes"] == [{"name": "not said", "count": 1}, {"name": "personal", "count": 1}]
    assert all(other["possible"] for other in others)

    assert cli("run", plan, "--emulator", "--yes", "--max-cost", "1").code == 0
    ran = cli("processing", "--json").json
    [went] = _recipients(ran)
    assert (went["emulated"], went["first_at"] is None) == (went["transmissions"], False)

    written = cli("processing", plan, "-o", "record.md")
    text = Path("record.md").read_text("utf-8")
    assert (written.code, written.out) == (0, "")
    assert "| Controller | Acme GmbH |" in text
    assert "emulated: nothing left this machine" in text
    assert "anna" not in text + json.dumps(planned) + json.dumps(ran)

    Path("jobs.jsonl").write_text("{}\n", "utf-8")
    [gone] = _recipients(cli("processing", "--json").json)
    assert gone["sent"] is None
    assert "unknown: the job file is not there any more" in cli("processing").out


def test_bad_asking_is_refused_before_anything_is_read(cli: Cli) -> None:
    """Another ending, a file that is there, and a run that nobody knows."""
    cli.write("there.md", "x")
    ended = [cli("processing", "-o", "a.docx"), cli("processing", "-o", "there.md"), cli("processing", "nope")]
    assert [each.code for each in ended] == [2, 2, 2]
    assert [each.err.splitlines()[0] for each in ended] == [
        "error: `a.docx`: a record of processing is written as .md, .html or .json",
        "error: `there.md` is there already",
        "error: no run is known of `nope`",
    ]


def _recipients(found: dict[str, object]) -> list[dict[str, object]]:
    recipients = found["recipients"]
    assert isinstance(recipients, list)
    return recipients
