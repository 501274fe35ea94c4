"""`modelroute run --emulator-replay`, `modelroute emulator --replay`: recorded outcomes decide, and misses are told."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.cli import QUICK_EMULATOR, Cli, Finished

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.cli.emulator import _named
from modelroute_cli.cli.flags import EmulatorFlags
from modelroute_cli.cli.replaying import replay_lines
from modelroute_cli.emulator.replay.counts import Replayed
from modelroute_cli.emulator.replay.drift import Drifted

MODELS = "deepseek-flash,gpt-6-sol"
TOLD = Replayed(right=900, wrong=100, shown_bad=0, judged=0, without_outcome={}, with_tools=0, unknown=0)


def jobs(cli: Cli) -> None:
    """Twelve tickets with their labels, on which the cheaper model is wrong in every third."""
    rows = [
        {
            "custom_id": f"t{n}",
            "prompt": f"Is this ticket spam or ham? Ticket {n}.",
            "expected": "ham" if n % 2 else "spam",
            "gates": {"expected": "normalised"},
            "task_type": "classification",
        }
        for n in range(12)
    ]
    cli.jobs(*rows)


def outcomes(cli: Cli, models: str = MODELS) -> Path:
    """What each model's answers are worth, in CSV."""
    lines = [
        f"t{n},{model},{int(n % 3 > 0 or place > 0)}"
        for n in range(12)
        for place, model in enumerate(models.split(","))
    ]
    return cli.write("outcomes.csv", "\n".join(["prompt_id,model,quality", *lines]))


def run(cli: Cli, *more: str) -> Finished:
    """The job on the emulator."""
    rules = "rules: [{name: all, allow: [deepseek-flash], escalate: [gpt-6-sol]}]\n"
    cli.write("modelroute.yaml", QUICK_EMULATOR + rules)
    return cli("run", "jobs.jsonl", "--yes", "--min-quality", "0.5", *more)


def test_a_run_answers_as_recorded_and_escalates_what_is_wrong(cli: Cli) -> None:
    """Eight right at once, four after their gate; in the end every label is the right one."""
    jobs(cli)
    outcomes(cli)
    done = run(cli, "--emulator", "--emulator-replay", "outcomes.csv", "--max-cost", "1")
    rows = [json.loads(line) for line in (cli.folder / "jobs.results.jsonl").read_text().splitlines()]
    assert "Replay: 16 answers decided, 12 right, 4 wrong\n" in done.err
    assert done.code == ExitCode.OK
    assert [row["output"] for row in rows] == ["ham" if n % 2 else "spam" for n in range(12)]
    assert {row["emulated"] for row in rows} == {True}


@pytest.mark.parametrize(
    ("flags", "told", "hint"),
    [
        (
            ("--emulator-replay", "outcomes.csv"),
            "error: --emulator-replay: recorded outcomes are replayed by the emulator that --emulator starts\n",
            "hint: add `--emulator`; one that runs already replays with `modelroute emulator --replay JOBS OUTCOMES`\n",
        ),
        (
            ("--emulator", "--emulator-replay", "gone.csv"),
            "error: --emulator-replay: cannot read `gone.csv`: No such file or directory\n",
            "hint: name a Parquet, CSV or JSONL file of outcomes\n",
        ),
        (
            ("--emulator", "--emulator-replay", "bad.csv"),
            "bad.csv:2: quality: must be a number from 0 to 1, not `1.2`\n",
            "",
        ),
    ],
)
def test_outcomes_that_cannot_be_used_are_refused_before_anything_is_sent(
    flags: tuple[str, ...], told: str, hint: str, cli: Cli
) -> None:
    """Exit 2, with what to type."""
    jobs(cli)
    cli.write("bad.csv", "custom_id,model,quality\nt1,mistral-small,1.2\n")
    done = run(cli, *flags)
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err.endswith(told + hint)
    assert not (cli.folder / "jobs.results.jsonl").exists()


def test_planned_models_without_outcomes_are_told_before_anything_is_sent(cli: Cli) -> None:
    """And what they answered at the end."""
    jobs(cli)
    outcomes(cli, "gpt-5,gpt-6-sol")
    done = run(cli, "--emulator", "--emulator-replay", "outcomes.csv", "--limit", "3", "--max-cost", "1")
    first, last = (done.err.index(text) for text in (
        "warning: outcomes.csv has no outcomes of deepseek-flash, which the plan uses: its answers will be made up\n",
        "warning: 3 requests had no recorded outcome and got made-up answers: deepseek-flash (3)\n",
    ))  # fmt: skip
    assert first < done.err.index("EMULATED") < last


def test_settings_alone_may_say_what_models_are_worth(cli: Cli) -> None:
    """Without any outcomes, and without a flag."""
    jobs(cli)
    hidden = '{latency_s: 0.001, tokens_per_s: 1000000, replay: {qualities: {classification: {"*": 1.0}}}}'
    cli.write("modelroute.yaml", f"emulator: {hidden}\n")
    done = cli("run", "jobs.jsonl", "--yes", "--models", MODELS, "--min-quality", "0.5", "--emulator")
    assert "Replay: 12 answers decided, 12 right, 0 wrong\n" in done.err
    assert done.code == ExitCode.OK


def lines(**changed: object) -> list[str]:
    """What is told at the end of a replay, below its first line."""
    return list(replay_lines(replace(TOLD, **changed)))


def test_the_end_tells_what_was_decided() -> None:
    """Right and wrong, visibly wrong, and what judges were told."""
    assert lines() == ["Replay: 1,000 answers decided, 900 right, 100 wrong"]
    shown = "Replay: 1,000 answers decided, 900 right, 100 wrong, 40 of the wrong ones visibly"
    assert lines(shown_bad=40) == [shown]
    assert lines(shown_bad=40, judged=1) == [f"{shown}; 1 question of judges answered by what is right"]


def test_the_end_tells_what_was_not_decided() -> None:
    """By model, most first."""
    missing = {f"m{n}": n + 1 for n in range(7)}
    most = "m6 (7), m5 (6), m4 (5), m3 (4), m2 (3) and 2 more models"
    told = f"warning: 28 requests had no recorded outcome and got made-up answers: {most}"
    assert lines(without_outcome=missing)[1:] == [told]
    assert lines(without_outcome={"gpt-5": 1}, with_tools=2, unknown=1)[1:] == [
        "warning: 1 request had no recorded outcome and got made-up answers: gpt-5 (1)",
        "warning: 2 requests with tools got made-up answers: a replay decides texts alone",
        "warning: 1 request of other texts than the job's got made-up answers",
    ]


def test_the_end_tells_of_drifts() -> None:
    """When they began, after how many requests, and what they changed."""
    began = Drifted(
        model="m", template="t1", quality=0.5, since="2026-11-23T10:00:00.123+00:00", after_requests=500, changed=33
    )
    never = Drifted(model="n", template=None, quality=0.5, since=None, after_requests=None, changed=0)
    assert lines(drifts=(began, never))[1:] == [
        "Drift of m on `t1`: began at 2026-11-23T10:00:00 after 500 requests, made 33 answers wrong",
        "Drift of n: it did not begin",
    ]


def test_one_job_is_replayed() -> None:
    """By outcomes or by settings alone."""
    assert _named(EmulatorFlags()) == (None, None)
    assert _named(EmulatorFlags(replay_jobs="jobs.jsonl")) == ("jobs.jsonl", None)
    assert _named(EmulatorFlags(replay=("jobs.jsonl", Path("o.csv")))) == ("jobs.jsonl", Path("o.csv"))
    with pytest.raises(UsageError, match="--replay and --replay-jobs: one job is replayed"):
        _named(EmulatorFlags(replay=("jobs.jsonl", Path("o.csv")), replay_jobs="jobs.jsonl"))
