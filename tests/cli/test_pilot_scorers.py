"""Who says what a pilot's answers are worth: a judge whose questions cost money, a program, people."""

import csv
import sys
from pathlib import Path

from support.cli import QUICK_EMULATOR, Cli
from support.piloting import PILOT, RUN, only_pilot, only_run, ready

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.workspace import PILOTS
from modelroute_cli.execution.journal_read import attempts_frame, read_state
from modelroute_cli.pilot.judging_folder import judging_folders, judging_money

JUDGE = ("--scorer", "judge", "--judge", "claude-haiku-5-5")
SCORER = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    quality = {"gpt-5": 1.0, "gpt-6-luna": 0.75}.get(asked["model"], 0.25)
    print(json.dumps({"custom_id": asked["custom_id"], "model": asked["model"], "quality": quality}), flush=True)
"""


def qualities() -> dict[str, set[float]]:
    """What each model's answers were said to be worth."""
    found: dict[str, set[float]] = {}
    for each in only_pilot().measured("gpt-5"):
        found.setdefault(each.model, set()).add(each.quality)
    return found


def test_a_judge_is_asked_under_the_same_ceiling_and_its_cost_counts_once(cli: Cli) -> None:
    """In the pilot, and in the run that takes the pilot in; the judge itself is measured by nobody."""
    done = ready(cli)(*RUN, *JUDGE, "--pilot", "--max-cost", "1")
    assert done.code == ExitCode.OK
    assert "Asking claude-haiku-5-5 about 30 answers" in done.err
    assert len(list(judging_folders(only_pilot()))) == 2  # a round each, and none was asked about twice
    end, (judging, held) = only_pilot().end(), judging_money(only_pilot())
    assert end is not None
    answers = read_state(only_pilot().run.journal)
    assert judging > 0
    assert (end.spent_pusd, end.held_pusd) == (answers.spent_pusd + judging, answers.held_pusd + held)
    assert end.spent_pusd <= only_pilot().design().ceiling_pusd
    attempts = attempts_frame(only_run().journal)
    assert attempts.filter(attempts["kind"] == "judge")["cost_pusd"].sum() == judging
    assert attempts.filter(attempts["kind"] == "pilot")["cost_pusd"].sum() == answers.spent_pusd
    assert {each.scorer for each in only_pilot().scored()} == {"judge:claude-haiku-5-5"}


def test_a_judge_that_is_measured_itself_is_refused(cli: Cli) -> None:
    """No model judges its own words."""
    done = ready(cli)(*PILOT, "--scorer", "judge", "--judge", "gpt-6-luna")
    assert done.code == ExitCode.USAGE
    assert "the judge `gpt-6-luna` writes answers in this pilot itself" in done.err
    assert not PILOTS.exists()


def test_a_scorer_that_nobody_names_is_refused(cli: Cli) -> None:
    """Before anything is sent."""
    assert ready(cli)(*PILOT, "--scorer", "judge").err == (
        "error: --scorer judge: no judge is named\n"
        "hint: add `--judge MODEL`, or `scoring: {judge: {model: MODEL}}` to the settings\n"
    )
    assert cli(*PILOT, "--scorer", "command").err == (
        "error: --scorer command: no command is named\n"
        "hint: add `scoring: {command: {run: [PROGRAM]}}` to the settings\n"
    )


def test_a_program_of_the_users_own_scores(cli: Cli) -> None:
    """It is named in the settings alone."""
    ready(cli)
    program = cli.write("score.py", SCORER)
    cli.write("modelroute.yaml", f"{QUICK_EMULATOR}scoring: {{command: {{run: [{sys.executable}, {program}]}}}}\n")
    assert cli(*PILOT).code == ExitCode.OK
    assert qualities() == {"gpt-5": {1.0}, "gpt-6-luna": {0.75}, "gemini-2.5-flash-lite": {0.25}}


def test_people_fill_in_a_sheet_and_their_word_stands(cli: Cli) -> None:
    """Blind; what they said of a pair takes the place of other scorers, whose bias is told."""
    ready(cli)(*PILOT)
    done = cli("pilot", "export", "-o", "sheet.csv")
    assert done.code == ExitCode.OK
    filled = fill(cli.folder / "sheet.csv")
    assert not any("gpt" in cell for row in filled for cell in row.values())
    done = cli("pilot", "import", "sheet.csv")
    assert done.code == ExitCode.OK
    assert "expected gives " in done.err
    assert done.err.endswith(f"Next: modelroute plan jobs.jsonl, which uses pilot {only_pilot().pilot_id}\n")
    assert {each.scorer for each in only_pilot().measured("gpt-5")} == {"labels"}
    assert qualities() == {name: {1.0} for name in ("gpt-5", "gpt-6-luna", "gemini-2.5-flash-lite")}


def fill(path: Path) -> list[dict[str, str]]:
    """Say that every answer is as good as can be."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows({**row, "quality": "1"} for row in rows)
    return rows


def test_a_sheet_of_no_pilot_here_is_refused(cli: Cli) -> None:
    """And a pilot that is not there has none."""
    assert ready(cli)("pilot", "export").err == (
        "error: no pilot was made in this folder\nhint: make one with `modelroute pilot JOBS`\n"
    )
