"""`modelroute run --control`: a sample beside the baseline, and what `report` and `status` say of it."""

from typing import cast

from support.cli import QUICK_EMULATOR, Cli

from modelroute_cli.base.errors import ExitCode

SETTINGS = (
    f"{QUICK_EMULATOR}rules: [{{name: all, allow: [deepseek-flash]}}]\n"
    "run: {control_budget: 1.0}\nobjective: {baseline: gpt-6-sol, min_quality: 0.5}\n"
)
OUTCOMES = "\n".join(
    ["prompt_id,model,quality"]
    + [
        f"t{number},{model},{int(model == 'gpt-6-sol' or number % 4 > 0)}"
        for number in range(12)
        for model in ("deepseek-flash", "gpt-6-sol")
    ]
)


def test_a_sample_is_compared_and_reported(cli: Cli) -> None:
    """Nine of twelve labels are right; the baseline, which no rule routes to, has all of its quarter right."""
    cli.jobs(
        *(
            {
                "custom_id": f"t{number}",
                "prompt": f"Is this ticket spam or ham? Ticket {number}.",
                "expected": "ham" if number % 2 else "spam",
                "task_type": "classification",
            }
            for number in range(12)
        )
    )
    cli.write("outcomes.csv", OUTCOMES)
    cli.write("modelroute.yaml", SETTINGS)

    done = cli(
        *("run", "jobs.jsonl", "--yes", "--max-cost", "1", "--control", "25%"),
        *("--emulator", "--emulator-replay", "outcomes.csv"),
    )
    told, shown = cli("report", "--json"), cli("report")

    assert done.code == ExitCode.OK
    assert "control sample: 3 requests are answered by `gpt-6-sol` as well, for about $" in done.err
    found = cast("dict[str, object]", told.json["realised"])
    assert (found["requests"], found["measured"], found["pairs"], found["pair_scorers"]) == (12, 12, 3, ["expected"])
    assert found["quality"] == {"value": 0.75, "low": 0.75, "high": 0.75}
    control = cast("dict[str, object]", found["control"])
    assert (control["baseline"], control["asked"]) == ("gpt-6-sol", 3)
    savings = cast("list[dict[str, object]]", told.json["savings"])
    assert [line["cause"] for line in savings][-1] == "control_sample"
    assert "  realised: 0.750 by expected (all 12 answers)\n" in shown.out
    assert "  control sample: gpt-6-sol asked about 3 requests, 3 compared; cost $" in shown.out


def test_a_share_that_is_none_is_refused(cli: Cli) -> None:
    """Before anything is read."""
    done = cli("run", "jobs.jsonl", "--control", "lots")
    assert done.code == ExitCode.USAGE
    assert "error: --control: `lots` is no share of the requests\n" in done.err
