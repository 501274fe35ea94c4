"""`modelroute plan`: the dry run."""

import json
import socket
from typing import cast

import pytest
from support.cli import Cli, Finished, headline, mails

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import from_usd
from modelroute_cli.planning import plan_file


def ready(cli: Cli) -> Cli:
    """Twenty e-mails, one of them asked twice, and a headline."""
    twin = {**mails(1)[0], "custom_id": "mail-0-again"}
    cli.jobs(*mails(20), twin, headline())
    return cli


def totals(done: Finished) -> dict[str, object]:
    """The totals of a JSON plan."""
    return cast("dict[str, object]", done.json["totals"])


def test_plan_needs_no_key_and_no_socket(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dry run opens no connection at all, not even on this machine."""

    def refuse(*_: object) -> None:
        message = "a plan tried to open a socket"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)
    done = ready(cli)("plan", "jobs.jsonl")
    assert done.code == ExitCode.OK
    assert done.out.startswith("Read 22 requests (1 duplicate will be answered once)\n")


def test_plan_shows_models_baselines_and_the_sentence(cli: Cli) -> None:
    """The screen has every part that a decision needs."""
    done = ready(cli)("plan", "jobs.jsonl", "--min-quality", "0.85", "--baseline", "gpt-5")
    lines = done.out.splitlines()
    assert lines[8].startswith("  if it may take longer: with `--deadline 24h` it would cost ~$0.0")
    assert lines[10].split() == ["Model", "Tier", "Requests", "Input", "Output", "Quality", "Cost"]
    assert next(line for line in lines if line.startswith("Total")).split()[1] == "21"
    assert any(line.startswith("gpt-5 for all") for line in lines)
    assert any(line.startswith("best single model (") for line in lines)
    assert lines[2].startswith("Plan: $")
    assert "(you asked for 0.85)" in lines[3]
    assert lines[5].startswith("  hard cap $")
    assert lines[7].endswith("quality unmeasured: prior only")
    assert "\x1b" not in done.out


def test_plan_without_a_floor_says_where_it_comes_from(cli: Cli) -> None:
    """The default is named as one."""
    assert "(0.80 is asked for by default)" in ready(cli)("plan", "jobs.jsonl").out
    cli.write("modelroute.yaml", "objective:\n  min_quality: 0.85\n")
    assert "(0.85 is asked for in modelroute.yaml" in cli("plan", "jobs.jsonl").out


def test_plan_says_how_to_keep_it(cli: Cli) -> None:
    """Without `-o` the next command is this one with `-o`."""
    assert ready(cli)("plan", "jobs.jsonl", "--seed", "2").err.endswith(
        "\nTo keep this plan, so that exactly it can be sent, run:\n"
        "    modelroute plan jobs.jsonl --seed 2 -o jobs.plan\n"
    )


def test_plan_writes_a_plan_file_and_says_how_to_send_it(cli: Cli) -> None:
    """With `-o` the next command runs the file."""
    done = ready(cli)("plan", "jobs.jsonl", "-o", "my plan")
    assert done.err.endswith("\nTo send exactly these requests, run:\n    modelroute run 'my plan'\n")
    assert plan_file.read(cli.folder / "my plan").header.job.requests == 22


def test_the_command_that_sends_a_plan_names_its_settings(cli: Cli) -> None:
    """Without them the plan would be stale."""
    cli.write("other.yaml", "prices: {gpt-6-luna: {input: 1, output: 2}}\n")
    done = ready(cli)("plan", "jobs.jsonl", "--config", "other.yaml", "-o", "a.plan")
    assert done.err.endswith("    modelroute run a.plan --config other.yaml\n")
    typed = done.err.splitlines()[-1].split()
    assert cli(*typed[1:], "--emulator").code == ExitCode.OK


def test_json_totals_equal_the_sum_of_the_assignments(cli: Cli) -> None:
    """To the last pico-dollar, by every way of adding up."""
    done = ready(cli)("plan", "jobs.jsonl", "--json", "-o", "a.plan")
    assert done.err == ""
    cost = from_usd(str(totals(done)["cost_usd"]))
    models = cast("list[dict[str, str]]", done.json["models"])
    assert cost == plan_file.read(cli.folder / "a.plan").assignments.collect()["cost_pusd"].sum()
    assert cost == sum(from_usd(line["cost_usd"]) for line in models)


def test_json_savings_equal_the_difference_to_the_baseline(cli: Cli) -> None:
    """The causes add up exactly."""
    shown = ready(cli)("plan", "jobs.jsonl", "--json").json
    savings = cast("list[dict[str, str]]", shown["savings"])
    chosen = cast("list[dict[str, str]]", shown["baselines"])[0]
    assert sum(from_usd(item["saved_usd"]) for item in savings) == from_usd(chosen["saved_usd"])


def test_the_same_command_gives_the_same_plan(cli: Cli) -> None:
    """A plan is a function of its inputs and the prices of the day."""
    first, second = (ready(cli)("plan", "jobs.jsonl", "--json", "--prices-as-of", "2026-11-01").json for _ in range(2))
    first.pop("created_at"), second.pop("created_at")
    assert first == second


def test_limit_and_sample_plan_a_part(cli: Cli) -> None:
    """The screen says how many of how many."""
    assert ready(cli)("plan", "jobs.jsonl", "--limit", "5").out.startswith("Read 22 requests, planned 5 of them\n")
    sampled = [cli("plan", "jobs.jsonl", "--sample", "5", "--seed", seed, "--json") for seed in ("1", "1", "2")]
    assert [totals(done)["requests"] for done in sampled] == [5, 5, 5]
    assert sampled[0].json["job"] == sampled[1].json["job"]


def test_no_dedupe_sends_duplicates_again(cli: Cli) -> None:
    """Twenty-two requests are twenty-two answers."""
    assert totals(ready(cli)("plan", "jobs.jsonl", "--no-dedupe", "--json"))["requests"] == 22


def test_stdin_is_planned_as_a_file_is(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads standard input."""
    path = ready(cli).folder / "jobs.jsonl"
    with path.open("rb") as file:
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": file}))
        done = cli("plan", "-", "--json")
    assert (done.code, totals(done)["requests"]) == (ExitCode.OK, 21)


def test_csv_is_planned_by_column_names(cli: Cli) -> None:
    """A CSV file needs a prompt column and no more."""
    cli.write("jobs.csv", "prompt,importance\nWrite an e-mail about tea.,bulk\nWrite an e-mail about jam.,bulk\n")
    assert totals(cli("plan", "jobs.csv", "--json"))["requests"] == 2


def test_prices_of_a_past_day_are_a_study(cli: Cli) -> None:
    """The screen warns, and the next command is for the emulator."""
    done = ready(cli)("plan", "jobs.jsonl", "--prices-as-of", "2026-11-01", "-o", "old.plan")
    assert "warning: Prices of 2026-11-01: a study of the past, not to be sent\n" in done.err
    assert done.err.endswith("    modelroute run old.plan --emulator\n")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2999-01-01", "error: `2999-01-01` is still to come: its prices are not known\n"),
        ("yesterday", "error: `yesterday` is neither a date nor a time\n"),
    ],
)
def test_a_day_without_prices_is_refused(cli: Cli, day: str, said: str) -> None:
    """Only the past can be studied."""
    done = ready(cli)("plan", "jobs.jsonl", "--prices-as-of", day)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err.startswith(said)


def test_money_alone_asks_for_the_best_quality(cli: Cli) -> None:
    """`--max-cost` without `--min-quality` is the other way round, and the cap is that money."""
    done = ready(cli)("plan", "jobs.jsonl", "--max-cost", "1")
    assert "(the best for $1)" in done.out
    assert "  hard cap $1.000 (" in done.out


def test_an_unreachable_quality_is_refused_with_what_can_be_reached(cli: Cli) -> None:
    """Exit 3, nothing on stdout."""
    done = ready(cli)("plan", "jobs.jsonl", "--min-quality", "0.999")
    assert (done.code, done.out) == (ExitCode.INFEASIBLE, "")
    assert "--min-quality" in done.err


def test_too_little_money_is_refused(cli: Cli) -> None:
    """Exit 3 for a cost that no plan of the asked quality meets."""
    done = ready(cli)("plan", "jobs.jsonl", "--min-quality", "0.85", "--max-cost", "0.0000001")
    assert done.code == ExitCode.INFEASIBLE
    assert done.err.endswith("hint: raise `--max-cost`, or lower `--min-quality`\n")


def test_texts_of_a_job_file_cannot_steer_the_terminal(cli: Cli) -> None:
    """An escape in a job file reaches neither stdout nor stderr."""
    cli.jobs({**mails(1)[0], "custom_id": "a\x1b[31mb", "\x1b[2J": 1})
    done = cli("plan", "jobs.jsonl")
    assert done.code == ExitCode.USAGE
    assert "\x1b" not in done.out + done.err


def test_an_unwritable_plan_is_an_error_of_storage(cli: Cli) -> None:
    """What the disk refuses is said, with the place."""
    done = ready(cli)("plan", "jobs.jsonl", "-o", "no/such/folder/a.plan")
    assert done.code == ExitCode.INTERRUPTED
    assert done.err.startswith("error: cannot write the plan to `no/such/folder/a.plan`: ")


def test_json_of_show_is_that_of_plan(cli: Cli) -> None:
    """A plan file says again what the plan said."""
    planned = ready(cli)("plan", "jobs.jsonl", "--json", "-o", "a.plan").json
    assert cli("show", "a.plan", "--json").json == planned
    assert json.dumps(planned)
