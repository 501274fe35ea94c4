"""`modelroute eval` from the command line."""

import json

import pytest
from support.cli import Cli
from support.recorded_batches import as_table, rates, recorded

BATCH = recorded(21, rates(4), each=60)
KINDS = ("Is the review {} good or bad? Answer with one word.", "Add up the numbers {} and say the sum.")


@pytest.fixture
def evaluating(cli: Cli) -> Cli:
    """A job of two patterns and the outcomes of three models."""
    rows = [{"custom_id": name, "prompt": KINDS[at // 120].format(f"number {at}")} for at, name in enumerate(BATCH.ids)]
    (cli.folder / "jobs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    table = as_table(BATCH)
    priced = table.with_columns(cost_usd=table["cost_pusd"] / 1e12).drop("cost_pusd")
    priced.write_parquet(cli.folder / "o.parquet")
    return cli


def test_outcomes_are_replayed_and_drawn(evaluating: Cli) -> None:
    """JSON on stdout, the picture beside it; nothing is sent, no key is needed."""
    arguments = ["eval", "jobs.jsonl", "o.parquet", "--seeds", "2", "--pilot-per-template", "20", "--plot", "e.svg"]
    done = evaluating(*arguments, "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert (found["baseline"], found["seeds"], found["requests"]) == ("premium", 2, 240)
    assert found["rows"][0]["name"] == "modelroute plan"
    assert (evaluating.folder / "e.svg").read_text().startswith("<svg")


def test_a_floor_beside_a_budget_is_refused(evaluating: Cli) -> None:
    """Before anything is read."""
    done = evaluating("eval", "jobs.jsonl", "o.parquet", "--floor", "0.9", "--budget", "0.5")
    assert done.code == 2
    assert done.err.splitlines()[0] == "error: --floor and --budget: a plan keeps one or the other"


def test_a_baseline_without_outcomes_is_refused(evaluating: Cli) -> None:
    """With what to type instead."""
    done = evaluating("eval", "jobs.jsonl", "o.parquet", "--baseline", "gpt-5")
    assert done.code == 2
    assert "there is no priced outcome of the baseline `gpt-5`" in done.err
