"""Runs that were begun before: whether one can go on under what holds today, and which ones a command leaves lying."""

from collections.abc import Iterator

from modelroute_cli import __version__
from modelroute_cli.base.errors import PlanFileError
from modelroute_cli.cli.workspace import RUNS, Workspace
from modelroute_cli.execution.journal_read import read_state
from modelroute_cli.execution.run_folder import RunFolder, RunMeta, list_runs
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.screen import plural


def check_plan(plan: Plan, workspace: Workspace, begun: RunFolder | None) -> None:
    """Nothing when the plan still holds; PlanFileError with what changed, and for a run that was begun with what to do.

    What was believed of quality decides nothing any more once a run was begun, so a newer table does not end it.
    StorageError for a run that a newer modelroute began.
    """
    made = None if begun is None else begun.meta()
    try:
        plan_file.verify(plan, workspace.catalog, workspace.settings, workspace.at, begun=begun is not None)
    except PlanFileError as error:
        if made is None:
            raise
        raise _ended(made, error) from error


def left_lying(folder: RunFolder, job_digest: str, *, emulated: bool) -> Iterator[str]:
    """A warning for each run of the same job file that another version began: this command does not go on with it.

    A new version may plan the same command otherwise (prices, models, defaults), and then it is another run.
    """
    for other in list_runs(RUNS):
        made = other.meta()
        is_same = (made.job_digest, made.emulated) == (job_digest, emulated)
        if is_same and other.run_id != folder.run_id and made.tool_version != __version__ and other.journal.exists():
            answered = read_state(other.journal).answered
            if answered:
                yield _lying(made, answered)


def _ended(made: RunMeta, error: PlanFileError) -> PlanFileError:
    """A run that cannot go on, and why."""
    by = "" if made.tool_version == __version__ else f" (begun by modelroute {made.tool_version})"
    message = f"run `{made.run_id}`{by} cannot go on: {error.message}"
    hint = "bring back what it was begun with, or add `--restart`, which plans anew and pays for every request again"
    return PlanFileError(message, hint=hint)


def _lying(made: RunMeta, answered: int) -> str:
    """What is lost by not going on with it."""
    return (
        f"run `{made.run_id}` of the same job file has {plural(answered, 'answer')}, which this run does not use: "
        f"modelroute {made.tool_version} began it, and {__version__} plans this command otherwise"
    )
