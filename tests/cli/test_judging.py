"""Judges and programs from the command line: planned, approved, run against the emulator, told in the report."""

import json
from pathlib import Path

import pytest
from support.cli import QUICK_EMULATOR, Cli, mails
from support.judge_program import command

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.execution.journal_read import Looked, attempts_frame, finals_frame, looked_at

ALLOWED = """
  - {name: bulk, allow: [deepseek-flash], escalate: [gpt-6-sol]}
"""
JUDGED = f"""{QUICK_EMULATOR}
rules:
  - {{name: judged, gates: {{judge: {{model: gpt-6-luna}}}}}}{ALLOWED}"""


def settings_with(gate: object) -> str:
    """Settings whose rule has a command gate."""
    return f"{QUICK_EMULATOR}\nrules:\n  - {{name: checked, gates: {{command: {json.dumps(gate)}}}}}{ALLOWED}"


def journal(cli: Cli) -> Path:
    """Of the only run."""
    (found,) = (cli.folder / ".modelroute" / "runs").glob("*/journal.db")
    return found


def test_a_judged_run_from_plan_to_report(cli: Cli) -> None:
    """Its cost is planned, each answer is judged or said not to be, and the report tells of it beside the models."""
    cli.write("modelroute.yaml", JUDGED)
    cli.jobs(*mails(12))

    planned = cli("plan", "jobs.jsonl", "-o", "a.plan")
    done = cli("run", "a.plan", "--emulator")
    told = cli("report", "--json").json

    assert "  judging: 12 answers by gpt-6-luna, ~$" in planned.out
    assert done.code in {ExitCode.OK, ExitCode.SOME_FAILED}
    kinds = attempts_frame(journal(cli))["kind"].to_list()
    looked = looked_at(journal(cli))
    assert kinds.count("judge") == looked.passed + looked.rejected >= 12
    assert looked.unjudged == looked.unjudged_by_command == 0
    judging = told["judging"]
    assert isinstance(judging, dict)
    assert judging["judges"][0]["projected_calls"] == 12
    assert judging["judges"][0]["calls"] == kinds.count("judge")
    models = told["models"]
    assert isinstance(models, list)
    assert [line["model"] for line in models if line["model"] == "gpt-6-luna"] == []


def test_a_rows_own_judge_is_planned_and_asked(cli: Cli) -> None:
    """Only that row's answer is judged."""
    cli.write("modelroute.yaml", f"{QUICK_EMULATOR}\nrules:{ALLOWED}")
    own: dict[str, object] = {"gates": {"judge": {"model": "gpt-6-luna", "least": 0.0}}}
    cli.jobs(*mails(3), {**mails(4)[3], **own})

    planned = cli("plan", "jobs.jsonl", "-o", "a.plan")
    assert "judging: 1 answer by gpt-6-luna" in planned.out
    assert cli("run", "a.plan", "--emulator").code == ExitCode.OK
    judged = attempts_frame(journal(cli)).filter(kind="judge")
    assert judged["row"].to_list() == [3]


def test_a_program_judges_a_run(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """And sees no key of the environment."""
    cli.write("modelroute.yaml", settings_with({"run": command("environment")}))
    cli.jobs(*mails(3))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    monkeypatch.setenv("SHOP", "tea")

    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == ExitCode.OK

    details = attempts_frame(journal(cli))["detail"].to_list()
    assert details == ["SHOP"] * 3
    assert finals_frame(journal(cli))["status"].to_list() == ["accepted"] * 3


def test_a_broken_program_is_told_in_the_report(cli: Cli) -> None:
    """Its answers pass, and nobody overlooks it."""
    cli.write("modelroute.yaml", settings_with({"run": command("floods")}))
    cli.jobs(*mails(3))

    done = cli("run", "jobs.jsonl", "--emulator", "--yes")

    assert done.code == ExitCode.OK
    assert "is accepted not judged by command: it wrote 100 lines in a row" in done.err
    assert "Not judged: 3 answers passed all else and no program gave a verdict" in cli("report").out
    assert looked_at(journal(cli)) == Looked(0, 0, 0, 3)


def test_a_program_that_is_not_there_is_refused_before_anything_is_sent(cli: Cli) -> None:
    """As a key that is missing is."""
    cli.write("modelroute.yaml", settings_with({"run": ["no-such-judge"]}))
    cli.jobs(*mails(1))
    done = cli("run", "jobs.jsonl", "--emulator", "--yes")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert "`gates.command` runs `no-such-judge`, and there is no such program" in done.err


def test_a_job_file_starts_no_program(cli: Cli) -> None:
    """The row is shown with what to do instead."""
    cli.jobs({**mails(1)[0], "gates": {"command": {"run": ["touch", "started"]}}})
    done = cli("run", "jobs.jsonl", "--emulator", "--yes")
    assert done.code == ExitCode.USAGE
    assert "gates.command: may not stand in a job file: data starts no programs" in done.err
    assert not (cli.folder / "started").exists()


@pytest.mark.parametrize("gate", ["{model: nobody}", "{model: gpt-6-luna, share: 0}", "{model: gpt-6-luna, modus: x}"])
def test_a_judge_that_cannot_be_is_refused_with_the_settings(gate: str, cli: Cli) -> None:
    """By name, share and field."""
    cli.write("modelroute.yaml", JUDGED.replace("{model: gpt-6-luna}", gate))
    cli.jobs(*mails(1))
    assert cli("plan", "jobs.jsonl").code == ExitCode.USAGE
