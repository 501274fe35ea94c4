"""`run --pilot`: measured first, planned by it, and every cent and every answer of it counts exactly once."""

import json
from collections import Counter

from support.cli import QUICK_EMULATOR, Cli, headline, mails
from support.piloting import BUDGET, MODELS, PILOT, RUN, only_pilot, only_run, outcomes, ready

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import from_usd, to_usd_string
from modelroute_cli.execution.journal_read import attempts_frame, read_state
from modelroute_cli.planning import plan_file

GOOD = {"gpt-5": 1.0, "gpt-6-luna": 1.0, "gemini-2.5-flash-lite": 0.2}
FLOOR = ("--baseline-share", "0.9")


def rows(cli: Cli) -> list[dict[str, object]]:
    """The rows of the results file."""
    return [json.loads(line) for line in (cli.folder / "jobs.results.jsonl").read_text().splitlines()]


def test_a_run_is_planned_by_its_pilot_whose_answers_are_results_and_whose_money_counts_once(cli: Cli) -> None:
    """Under one hard cap, in the plan, the journal, the results, the status and the report."""
    replay = outcomes(ready(cli), GOOD)
    done = cli(*RUN, "--pilot", *FLOOR, "--emulator-replay", replay.name)
    assert done.code == ExitCode.OK
    header, end = plan_file.read(only_run().plan).header, only_pilot().end()
    assert header.measured is not None
    assert header.pilot is not None
    assert end is not None
    attempts = attempts_frame(only_run().journal)
    measured = attempts.filter(attempts["kind"] == "pilot")
    assert (measured["cost_pusd"].sum(), header.pilot.spent_pusd) == (end.spent_pusd, end.spent_pusd)
    state = read_state(only_run().journal)
    assert state.accepted == 240
    assert state.spent_pusd == attempts["cost_pusd"].sum() <= header.hard_cap_pusd
    _check_answers(cli, header.pilot.adopted, state.spent_pusd)
    _check_sayings(cli, state.spent_pusd, end.spent_pusd)


def _check_answers(cli: Cli, adopted: int, spent: int) -> None:
    """Each request has one answer; the pilot's are marked, and no request of theirs was sent again."""
    found = rows(cli)
    assert Counter(row["status"] for row in found) == {"accepted": 240}
    assert sum(row["pilot"] is True for row in found) == adopted == 20
    assert sum(from_usd(str(row["cost_usd"])) for row in found) == spent
    attempts = attempts_frame(only_run().journal)
    own, measured = (attempts.filter((attempts["kind"] == "pilot") == is_pilot)["row"] for is_pilot in (False, True))
    assert not set(own) & set(measured)


def _check_sayings(cli: Cli, spent: int, measuring: int) -> None:
    """Status and report tell the same sum; the causes of the saving add up."""
    assert cli("status", "--json").json["money"]["spent_usd"] == to_usd_string(spent)  # type: ignore[index]
    report = cli("report", "--json").json
    assert report["money"]["spent_usd"] == to_usd_string(spent)  # type: ignore[index]
    causes = {each["cause"]: from_usd(each["saved_usd"]) for each in report["savings"]}  # type: ignore[attr-defined]
    assert -measuring < causes["pilot"] < 0
    kinds = {each["kind"]: each["attempts"] for each in report["attempts"]}  # type: ignore[attr-defined]
    assert kinds["pilot"] >= 60


def test_the_same_command_again_pays_for_nothing(cli: Cli) -> None:
    """Neither pilot nor run."""
    replay = ("--emulator-replay", outcomes(ready(cli), GOOD).name)
    cli(*RUN, "--pilot", *FLOOR, *replay)
    before = read_state(only_run().journal)
    again = cli(*RUN, "--pilot", *FLOOR, *replay)
    assert again.code == ExitCode.OK
    assert "Nothing was left to send" in again.out
    assert read_state(only_run().journal) == before


def test_a_finished_pilot_is_used_by_plans_of_the_same_job_and_by_no_other(cli: Cli) -> None:
    """An emulated one only where it is named; `none` leaves it out."""
    cli(*PILOT, "--emulator-replay", outcomes(ready(cli), GOOD).name)
    name = only_pilot().pilot_id
    plain = cli("plan", "jobs.jsonl", "--models", MODELS, *FLOOR)
    assert "Planned by pilot" not in plain.err
    named = cli("plan", "jobs.jsonl", "--models", MODELS, *FLOOR, "--from-pilot", name)
    assert f"Planned by pilot {name} (20 requests measured, emulated); `--from-pilot none` leaves it out" in named.err
    assert "  pilot: 20 requests measured for $0." in named.out
    assert "Planned by" not in cli(*RUN, "--from-pilot", "none", *FLOOR).err
    cli.jobs(*mails(30), name="other.jsonl")
    other = cli("plan", "other.jsonl", "--from-pilot", name)
    assert other.err == (
        f"error: --from-pilot: pilot `{name}` is of another job file, `jobs.jsonl`\n"
        "hint: measure this one with `modelroute pilot`\n"
    )


def test_a_job_that_is_too_small_is_run_without_a_pilot_and_says_why(cli: Cli) -> None:
    """With the figures."""
    cli.jobs(*mails(12), headline())
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    done = cli("run", "jobs.jsonl", "--pilot", "--emulator", "--yes")
    assert done.code == ExitCode.OK
    assert "too small to measure" in done.err
    assert "Nothing to measure: no template is worth a pilot of at most $" in done.err
    assert plan_file.read(only_run().plan).header.pilot is None


def test_what_measuring_cost_is_taken_off_the_money_that_was_asked_for(cli: Cli) -> None:
    """With --max-cost all of it together stays below."""
    done = ready(cli)(*RUN, "--pilot", "--max-cost", "0.40")
    assert done.code == ExitCode.OK
    header = plan_file.read(only_run().plan).header
    assert header.hard_cap_pusd == from_usd("0.40")
    assert header.totals.cost_pusd <= header.hard_cap_pusd
    assert read_state(only_run().journal).spent_pusd <= from_usd("0.40")


def test_flags_that_leave_nothing_to_measure_are_refused(cli: Cli) -> None:
    """A plan is sent as it was reviewed."""
    ready(cli)("plan", "jobs.jsonl", "-o", "a.plan")
    assert cli("run", "a.plan", "--pilot", "--emulator").err == (
        "error: --pilot: `a.plan` is a plan, and a plan is sent as it was reviewed\n"
        "hint: run the job file with --pilot, or plan it after `modelroute pilot`\n"
    )
    assert cli(*RUN, "--pilot", "--only", "failed", *BUDGET).err == (
        "error: --only and --pilot exclude each other\nhint: leave --only or --pilot out\n"
    )


def test_standard_input_is_not_piloted(cli: Cli) -> None:
    """It can be read once."""
    assert ready(cli)("run", "-", "--pilot", "--emulator").err == (
        "error: --pilot: standard input can be read once, and the job is read before the pilot and after it\n"
        "hint: save it to a file, and run that\n"
    )
