"""Which run is meant: by its id, by its job file, by its plan file, or the latest."""

from collections.abc import Iterator
from pathlib import Path

from modelroute_cli.base.errors import UsageError
from modelroute_cli.cli.run_order import is_plan_file, plan_run_id
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.run_folder import RunFolder, latest, list_runs
from modelroute_cli.jobs.spool import file_digest

_SHORTEST_ID = 4


def find_run(target: str | None) -> RunFolder:
    """The run that `target` names (None: the latest); UsageError when there is none."""
    found = latest(RUNS) if target is None else find_run_of(target)
    if found is None:
        message = "no run was started in this folder" if target is None else f"no run is known of `{target}`"
        raise UsageError(message, hint=_known() or "start one with `modelroute run JOBS`")
    return found


def find_run_of(target: str) -> RunFolder | None:
    """The latest run of a run id (or its beginning), a plan file or a job file; None when there is none."""
    if is_plan_file(target):
        ids = {plan_run_id(Path(target), emulated=emulated) for emulated in (False, True)}
        return _first(run for run in list_runs(RUNS) if run.run_id in ids)
    if Path(target).is_file():
        digest = file_digest(Path(target))
        return _first(run for run in list_runs(RUNS) if run.meta().job_digest == digest)
    return _first(run for run in list_runs(RUNS) if len(target) >= _SHORTEST_ID and run.run_id.startswith(target))


def _first(runs: Iterator[RunFolder]) -> RunFolder | None:
    """The first, if any."""
    return next(runs, None)


def _known() -> str:
    """The runs there are, as a hint."""
    runs = [f"`{run.run_id}` ({run.meta().source})" for run in list_runs(RUNS)[:5]]
    return f"runs here: {', '.join(runs)}" if runs else ""
