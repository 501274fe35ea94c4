"""`modelroute runs list`: what is kept in this folder."""

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags_compare import RunsListFlags
from modelroute_cli.cli.workspace import HOLD_OUTS, PILOTS, RUNS
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.kept_runs import HOLD_OUT, PILOT, RUN, Kept, kept_runs, summed
from modelroute_cli.report.kept_screen import kept_screen


def runs_list(flags: RunsListFlags, console: Console) -> ExitCode:
    """List runs, pilots and hold-outs, those that were written to last first."""
    found = summed(all_kept())
    if flags.as_json:
        console.say(to_json(found))
        return ExitCode.OK
    console.show(kept_screen(found, console.width))
    if found.runs:
        console.note("\nTo compare two of them, run:\n    modelroute compare RUN RUN")
    return ExitCode.OK


def all_kept() -> list[Kept]:
    """Everything below this folder that a run, a pilot or a hold-out left."""
    return kept_runs({RUN: RUNS, PILOT: PILOTS, HOLD_OUT: HOLD_OUTS})
