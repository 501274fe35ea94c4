"""Runs that another version, or other prices, began: they go on, or it is said why not and what that costs."""

import msgspec
from support.cli import QUICK_EMULATOR, Cli, mails

from modelroute_cli import __version__
from modelroute_cli.base.errors import ExitCode
from modelroute_cli.execution.run_folder import RUN_FORMAT, RunFolder, RunMeta, latest

HINT = "bring back what it was begun with, or add `--restart`, which plans anew and pays for every request again"
RUN = ("run", "jobs.jsonl", "--emulator", "--yes")


def begun(cli: Cli, **facts: object) -> RunFolder:
    """A run that ended, with other facts of who made it."""
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    cli.jobs(*mails(4))
    assert cli(*RUN).code == ExitCode.OK
    folder = latest(cli.folder / ".modelroute" / "runs")
    assert folder is not None
    meta = msgspec.json.decode(folder.meta_path.read_bytes())
    folder.meta_path.write_bytes(msgspec.json.encode({**meta, **facts}))
    return folder


def test_a_run_of_another_version_goes_on(cli: Cli) -> None:
    """Where the same command still means the same plan."""
    folder = begun(cli, tool_version="0.0.9")
    done = cli(*RUN)
    assert (done.code, f"Continuing run {folder.run_id}" in done.err) == (ExitCode.OK, True)
    assert "Nothing was left to send\n" in done.out


def test_a_run_whose_prices_changed_says_that_it_cannot_go_on(cli: Cli) -> None:
    """Its reservations would not hold any more: who began it, what changed, and what a new beginning costs."""
    cli.write("modelroute.yaml", QUICK_EMULATOR)
    cli.jobs(*mails(4))
    assert cli("plan", "jobs.jsonl", "-o", "a.plan").code == ExitCode.OK
    assert cli("run", "a.plan", "--emulator").code == ExitCode.OK
    folder = latest(cli.folder / ".modelroute" / "runs")
    assert folder is not None
    meta = folder.meta()
    folder.meta_path.write_bytes(msgspec.json.encode(msgspec.structs.replace(meta, tool_version="0.0.9")))
    cli.write("modelroute.yaml", f"{QUICK_EMULATOR}prices: {{gemini-2.5-flash-lite: {{input: 5, output: 10}}}}\n")
    done = cli("run", "a.plan", "--emulator")
    assert done.code == ExitCode.USAGE
    begins = f"error: run `{folder.run_id}` (begun by modelroute 0.0.9) cannot go on: the plan is stale: "
    assert done.err.startswith(f"{begins}since it was made, ")
    assert done.err.endswith(f"\nhint: {HINT}\n")


def test_a_run_of_a_newer_version_is_not_touched(cli: Cli) -> None:
    """Its folder may hold what is not understood here."""
    folder = begun(cli, format=RUN_FORMAT + 1, tool_version="9.0.0")
    done = cli(*RUN)
    assert done.err.startswith(f"error: run `{folder.run_id}` was made by modelroute 9.0.0, whose run folders (format ")
    assert "hint: upgrade modelroute to 9.0.0, or use `--restart`\n" in done.err


def moved(folder: RunFolder, run_id: str) -> None:
    """The same run as the version that made it would have named it."""
    facts = msgspec.structs.replace(folder.meta(), run_id=run_id)
    folder.meta_path.write_bytes(msgspec.json.encode(facts))
    folder.path.rename(folder.path.with_name(run_id))


def test_answers_that_a_new_version_does_not_use_are_told(cli: Cli) -> None:
    """Where the same command became another run, before anything is sent."""
    moved(begun(cli, tool_version="0.0.9"), "0123456789ab")
    done = cli(*RUN)
    assert done.code == ExitCode.OK
    told = "run `0123456789ab` of the same job file has 4 answers, which this run does not use: "
    assert f"{told}modelroute 0.0.9 began it, and {__version__} plans this command otherwise" in done.err


def test_other_runs_of_this_version_are_nobody_s_surprise(cli: Cli) -> None:
    """Other flags are another run, as they always were."""
    moved(begun(cli), "0123456789ab")
    assert "0123456789ab" not in cli(*RUN).err


def test_facts_of_a_run_stay_as_they_were(cli: Cli) -> None:
    """Going on does not rewrite who began it."""
    folder = begun(cli, tool_version="0.0.9")
    cli(*RUN)
    assert isinstance(folder.meta(), RunMeta)
    assert folder.meta().tool_version == "0.0.9"
