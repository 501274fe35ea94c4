"""`modelroute pilot`: measures under a ceiling, says what it learned, and is never paid for twice."""

import json
import re
from typing import cast

import pytest
from support.cli import QUICK_EMULATOR, Cli, Finished, headline, mails
from support.piloting import PILOT, labels, only_pilot, outcomes, ready

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.base.money import from_usd
from modelroute_cli.cli.workspace import PILOTS
from modelroute_cli.execution.journal_read import attempts_frame, read_state
from modelroute_cli.execution.run_folder import list_runs

QUALITIES = {"gpt-5": 1.0, "gpt-6-luna": 0.9, "gemini-2.5-flash-lite": 0.3}


def cells(done: Finished) -> dict[str, dict[str, object]]:
    """What was learned of each model, from `--json`."""
    return {str(each["model"]): each for each in cast("list[dict[str, object]]", done.json["learned"])}


def test_a_pilot_measures_what_the_models_are_worth(cli: Cli) -> None:
    """Its figures are those of the recorded outcomes, paired, with intervals, and all of it is marked emulated."""
    replay = outcomes(ready(cli), QUALITIES)
    done = cli(*PILOT, "--emulator-replay", replay.name, "--json")
    assert done.code == ExitCode.OK
    found = cells(done)
    assert found.keys() == QUALITIES.keys()
    assert [found[name]["n"] for name in QUALITIES] == [20, 20, 20]
    assert cast("dict[str, float]", found["gpt-5"]["quality"])["mean"] == 1.0
    bad = cast("dict[str, float]", found["gemini-2.5-flash-lite"]["difference"])
    assert bad["low"] <= bad["mean"] <= bad["high"] < 0
    assert all(each["emulated"] and each["scorers"] == ["expected"] for each in found.values())
    assert (done.json["emulated"], done.json["baseline"]) == (True, "gpt-5")
    _check_folder()


def _check_folder() -> None:
    """What was measured is kept as one line an answer, without its text."""
    rows = [json.loads(line) for line in only_pilot().observations.read_text().splitlines()]
    assert len(rows) == 60
    assert {row["model"] for row in rows} == set(QUALITIES)
    assert not any("output" in row or "text" in row for row in rows)


def test_a_pilot_costs_at_most_its_ceiling_and_says_what_it_cost(cli: Cli) -> None:
    """A share of the baseline's bill; its spending is that of its journal.

    Answers that turn out dearer than expected end it early, and it says so.
    """
    done = ready(cli)(*PILOT, "--pilot-budget", "15%", "--json")
    end = cast("dict[str, object]", done.json["end"])
    spent, ceiling, bill = (
        from_usd(str(value)) for value in (end["spent_usd"], done.json["ceiling_usd"], done.json["bill_usd"])
    )
    assert 0 < spent <= ceiling == bill * 15 // 100
    assert end["status"] == "ceiling"
    state = read_state(only_pilot().run.journal)
    assert (spent, 0) == (state.spent_pusd, state.held_pusd)
    assert state.cap_pusd == ceiling


def test_faults_of_all_kinds_do_not_lift_the_ceiling(cli: Cli) -> None:
    """What may have been billed counts; what was never answered is not measured, and never as 0."""
    ready(cli)
    faults = "{server_error: 0.2, malformed: 0.1, truncated: 0.1, empty: 0.1}"
    quick = QUICK_EMULATOR.replace("}", f", faults: {faults}}}")
    cli.write("modelroute.yaml", quick + "run: {timeout_s: 1, max_attempts: 2, patience_s: 1}\n")
    done = cli(*PILOT, "--pilot-budget", "20%", "--json")
    state = read_state(only_pilot().run.journal)
    assert done.code == ExitCode.OK
    assert 0 < state.spent_pusd + state.held_pusd <= only_pilot().design().ceiling_pusd
    assert state.failed > 0
    assert len(only_pilot().scored()) <= state.accepted + state.failed


def test_a_ceiling_that_is_too_small_is_not_passed(cli: Cli) -> None:
    """What would have cost more is not sent, and the pilot says why."""
    done = ready(cli)(*PILOT[:-2], "--emulator", "--yes", "--pilot-budget", "0.0001")
    assert done.code == ExitCode.OK
    assert "over the ceiling" in done.out
    assert done.err.splitlines()[1:3] == [
        "Nothing was sent. To plan by what is believed of the models, run:",
        "    modelroute plan jobs.jsonl",
    ]
    assert not PILOTS.exists()


def test_the_same_command_again_sends_nothing_and_a_restart_pays_again(cli: Cli) -> None:
    """A finished pilot is shown again; with --restart it is set aside."""
    first = ready(cli)(*PILOT)
    again = cli(*PILOT)
    assert (again.code, again.out) == (ExitCode.OK, first.out)
    assert "Measuring" not in again.err
    assert len(list_runs(PILOTS)) == 1
    before = attempts_frame(only_pilot().run.journal).height
    assert "Measuring" in cli(*PILOT, "--restart").err
    assert attempts_frame(only_pilot().run.journal).height == before
    assert [path.name.count(".") for path in sorted(PILOTS.iterdir())] == [0, 1]


def test_the_screen_says_who_is_how_good_and_what_to_type_next(cli: Cli) -> None:
    """By template and model, and what measuring cost."""
    replay = outcomes(ready(cli), QUALITIES)
    done = cli(*PILOT, "--emulator-replay", replay.name)
    lines = done.out.splitlines()
    assert lines[0] == f"{only_pilot().design().measured[0].template}  240 requests"
    assert lines[1].split() == [
        "Model",
        "n",
        "Quality",
        "90%",
        "interval",
        "Difference",
        "90%",
        "interval",
        "Each",
        "Source",
    ]
    assert lines[2].startswith("gpt-5                  20     1.00  0.88 to 1.00           -")
    assert lines[2].endswith("emulated pilot, expected")
    assert lines[-2] == "Quality by expected: right by `expected`"
    told = r"Measuring cost \$0\.1\d\d \(emulated: nothing was paid\), \d+% of gpt-5 for all of the job"
    assert re.fullmatch(told, lines[-1])
    assert done.err.splitlines()[-1] == f"    modelroute plan jobs.jsonl --from-pilot {only_pilot().pilot_id}"


def test_a_job_too_small_to_measure_says_so(cli: Cli) -> None:
    """With its figures, and without sending anything."""
    cli.jobs(*mails(15), headline())
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    done = cli(*PILOT)
    assert done.code == ExitCode.OK
    assert "too small to measure" in done.out
    assert "Nothing to measure: no template is worth a pilot of at most $" in done.out
    assert not PILOTS.exists()


def test_without_a_terminal_and_without_yes_nothing_is_sent(cli: Cli) -> None:
    """What would have been sent is shown."""
    done = ready(cli)(*PILOT[:-1])
    assert done.code == ExitCode.USAGE
    assert "Pilot: 20 requests of 1 template on 3 models, ~$" in done.err
    assert done.err.endswith(
        "error: this pilot was not approved: there is no terminal to ask at; nothing was sent\n"
        f"hint: accept its cost with `modelroute {' '.join(PILOT[:-1])} --yes`\n"
    )
    assert not PILOTS.exists()


def test_a_missing_key_is_told_before_anything_is_sent(cli: Cli) -> None:
    """Without the emulator the models that are measured must be open."""
    done = ready(cli)(*(flag for flag in PILOT if flag != "--emulator"))
    assert done.code == ExitCode.CREDENTIALS
    assert "OPENAI_API_KEY" in done.err


def test_private_requests_are_not_shown_to_a_baseline_that_their_rule_does_not_name(cli: Cli) -> None:
    """Measuring sends nothing where a run would not."""
    cli.jobs(*({**row, "data_class": "personal"} for row in labels(300)))
    cli.write("modelroute.yaml", QUICK_EMULATOR + "rules: [{name: all, allow: [gpt-6-luna]}]\n")
    assert "the baseline may not be asked" not in cli(*PILOT, "--models", "gpt-6-luna").out
    assert not PILOTS.exists()


@pytest.mark.parametrize("budget", ["5 dollars", "-1", "200%"])
def test_a_budget_that_is_none_is_refused(cli: Cli, budget: str) -> None:
    """With what to type."""
    done = ready(cli)(*PILOT, f"--pilot-budget={budget}")
    assert done.code == ExitCode.USAGE
    assert f"--pilot-budget: `{budget}` is neither an amount of dollars nor a share" in done.err
