"""`modelroute status`: how far a run is."""

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.find_run import find_run
from modelroute_cli.cli.flags import StatusFlags
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.run_screen import status_screen
from modelroute_cli.report.run_summary import run_summary


def status(flags: StatusFlags, console: Console) -> ExitCode:
    """Show what a run has done, what waits and what is spent, from its journal alone."""
    folder = find_run(flags.run)
    summary = run_summary(folder)
    if flags.as_json:
        console.say(to_json(summary))
        return ExitCode.OK
    console.show(status_screen(summary))
    console.note(f"\nTo compare it with the plan and the baseline, run:\n    modelroute report {folder.run_id}")
    return ExitCode.OK
