"""`--classify-with MODEL`: off by default, once a template, its cost in the plan, under the cap and in the report."""

import json
import socket
from pathlib import Path
from typing import cast

import polars as pl
import pytest
from support.cli import Cli, Finished, mails
from support.unclear import unclear

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import from_usd
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.run_folder import RunFolder, latest
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan, Questions

ASK = ("--classify-with", "gpt-6-luna")
SEND = ("run", "jobs.jsonl", *ASK, "--emulator", "--yes")
CHEAP_GUESSES = "assumptions: {output_tokens: {other: {mean: 2, low: 1, high: 3}}}\n"
PLENTY = ("--max-cost", "1")


def ready(cli: Cli) -> Cli:
    """Three templates of six requests that say nothing, and eight e-mails that name their type."""
    cli.jobs(*unclear(3, 6), *mails(8))
    return cli


def part(done: Finished, name: str) -> dict[str, object]:
    """One object of a JSON answer."""
    return cast("dict[str, object]", done.json[name])


def only_run() -> RunFolder:
    """The run of this folder."""
    found = latest(RUNS)
    assert found is not None
    return found


def asked() -> tuple[Plan, Questions]:
    """The plan that was sent, and what was asked before."""
    plan = plan_file.read(only_run().plan)
    assert plan.header.questions is not None
    return plan, plan.header.questions


def results(cli: Cli) -> list[dict[str, object]]:
    """The rows of the results file."""
    return [json.loads(line) for line in (cli.folder / "jobs.results.jsonl").read_text().splitlines()]


def test_nothing_is_asked_by_default(cli: Cli) -> None:
    """Without the flag a plan has no questions, and a run has no folder for them."""
    assert ready(cli)("plan", "jobs.jsonl", "--json").json["questions"] is None
    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == ExitCode.OK
    assert not only_run().questions().path.exists()
    assert plan_file.read(only_run().plan).header.questions is None


def test_check_says_what_could_be_asked_and_what_for(cli: Cli) -> None:
    """How many templates and requests, and the flag; nothing of it where all types are known."""
    done = ready(cli)("check", "jobs.jsonl")
    assert done.out.splitlines()[-2:] == [
        "Guessed: the task type of 3 templates (18 requests) is more likely wrong than right",
        "  `--classify-with MODEL` on `plan` and `run` asks a model once about each; `plan` shows what that costs",
    ]
    assert part(cli("check", "jobs.jsonl", "--json"), "uncertain") == {"templates": 3, "requests": 18}
    cli.jobs(*mails(8))
    assert "Guessed" not in cli("check", "jobs.jsonl").out


def test_the_plan_counts_the_questions_in_its_total_its_savings_and_its_cap(cli: Cli) -> None:
    """All sums are exact, and the cap has room for the most that asking can cost."""
    plain = part(ready(cli)("plan", "jobs.jsonl", "--json"), "totals")
    done = cli("plan", "jobs.jsonl", *ASK, "--json")
    questions, totals = part(done, "questions"), part(done, "totals")
    assert (questions["model"], questions["templates"], questions["requests"]) == ("gpt-6-luna", 3, 18)
    cost, most = from_usd(str(questions["cost_usd"])), from_usd(str(questions["cost_high_usd"]))
    assert 0 < cost < most
    assert from_usd(str(totals["cost_usd"])) == from_usd(str(plain["cost_usd"])) + cost
    assert totals["requests"] == plain["requests"]
    assert from_usd(str(done.json["hard_cap_usd"])) >= from_usd(str(plain["cost_usd"])) + most
    savings = {
        item["cause"]: from_usd(item["saved_usd"]) for item in cast("list[dict[str, str]]", done.json["savings"])
    }
    chosen = cast("list[dict[str, str]]", done.json["baselines"])[0]
    assert savings["questions"] == -cost
    assert sum(savings.values()) == from_usd(chosen["cost_usd"]) - from_usd(str(totals["cost_usd"]))


def test_the_plan_shows_the_questions_and_how_to_go_on(cli: Cli) -> None:
    """A row of the table, a line of what is asked and at most for how much, and the run that asks."""
    done = ready(cli)("plan", "jobs.jsonl", *ASK, "-o", "a.plan")
    lines = done.out.splitlines()
    assert any(line.startswith("questions to gpt-6-luna  ") for line in lines)
    assert "  questions: gpt-6-luna is asked about 3 templates (18 requests) whose task type is a guess," in lines
    assert any(line.startswith("    once each, ~$") and ", at most $" in line for line in lines)
    assert done.err.endswith(
        "\nTo ask first, plan by the answers and send, run:\n    modelroute run jobs.jsonl --classify-with gpt-6-luna\n"
    )


def test_planning_questions_needs_no_key_and_no_socket(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The estimate is as dry as any plan, and leaves nothing behind."""

    def refuse(*_: object) -> None:
        message = "a plan tried to open a socket"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert ready(cli)("plan", "jobs.jsonl", *ASK).code == ExitCode.OK
    assert not (cli.folder / ".modelroute").exists()


def test_a_plan_with_questions_open_is_an_estimate_and_is_not_sent(cli: Cli) -> None:
    """Answers change it, so it could not be sent exactly as it was reviewed."""
    ready(cli)("plan", "jobs.jsonl", *ASK, "-o", "a.plan")
    done = cli("run", "a.plan", "--emulator")
    assert done.code == ExitCode.USAGE
    assert done.err == (
        "error: `a.plan` is an estimate: gpt-6-luna is to be asked about 3 templates first, and its answers change "
        "the plan\nhint: `modelroute run jobs.jsonl --classify-with gpt-6-luna` asks, plans again and sends\n"
    )


def test_a_plan_file_takes_no_questions(cli: Cli) -> None:
    """The flag would change what was reviewed."""
    ready(cli)("plan", "jobs.jsonl", "-o", "a.plan")
    done = cli("run", "a.plan", "--emulator", *ASK)
    assert done.code == ExitCode.USAGE
    assert done.err.startswith("error: --classify-with: `a.plan` is a plan")


def test_a_run_asks_once_a_template_and_plans_by_the_answers(cli: Cli) -> None:
    """Three questions for eighteen requests; their task types are the model's, those of the rows stay."""
    done = ready(cli)(*SEND, *PLENTY)
    assert done.code == ExitCode.OK, done.err
    assert "Asking gpt-6-luna about 3 templates first (18 requests whose task type is a guess)\n" in done.err
    plan, questions = asked()
    assert read_state(only_run().questions().journal).attempts == 3
    assert questions.answers is not None
    assert len(questions.answers) == 3
    assert questions.emulated
    frame = plan.assignments.collect().with_columns(pl.col("task_type", "task_source").cast(pl.String))
    told = frame.filter(pl.col("task_source") == "model")
    assert told.height == 18
    assert told["task_type"].to_list() == [questions.answers[name].value for name in told["template"]]
    assert "other" not in told["task_type"].to_list()
    assert told["task_confidence"].null_count() == 18
    assert set(frame.filter(pl.col("task_source") == "row")["task_type"]) == {"email"}
    assert [row["custom_id"] for row in results(cli)] == frame["custom_id"].to_list()


def test_the_same_command_again_asks_and_sends_nothing(cli: Cli) -> None:
    """A finished run is finished, questions included."""
    ready(cli)(*SEND, *PLENTY)
    before = only_run().plan.read_bytes()
    done = cli(*SEND, *PLENTY)
    assert done.code == ExitCode.OK
    assert "Nothing was left to send\n" in done.out
    assert "Asking" not in done.err
    assert read_state(only_run().questions().journal).attempts == 3
    assert only_run().plan.read_bytes() == before


def test_one_cap_holds_for_questions_and_job(cli: Cli) -> None:
    """Spent is both together and at most the cap; the questions are a line of the report, savings are net of them."""
    ready(cli)(*SEND, *PLENTY)
    report = cli("report", "--json")
    money, line = part(report, "money"), part(report, "questions")
    sent = sum(from_usd(str(row["cost_usd"])) for row in results(cli))
    spent = from_usd(str(money["spent_usd"]))
    assert spent == sent + from_usd(str(line["cost_usd"]))
    assert spent <= from_usd(str(money["hard_cap_usd"])) == from_usd("1")
    assert (line["model"], line["templates"], line["answered"]) == ("gpt-6-luna", 3, 3)
    savings = cast("list[dict[str, str]]", report.json["savings"])
    chosen = cast("list[dict[str, str]]", report.json["baselines"])[0]
    assert sum(from_usd(item["saved_usd"]) for item in savings) == from_usd(chosen["actual_usd"]) - spent
    assert "  questions  " in cli("report").out
    assert "of it: gpt-6-luna asked about 3 templates, 3 answered" in cli("report").out


def test_a_cap_below_the_questions_is_refused_before_anything_is_sent(cli: Cli) -> None:
    """Exit 3: what asking can cost at most does not fit."""
    done = ready(cli)(*SEND, "--max-cost", "0.0001")
    assert done.code == ExitCode.INFEASIBLE
    assert done.err.startswith("error: asking gpt-6-luna about 3 templates can cost $0.")
    assert latest(RUNS) is None


def test_show_says_who_answered_for_the_template(cli: Cli) -> None:
    """The request's task type is the model's word, marked as emulated where it was."""
    ready(cli)(*SEND, *PLENTY)
    plan, questions = asked()
    template = plan.assignments.filter(pl.col("custom_id") == "t1-3").collect()["template"][0]
    said = (questions.answers or {})[template].value
    done = cli("show", str(only_run().plan), "--request", "t1-3")
    assert done.out.splitlines()[1].startswith(
        f"  {said} (answered by gpt-6-luna for this template, emulated), bulk, language "
    )
    assert part(cli("show", str(only_run().plan), "--request", "t1-3", "--json"), "facts")["task_confidence"] is None


def test_answers_that_fail_their_gate_leave_the_guess(cli: Cli) -> None:
    """A refused question is paid and counted; its template stays as it was."""
    cli.write("modelroute.yaml", "emulator: {latency_s: 0, tokens_per_s: 1000000, faults: {refusal: 1}}\n")
    done = ready(cli)(*SEND, *PLENTY)
    plan, questions = asked()
    assert done.code == ExitCode.SOME_FAILED
    assert "3 templates without a usable answer stay as guessed" in done.err
    assert questions.answers == {}
    assert questions.spent_pusd > 0
    guessed = plan.assignments.filter(pl.col("task_source").cast(pl.String) == "classifier").collect()
    assert guessed.height == 18
    assert set(guessed["task_type"].cast(pl.String)) == {"other"}


def dearer(cli: Cli) -> Cli:
    """What was guessed is believed to be answered in two tokens: any answer makes the job dearer than its cap."""
    rows = [{key: value for key, value in row.items() if key != "max_output_tokens"} for row in unclear(2, 6)]
    cli.jobs(*rows)
    path = cli.folder / "modelroute.yaml"
    path.write_text(path.read_text() + CHEAP_GUESSES)
    return cli


def test_a_dearer_plan_is_not_sent_without_being_accepted(cli: Cli) -> None:
    """Exit 3 with the cap it would need; with that the same command goes on, and nothing is asked twice."""
    first = dearer(cli)(*SEND)
    assert first.code == ExitCode.INFEASIBLE
    assert "By the answers, the job costs more than what was accepted:\n" in first.err
    assert "; only the questions were sent\nhint: type the same command with `--max-cost " in first.err
    assert not only_run().journal.exists()
    needed = first.err.split("`--max-cost ")[1].split("`")[0]
    second = cli(*SEND, "--max-cost", needed)
    assert second.code == ExitCode.OK, second.err
    assert read_state(only_run().questions().journal).attempts == 2
    assert asked()[0].header.hard_cap_pusd == from_usd(needed)


@pytest.mark.parametrize(("typed", "code"), [(["yes", "yes"], ExitCode.OK), (["yes", "no"], ExitCode.USAGE)])
def test_at_a_terminal_a_dearer_plan_is_asked_for_again(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, typed: list[str], code: ExitCode
) -> None:
    """The first `yes` accepts asking and the first cap, the second the new one; without it only questions were sent."""
    questions: list[str] = []

    def answer(_: object, question: str) -> str:
        questions.append(question)
        return typed[len(questions) - 1]

    monkeypatch.setattr("modelroute_cli.cli.console.Console.interactive", property(lambda _: True))
    monkeypatch.setattr("modelroute_cli.cli.console.Console.ask", answer)
    done = dearer(cli)("run", "jobs.jsonl", *ASK, "--emulator")
    assert done.code == code
    assert questions[0].startswith("\nType `yes` to ask gpt-6-luna, then send 12 requests for ~$")
    assert questions[1].startswith("\nType `yes` to send 12 requests for ~$")
    assert only_run().journal.exists() == (code == ExitCode.OK)


def test_status_of_a_run_that_only_asked_says_so(cli: Cli) -> None:
    """What was spent, and that the job itself still waits."""
    dearer(cli)(*SEND)
    lines = cli("status").out.splitlines()
    assert lines[2:4] == [
        "12 requests: 0 accepted, 0 failed, 12 waiting",
        "First gpt-6-luna is asked about 2 templates",
    ]
    assert not lines[4].startswith("Spent $0.00 ")


def test_an_unpriced_model_is_never_asked(cli: Cli) -> None:
    """Unknown is not free."""
    path = cli.folder / "modelroute.yaml"
    path.write_text(
        path.read_text()
        + "providers: {local: {base_url: 'http://127.0.0.1:9/v1', auth: none}}\n"
        + "models: {house: {provider: local, model_id: h, base_model: house, "
        + "context_tokens: 9000, max_output_tokens: 900}}\n"
    )
    done = ready(cli)("plan", "jobs.jsonl", "--classify-with", "house")
    assert done.code == ExitCode.USAGE
    assert "`house` has no price" in done.err


def test_an_alias_of_several_models_is_refused(cli: Cli) -> None:
    """One model is asked."""
    done = ready(cli)("plan", "jobs.jsonl", "--classify-with", "premium")
    assert done.code == ExitCode.USAGE
    assert done.err == (
        "error: --classify-with: `premium` names 2 models: gpt-6-sol, claude-sonnet-5-5\n"
        "hint: name one of them, as in `--classify-with gpt-6-sol`\n"
    )


def test_a_missing_key_for_the_asked_model_is_named_before_anything_is_approved(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 4; nothing is left behind."""
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    ready(cli)
    done = cli("run", "jobs.jsonl", "--yes", "--models", "gpt-6-luna", "--classify-with", "deepseek-flash")
    assert done.code == ExitCode.CREDENTIALS
    assert done.err.startswith("error: no key for `deepseek`: environment variable `DEEPSEEK_API_KEY` is not set\n")
    assert latest(RUNS) is None


def test_questions_that_changed_on_the_disk_are_not_sent(cli: Cli) -> None:
    """What goes on is what was approved."""
    dearer(cli)(*SEND)
    path: Path = only_run().questions().path / "questions.jsonl"
    path.write_bytes(path.read_bytes().replace(b"usual", b"USUAL"))
    done = cli(*SEND)
    assert done.err.splitlines()[-2:] == [
        f"error: `{path}` changed after the run was started",
        "hint: start anew with `--restart`",
    ]


def test_restart_asks_again(cli: Cli) -> None:
    """It starts anew and pays again; the earlier answers are kept aside."""
    ready(cli)(*SEND, *PLENTY)
    run_id = only_run().run_id
    assert cli(*SEND, *PLENTY, "--restart").code == ExitCode.OK
    assert read_state(only_run().questions().journal).attempts == 3
    assert (cli.folder / RUNS / f"{run_id}.1" / "questions" / "journal.db").is_file()
