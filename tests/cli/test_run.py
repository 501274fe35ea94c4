"""`modelroute run`: approval, sending, going on, accounting."""

import csv
import json
from pathlib import Path
from typing import cast

import pytest
from support.cli import Cli, Finished, headline, mails

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import from_usd
from modelroute_cli.cli.report_order import how_to_report
from modelroute_cli.cli.run import without_cap
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.run_folder import RunFolder, latest

EMULATED = "EMULATED: nothing was sent to a provider, nothing was paid\n"


def results(cli: Cli, name: str = "jobs.results.jsonl") -> list[dict[str, object]]:
    """The rows of a results file."""
    return [json.loads(line) for line in (cli.folder / name).read_text().splitlines()]


def only_run() -> RunFolder:
    """The run of this folder."""
    found = latest(RUNS)
    assert found is not None
    return found


def attempts() -> int:
    """Attempts that the latest run has journaled."""
    return read_state(only_run().journal).attempts


def sent(cli: Cli, *more: str) -> Finished:
    """Eight e-mails, one asked twice, and a headline, through the emulator."""
    cli.jobs(*mails(8), {**mails(1)[0], "custom_id": "mail-0-again"}, headline())
    return cli("run", "jobs.jsonl", "--emulator", "--yes", *more)


def test_run_answers_every_request_in_order(cli: Cli) -> None:
    """Ten requests, nine sent, one answered with its twin; exit 0."""
    done = sent(cli)
    rows = results(cli)
    assert done.code == ExitCode.OK
    assert [row["custom_id"] for row in rows] == [*(f"mail-{n}" for n in range(8)), "mail-0-again", "headline"]
    assert {row["status"] for row in rows} == {"accepted"}
    assert rows[8]["duplicate_of"] == "mail-0"
    assert rows[8]["output"] == rows[0]["output"]


def test_run_ends_with_counts_spend_results_and_the_next_command(cli: Cli) -> None:
    """What happened, what it cost, where it is, what to type."""
    done = sent(cli)
    lines = done.out.splitlines()
    run_id = only_run().run_id
    assert lines[0] + "\n" == EMULATED
    assert lines[1] == f"Run {run_id} of jobs.jsonl: finished"
    assert lines[2] == "9 requests: 9 accepted, 0 failed, 0 waiting; 1 more is a duplicate"
    assert lines[3].startswith("Spent $")
    assert lines[4] == "Results: jobs.results.jsonl"
    assert done.err.endswith(f"{how_to_report(str(run_id))}\n")


def test_emulated_runs_are_marked_everywhere(cli: Cli) -> None:
    """Screen, results, status and report say that nothing was real."""
    done = sent(cli)
    assert EMULATED in done.err
    assert all(row["emulated"] is True for row in results(cli))
    for command in ("status", "report"):
        assert cli(command).out.startswith(EMULATED)
        assert cli(command, "--json").json["emulated"] is True


def test_the_same_command_again_sends_nothing_and_gives_the_same_results(cli: Cli) -> None:
    """A finished run is finished."""
    sent(cli)
    before, count = (cli.folder / "jobs.results.jsonl").read_bytes(), attempts()
    (cli.folder / "jobs.results.jsonl").unlink()
    done = cli("run", "jobs.jsonl", "--emulator", "--yes")
    assert done.code == ExitCode.OK
    assert "Nothing was left to send\n" in done.out
    assert (cli.folder / "jobs.results.jsonl").read_bytes() == before
    assert attempts() == count


def test_spend_stays_inside_the_hard_cap(cli: Cli) -> None:
    """What the report says was spent is at most the cap, and is the sum of the results."""
    sent(cli)
    money = cast("dict[str, str]", cli("report", "--json").json["money"])
    assert from_usd(money["spent_usd"]) <= from_usd(money["hard_cap_usd"])
    assert from_usd(money["spent_usd"]) == sum(from_usd(str(row["cost_usd"])) for row in results(cli))


def test_without_a_terminal_a_run_must_be_accepted_by_flag(cli: Cli) -> None:
    """Exit 2 with the flag to add; nothing is sent, nothing is left behind."""
    cli.jobs(*mails(2))
    done = cli("run", "jobs.jsonl", "--emulator")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err.startswith("Read 2 requests\n")
    assert done.err.endswith(
        "error: this run was not approved: there is no terminal to ask at; nothing was sent\n"
        "hint: look at `modelroute plan`, then accept its cost with `modelroute run jobs.jsonl --emulator --yes`\n"
    )
    assert latest(RUNS) is None


@pytest.mark.parametrize(("typed", "code"), [("yes", ExitCode.OK), ("y", ExitCode.USAGE), ("", ExitCode.USAGE)])
def test_at_a_terminal_only_a_typed_yes_sends(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, typed: str, code: ExitCode
) -> None:
    """Anything else sends nothing."""
    cli.jobs(*mails(2))
    monkeypatch.setattr("modelroute_cli.cli.console.Console.interactive", property(lambda _: True))
    monkeypatch.setattr(
        "modelroute_cli.cli.console.Console.ask", lambda _, question: typed if "`yes`" in question else ""
    )
    done = cli("run", "jobs.jsonl", "--emulator")
    assert done.code == code
    assert (latest(RUNS) is not None) == (code == ExitCode.OK)


def test_a_plan_file_was_reviewed_and_starts(cli: Cli) -> None:
    """`run PLAN` asks nothing."""
    cli.jobs(*mails(3))
    cli("plan", "jobs.jsonl", "-o", "a.plan")
    done = cli("run", "a.plan", "--emulator", "-o", "out.jsonl")
    assert (done.code, len(results(cli, "out.jsonl"))) == (ExitCode.OK, 3)


def test_a_plan_is_sent_as_it_was_reviewed(cli: Cli) -> None:
    """Flags that would change it are refused."""
    cli.jobs(*mails(3))
    cli("plan", "jobs.jsonl", "-o", "a.plan")
    done = cli("run", "a.plan", "--emulator", "--min-quality", "0.9", "--limit", "1")
    assert done.code == ExitCode.USAGE
    assert done.err == (
        "error: --min-quality, --limit: `a.plan` is a plan, and a plan is sent as it was reviewed\n"
        "hint: make another plan with `modelroute plan`, or leave the flag out\n"
    )


def test_a_plan_of_a_changed_job_file_is_stale(cli: Cli) -> None:
    """Exit 2: what was reviewed is not what would be sent."""
    cli.jobs(*mails(3))
    cli("plan", "jobs.jsonl", "-o", "a.plan")
    cli.jobs(*mails(4))
    done = cli("run", "a.plan", "--emulator")
    assert done.code == ExitCode.USAGE
    assert done.err == (
        "error: `jobs.jsonl` changed after this plan was made\nhint: make a new plan: `modelroute plan jobs.jsonl`\n"
    )


def test_a_plan_of_changed_prices_is_stale(cli: Cli) -> None:
    """Exit 2 with what changed."""
    cli.jobs(*mails(3))
    cli("plan", "jobs.jsonl", "-o", "a.plan")
    with (cli.folder / "modelroute.yaml").open("a") as file:
        file.write("prices: {gemini-2.5-flash-lite: {input: 5, output: 10}}\n")
    done = cli("run", "a.plan", "--emulator")
    assert done.code == ExitCode.USAGE
    assert done.err.startswith("error: the plan is stale: since it was made, ")
    assert "the price of `gemini-2.5-flash-lite`" in done.err


def test_a_study_of_the_past_is_never_sent(cli: Cli) -> None:
    """Past prices are for the emulator alone."""
    cli.jobs(*mails(3))
    cli("plan", "jobs.jsonl", "--prices-as-of", "2026-11-01", "-o", "old.plan")
    done = cli("run", "old.plan")
    assert done.code == ExitCode.USAGE
    assert done.err == (
        "error: this plan studies the prices of 2026-11-01; it is not to be sent\n"
        "hint: plan again without --prices-as-of, or add --emulator\n"
    )
    assert cli("run", "old.plan", "--emulator").code == ExitCode.OK


def test_results_as_csv_by_the_file_ending(cli: Cli) -> None:
    """`-o x.csv` is CSV, one row a request."""
    cli.jobs(*mails(3))
    assert cli("run", "jobs.jsonl", "--emulator", "--yes", "-o", "out.csv").code == ExitCode.OK
    with (cli.folder / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["custom_id"] for row in rows] == ["mail-0", "mail-1", "mail-2"]


def test_results_never_replace_what_they_are_made_from(cli: Cli) -> None:
    """The job file is safe from `-o`."""
    path = cli.jobs(*mails(1))
    before = path.read_bytes()
    done = cli("run", "jobs.jsonl", "--emulator", "--yes", "-o", "./jobs.jsonl")
    assert done.code == ExitCode.USAGE
    assert done.err == (
        "error: `jobs.jsonl` is what this run reads; the results would replace it\nhint: choose another file with -o\n"
    )
    assert path.read_bytes() == before


def test_results_must_have_a_folder(cli: Cli) -> None:
    """Met before anything is sent."""
    cli.jobs(*mails(1))
    done = cli("run", "jobs.jsonl", "--emulator", "--yes", "-o", "no/such/out.jsonl")
    assert done.code == ExitCode.USAGE
    assert done.err.startswith("error: there is no folder `no/such` for the results\n")
    assert latest(RUNS) is None


def test_a_missing_key_is_named_before_anything_is_approved(cli: Cli) -> None:
    """Exit 4 with the variable to set; nothing is left behind."""
    cli.jobs(*mails(1))
    done = cli("run", "jobs.jsonl", "--yes", "--models", "deepseek-flash")
    assert (done.code, done.out) == (ExitCode.CREDENTIALS, "")
    assert done.err == (
        "error: no key for `deepseek`: environment variable `DEEPSEEK_API_KEY` is not set\n"
        "hint: `export DEEPSEEK_API_KEY=...` or `--emulator` to try it\n"
    )
    assert latest(RUNS) is None


def test_the_cap_stops_a_run_that_a_higher_one_goes_on_with(cli: Cli) -> None:
    """Exit 3 when the money is too little; `--max-cost` raises the cap of the same run, nothing is paid twice."""
    cli.jobs(*mails(30))
    cli("plan", "jobs.jsonl", "--models", "gpt-6-luna", "-o", "a.plan")
    first = cli("run", "a.plan", "--emulator", "--max-cost", "0.0009")
    state = read_state(only_run().journal)
    assert first.code == ExitCode.INFEASIBLE
    assert 0 < state.done < 30
    assert state.spent_pusd + state.held_pusd <= from_usd("0.0009")
    typed = first.err.splitlines()[-1].split()
    assert typed[:-1] == ["modelroute", "run", "a.plan", "--emulator", "--max-cost"]
    second = cli(*typed[1:])
    assert second.code == ExitCode.OK
    assert read_state(only_run().journal).attempts == 30


def test_the_suggested_command_replaces_the_old_cap() -> None:
    """Both ways of writing the flag go; everything else stays."""
    given = ["run", "a.plan", "--max-cost", "1", "--yes", "--max-cost=2", "--seed", "3"]
    assert without_cap(given) == ["run", "a.plan", "--yes", "--seed", "3"]


def test_failed_requests_end_with_one_and_can_be_sent_again(cli: Cli) -> None:
    """Exit 1 with the reason; `--only failed` sends those and nothing else."""
    cli.write("modelroute.yaml", "emulator: {latency_s: 0, tokens_per_s: 1000000, faults: {refusal: 1}}\n")
    cli.jobs(*mails(3))
    first = cli("run", "jobs.jsonl", "--emulator", "--yes")
    assert first.code == ExitCode.SOME_FAILED
    assert "3 requests: 0 accepted, 3 failed, 0 waiting\n" in first.out
    assert "failed: 3 x " in first.out
    count = attempts()
    cli.write("modelroute.yaml", "emulator: {latency_s: 0, tokens_per_s: 1000000}\n")
    second = cli("run", "jobs.jsonl", "--emulator", "--yes", "--only", "failed")
    assert (second.code, attempts()) == (ExitCode.OK, count + 3)


def test_only_failed_leaves_alone_what_was_never_sent(cli: Cli) -> None:
    """A run that was stopped: what failed is sent again, what waits goes on waiting, and the way to it is told."""
    refusing = "emulator: {latency_s: 0, tokens_per_s: 1000000, faults: {refusal: 1}}\nrun: {max_escalations: 0}\n"
    cli.write("modelroute.yaml", refusing)
    cli.jobs(*mails(30))
    cli("plan", "jobs.jsonl", "--models", "gpt-6-luna", "-o", "a.plan")
    first = cli("run", "a.plan", "--emulator", "--max-cost", "0.0002")
    before = read_state(only_run().journal)
    assert first.code == ExitCode.INFEASIBLE
    assert 0 < before.failed < 30
    cli.write("modelroute.yaml", "emulator: {latency_s: 0, tokens_per_s: 1000000}\nrun: {max_escalations: 0}\n")
    done = cli("run", "a.plan", "--emulator", "--only", "failed", "--max-cost", "1")
    after = read_state(only_run().journal)
    waiting = 30 - before.done
    assert done.code == ExitCode.OK
    assert (after.accepted, after.failed) == (before.done, 0)
    assert after.attempts == before.attempts + before.failed
    assert f": unfinished\n30 requests: {before.done} accepted, 0 failed, {waiting} waiting\n" in done.out
    assert done.err.endswith(
        f"\nTo send the {waiting} that wait too, run:\n    modelroute run a.plan --emulator --max-cost 1\n"
    )
    assert cli("run", "a.plan", "--emulator", "--max-cost", "1").code == ExitCode.OK
    assert read_state(only_run().journal).accepted == 30


def test_only_failed_and_restart_exclude_each_other(cli: Cli) -> None:
    """Exit 2: one takes up the earlier run, the other sets it aside."""
    sent(cli)
    done = cli("run", "jobs.jsonl", "--emulator", "--yes", "--only", "failed", "--restart")
    assert (done.code, done.err) == (
        ExitCode.USAGE,
        "error: --only failed takes up an earlier run, and --restart sets it aside\nhint: leave one of them out\n",
    )


def test_only_failed_needs_an_earlier_run(cli: Cli) -> None:
    """There is nothing to take up."""
    cli.jobs(*mails(1))
    done = cli("run", "jobs.jsonl", "--emulator", "--yes", "--only", "failed")
    assert done.code == ExitCode.USAGE
    assert done.err == (
        "error: --only failed: this run has not been started\nhint: leave --only out to send everything\n"
    )


def test_restart_pays_again_and_keeps_the_earlier_run(cli: Cli) -> None:
    """The old journal is set aside, not deleted."""
    sent(cli)
    run_id = only_run().run_id
    done = cli("run", "jobs.jsonl", "--emulator", "--yes", "--restart")
    assert (done.code, attempts()) == (ExitCode.OK, 9)
    assert (cli.folder / RUNS / f"{run_id}.1" / "journal.db").is_file()


def test_a_locked_run_tells_who_holds_it(cli: Cli) -> None:
    """Exit 2 while another process executes the run."""
    sent(cli)
    with only_run().lock():
        done = cli("run", "jobs.jsonl", "--emulator", "--yes")
    assert done.code == ExitCode.USAGE
    assert done.err.splitlines()[-2].startswith(f"error: run `{only_run().run_id}` is being executed by process ")


@pytest.mark.parametrize(
    "url", ["http://example.com:1", "https://127.0.0.1:1", "127.0.0.1:1", "http://127.0.0.1.evil:1"]
)
def test_an_emulator_elsewhere_is_refused(cli: Cli, url: str) -> None:
    """`--emulator-url` is loopback only: prompts do not leave the machine by a slip."""
    cli.jobs(*mails(1))
    done = cli("run", "jobs.jsonl", "--yes", "--emulator-url", url)
    assert done.code == ExitCode.USAGE
    assert done.err == (
        f"error: --emulator-url: `{url}` is not an http address of this machine\n"
        "hint: start one with `modelroute emulator` and type the address it prints\n"
    )


def test_the_cap_and_the_pace_do_not_make_another_run(cli: Cli) -> None:
    """The same command with more money or more speed is the same run."""
    sent(cli)
    first = only_run().run_id
    cli("run", "jobs.jsonl", "--emulator", "--yes", "--max-cost", "2", "--concurrency", "4")
    assert only_run().run_id == first
    assert len(list((cli.folder / RUNS).iterdir())) == 1


def test_a_read_only_folder_is_an_error_of_storage(cli: Cli, tmp_path: Path) -> None:
    """What the disk refuses is said, and that the same command goes on afterwards."""
    cli.jobs(*mails(1))
    (tmp_path / ".modelroute").write_text("a file where the folder should be")
    done = cli("run", "jobs.jsonl", "--emulator", "--yes")
    assert done.code == ExitCode.INTERRUPTED
    assert done.err.startswith("error: cannot ")


def test_a_report_compares_planned_and_billed_tokens(cli: Cli) -> None:
    """Each model that answered as planned has its input and its mean output in the table and in the JSON."""
    cli.jobs(*mails(25))
    assert cli("run", "jobs.jsonl", "--emulator", "--yes").code == ExitCode.OK
    told = json.loads(cli("report", "--json").out)
    answers = [use["answers"] for use in told["tokens"]]
    assert 1 <= sum(answers) <= 25
    assert told["projection"] is None
    lines = cli("report").out.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("Tokens "))
    shown = [line.split("  ")[0] for line in lines[start + 1 : start + 1 + 2 * len(answers)]]
    assert shown == [f"{use['model']} {kind}" for use in told["tokens"] for kind in ("input", "output, mean")]
