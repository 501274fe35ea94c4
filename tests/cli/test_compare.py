"""`modelroute compare`, `runs list`, `runs prune` and `--plain`, on a real folder."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from support.cli import Cli, mails

from modelroute_cli.execution.run_folder import RunFolder, list_runs

RUN = ("run", "jobs.jsonl", "--emulator", "--yes")


def rows(text: str) -> list[list[str]]:
    """The words of each line."""
    return [line.split() for line in text.splitlines()]


def test_runs_and_plans_are_compared_listed_and_pruned(cli: Cli) -> None:
    """A plan, its run, and the run that took its place."""
    cli.jobs(*mails(3))
    assert cli("plan", "jobs.jsonl", "-o", "a.plan").code == 0
    assert cli(*RUN).code == 0
    assert cli(*RUN, "--restart").code == 0
    newest = list_runs(cli.folder / ".modelroute" / "runs")[0].run_id

    done = cli("compare", "a.plan", "latest", f"{newest}.1")
    assert (done.code, rows(done.out)[4]) == (0, ["A", "B", "C"])
    assert done.out.startswith(f"A: plan `a.plan`, of jobs.jsonl, not run\nB: run {newest} of jobs.jsonl, finished")
    assert "B and C are EMULATED" in done.err
    assert "same run" not in done.err
    told = cli("compare", "jobs.jsonl", "a.plan", "--json").json
    assert (told["format"], told["kind"]) == (1, "comparison")
    assert "| Accepted | 3 | - |" in cli("compare", newest, "a.plan", "--format", "markdown").out
    assert cli("compare", "a.plan").err == (
        "error: there is nothing to compare it with\nhint: name two or more, as in `modelroute compare a.plan latest`\n"
    )
    assert cli("compare", "a.plan", "nope").err.startswith("error: no run is known of `nope`\nhint: runs here: `")

    assert [line[0] for line in rows(cli("runs").out)] == ["Run", newest, f"{newest}.1", "2"]
    plain = cli("--plain", "runs", "list").out.splitlines()
    assert plain[0].startswith(f"{newest}, finished, emulated: done 3/3, spent $")
    assert cli("runs", "prune").err == (
        "error: nothing says which runs are to go\nhint: give --older-than 30d, --keep 10, --emulated or --set-aside\n"
    )
    assert cli("runs", "prune", "--older-than", "1").code == 2
    assert cli("runs", "prune", "--older-than", "1d").out == "Nothing of that is to be deleted.\n"
    refused = cli("runs", "prune", "--set-aside")
    assert refused.code == 2
    assert "hint: do it with `modelroute runs prune --set-aside --yes`" in refused.err
    shutil.rmtree(cli.folder / ".modelroute" / "audit")  # as if its session had been killed before it was taken in
    assert cli("runs", "prune", "--set-aside", "--yes").out.startswith("Deleted: 1 folder, ")
    audit = "".join(path.read_text() for path in (cli.folder / ".modelroute" / "audit").glob("*.jsonl"))
    assert audit.count('"custom_id":"mail-') == 3
    assert f'"what":"runs_pruned","subject":"{newest}.1"' in audit
    assert [line[0] for line in rows(cli("runs").out)] == ["Run", newest, "1"]
    assert (cli.folder / "jobs.results.jsonl").exists()


def test_a_run_that_is_held_unfinished_or_broken_stays(cli: Cli) -> None:
    """And nothing is deleted through a link."""
    cli.jobs(*mails(2))
    assert cli(*RUN).code == 0
    root = cli.folder / ".modelroute" / "runs"
    run = list_runs(root)[0]
    broken = RunFolder(root, "0000aaaa")
    broken.create(run.meta())
    broken.plan.write_text("no plan")
    with run.lock():
        held = cli("runs", "prune", "--keep", "0", "--yes")
    assert held.out == "Nothing of that is to be deleted.\n"
    assert f"stays: {run.run_id}, it is being executed" in held.err
    assert "stays: 0000aaaa, it cannot be read: `.modelroute/runs/0000aaaa/plan` is not a plan file" in held.err
    with closing(sqlite3.connect(run.journal)) as journal:
        journal.execute("DELETE FROM finals WHERE row = 1")
        journal.commit()
    assert "it is not finished" in cli("runs", "prune", "--keep", "0", "--yes").err
    (cli.folder / "elsewhere").mkdir()
    root.rename(cli.folder / "elsewhere" / "runs")
    root.symlink_to(cli.folder / "elsewhere" / "runs")
    linked = cli("runs", "prune", "--keep", "0", "--unfinished", "--yes")
    assert linked.err.startswith("error: `.modelroute/runs` is a link: nothing is deleted through it\n")
    root.unlink()
    (cli.folder / "elsewhere" / "runs").rename(root)
    assert cli("runs", "prune", "--keep", "0", "--unfinished", "--yes").out.startswith("Deleted: 1 folder, ")
    assert [path.name for path in root.iterdir()] == ["0000aaaa"]


def test_every_command_can_be_plain(cli: Cli) -> None:
    """No table, no indentation; the same numbers."""
    cli.jobs(*mails(2))
    shown = cli("plan", "jobs.jsonl", "--curve", "--plain")
    assert shown.code == 0
    assert all(not line.startswith(" ") and "  " not in line for line in shown.out.splitlines())
    assert any(line.startswith("Total: requests 2, input ") for line in shown.out.splitlines())


@pytest.mark.parametrize("width", [40, 80])
def test_no_command_writes_wider_than_the_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """A line is wider only where it is one word, or a command to copy."""
    cli.jobs(*mails(2))
    assert cli("plan", "jobs.jsonl", "-o", "a.plan").code == 0
    monkeypatch.setenv("COLUMNS", str(width))
    for command in (
        ("models",),
        ("models", "gpt-5"),
        ("doctor",),
        ("check", "jobs.jsonl"),
        ("show", "a.plan"),
        ("show", "a.plan", "--request", "mail-1"),
        ("compare", "a.plan", "a.plan"),
    ):
        for line in cli(*command).out.splitlines():
            assert len(line) <= width or len(line.split()) == 1 or line.lstrip().startswith("modelroute "), line
