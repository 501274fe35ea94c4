"""The commands that read: show, status, report, models, check, doctor, init."""

import json
from typing import cast

import pytest
from support.cli import KEYS, Cli, headline, mails

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.run_folder import latest


def done_run(cli: Cli) -> str:
    """A finished emulated run of a small job; its id."""
    cli.jobs(*mails(4), headline())
    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == ExitCode.OK
    found = latest(RUNS)
    assert found is not None
    return found.run_id


def test_show_tells_why_a_request_got_its_model(cli: Cli) -> None:
    """The rule, the reason, and what each allowed model would cost."""
    cli.jobs(*mails(2), headline())
    cli("plan", "jobs.jsonl", "-o", "a.plan")
    done = cli("show", "a.plan", "--request", "mail-1")
    assert done.code == ExitCode.OK
    lines = done.out.splitlines()
    assert lines[:2] == ["Request mail-1 (line 2)", "  email (named by the row), bulk, language en"]
    assert [line for line in lines if line.endswith("<- chosen")]
    assert [line for line in lines if line.startswith("gpt-5 ")]


def test_show_of_a_request_as_json(cli: Cli) -> None:
    """The same for programs."""
    cli.jobs(*mails(2), headline())
    cli("plan", "jobs.jsonl", "-o", "a.plan")
    shown = cli("show", "a.plan", "--request", "headline", "--json").json
    assert sorted(shown) == [
        "alternatives",
        "answer_emulated",
        "answered_by",
        "baseline",
        "cost_usd",
        "escalate_to",
        "escalations",
        "evidence",
        "facts",
        "format",
        "kind",
        "measured",
        "model",
        "others",
        "quality",
        "reason",
        "redacted",
        "rule",
        "service_tier",
    ]
    costs = {item["model"]: item["cost_usd"] for item in cast("list[dict[str, str]]", shown["alternatives"])}
    assert costs[str(shown["model"])] == shown["cost_usd"]


def test_show_suggests_the_nearest_request(cli: Cli) -> None:
    """A slip in an id is no riddle."""
    cli.jobs(*mails(2))
    cli("plan", "jobs.jsonl", "-o", "a.plan")
    done = cli("show", "a.plan", "--request", "mail1")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == "error: --request: the plan has no request `mail1`\nhint: did you mean `mail-1`?\n"


def test_a_run_is_found_by_id_by_its_beginning_by_job_file_and_as_the_latest(cli: Cli) -> None:
    """Whatever is at hand names it."""
    run_id = done_run(cli)
    for target in ([], [run_id], [run_id[:4]], ["jobs.jsonl"]):
        assert cli("status", *target, "--json").json["run_id"] == run_id


def test_a_run_of_a_plan_is_found_by_the_plan(cli: Cli) -> None:
    """The plan file names its run."""
    cli.jobs(*mails(2))
    cli("plan", "jobs.jsonl", "-o", "a.plan")
    cli("run", "a.plan", "--emulator")
    found = latest(RUNS)
    assert found is not None
    assert cli("report", "a.plan", "--json").json["run_id"] == found.run_id


def test_a_plan_that_was_not_run_is_reported_as_projected(cli: Cli) -> None:
    """Nothing pretends to have happened."""
    cli.jobs(*mails(2))
    cli("plan", "jobs.jsonl", "-o", "a.plan")
    done = cli("report", "a.plan")
    assert done.code == ExitCode.OK
    assert done.err.startswith("This plan was not run yet: all numbers are projections\n")


@pytest.mark.parametrize("command", ["status", "report"])
def test_without_any_run_the_next_command_is_said(cli: Cli, command: str) -> None:
    """Exit 2."""
    done = cli(command)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == "error: no run was started in this folder\nhint: start one with `modelroute run JOBS`\n"


def test_an_unknown_run_is_told_with_those_there_are(cli: Cli) -> None:
    """The hint lists what could be meant."""
    run_id = done_run(cli)
    done = cli("report", "ffff00000000")
    assert done.err == (f"error: no run is known of `ffff00000000`\nhint: runs here: `{run_id}` (jobs.jsonl)\n")


def test_report_compares_projected_with_actual_and_with_one_model(cli: Cli) -> None:
    """The comparison is always in it."""
    done_run(cli)
    lines = cli("report").out.splitlines()
    assert lines[1].startswith("5 requests sent, 5 accepted    20")
    assert lines[2].split() == ["Projected", "Actual"]
    starts = [line.split("  ")[0] for line in lines[3:8]]
    assert starts[0] == "Cost"
    assert starts[1] == "gpt-5 for all"
    assert starts[2].startswith("best single model (")
    assert starts[3:] == ["Saved", "Escalated"]


def test_models_lists_prices_with_their_date(cli: Cli) -> None:
    """An alias stands for its models, in order."""
    lines = cli("models", "premium", "gpt-5").out.splitlines()
    assert lines[0].split()[:4] == ["Model", "Input/M", "Cached/M", "Output/M"]
    assert [line.split()[0] for line in lines[1:4]] == ["gpt-6-sol", "claude-sonnet-5-5", "gpt-5"]
    assert "2026-12-11" in lines[3]


def test_models_as_json_carries_every_step(cli: Cli) -> None:
    """Money as decimal strings per million tokens."""
    shown = cli("models", "gpt-5", "--json", "--prices-as-of", "2025-09-01").json
    assert sorted(shown) == ["format", "kind", "models", "prices_at"]
    (model,) = cast("list[dict[str, object]]", shown["models"])
    (step,) = cast("list[dict[str, object]]", model["prices"])
    assert (step["input_per_mtok_usd"], step["output_per_mtok_usd"]) == ("1.25", "10")


def test_every_shipped_model_is_listed_with_a_price(cli: Cli) -> None:
    """No shipped model is unpriced."""
    shown = cast("list[dict[str, object]]", cli("models", "--json").json["models"])
    settings = load_settings(cli.folder, None, {}, {})
    assert [model["name"] for model in shown] == list(load_catalog(settings).models)
    assert [model["name"] for model in shown if not model["prices"] and model["provider"] != "local"] == []


def test_check_counts_what_is_in_a_job_file(cli: Cli) -> None:
    """Task types, importance, duplicates."""
    cli.jobs(*mails(3), {**mails(1)[0], "custom_id": "again"}, headline())
    done = cli("check", "jobs.jsonl")
    assert done.code == ExitCode.OK
    assert done.out.startswith("jobs.jsonl is valid: 5 requests, 1 of them duplicates\n")
    assert "importance: bulk 4, premium 1\n" in done.out
    shown = cli("check", "jobs.jsonl", "--json").json
    assert [(line["task_type"], line["requests"]) for line in cast("list[dict[str, object]]", shown["task_types"])] == [
        ("email", 4),
        ("headline", 1),
    ]


def test_doctor_names_keys_and_never_shows_them(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which are set, which are not."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-value")
    done = cli("doctor")
    assert done.code == ExitCode.OK
    assert "OPENAI_API_KEY set" in done.out
    assert "DEEPSEEK_API_KEY not set" in done.out
    assert "sk-very" not in done.out + done.err
    assert "sk-very" not in cli("doctor", "--json").out


def test_doctor_says_where_each_setting_came_from(cli: Cli) -> None:
    """File and key, those that are not the defaults."""
    cli.write("modelroute.yaml", "objective:\n  min_quality: 0.9\n")
    origins = cast("dict[str, str]", cli("doctor", "--json").json["origins"])
    assert list(origins) == ["objective.min_quality"]
    assert origins["objective.min_quality"].startswith("modelroute.yaml")


def test_init_writes_files_that_plan_and_never_overwrites(cli: Cli) -> None:
    """What it writes works as it is; what is there stays."""
    done = cli("init", "new")
    assert (done.code, done.out) == (ExitCode.OK, "wrote new/modelroute.yaml\nwrote new/sample.jsonl\n")
    assert done.err == "\nTo see what the sample would cost, run:\n    modelroute plan new/sample.jsonl\n"
    assert cli("plan", "new/sample.jsonl", "--config", "new/modelroute.yaml").code == ExitCode.OK
    cli.write("new/sample.jsonl", "mine")
    again = cli("init", "new")
    assert again.out == ("kept new/modelroute.yaml, it was there before\nkept new/sample.jsonl, it was there before\n")
    assert (cli.folder / "new" / "sample.jsonl").read_text() == "mine"


def test_init_where_it_may_not_write_is_an_error_of_storage(cli: Cli) -> None:
    """What the disk refuses is said."""
    cli.write("file", "")
    for folder in ("file/below", "file"):
        done = cli("init", folder)
        assert (done.code, done.out) == (ExitCode.INTERRUPTED, "")
        assert done.err.startswith(f"error: cannot write `{folder}/modelroute.yaml`: ")


@pytest.mark.parametrize("command", [("models", "gpt-5"), ("doctor",), ("check", "jobs.jsonl"), ("plan", "jobs.jsonl")])
def test_reading_commands_speak_json_of_format_one(cli: Cli, command: tuple[str, ...]) -> None:
    """One object on stdout, `"format": 1`, nothing else."""
    cli.jobs(*mails(1))
    done = cli(*command, "--json")
    assert (done.code, json.loads(done.out)["format"], done.err) == (ExitCode.OK, 1, "")


def test_keys_of_the_default_aliases_are_those_the_tests_clear() -> None:
    """A new provider in the aliases must be cleared in the tests' environment too."""
    assert set(KEYS) >= {"OPENAI_API_KEY", "DEEPSEEK_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"}
