"""`modelroute report`: projected against actual, against one model for everything."""

from pathlib import Path

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.find_run import find_run, find_run_of
from modelroute_cli.cli.flags import ReportFlags
from modelroute_cli.cli.run_order import is_plan_file
from modelroute_cli.planning import plan_file
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.plan_screen import plan_screen
from modelroute_cli.report.run_screen import report_screen
from modelroute_cli.report.run_summary import run_summary
from modelroute_cli.report.summary import plan_summary


def report(flags: ReportFlags, console: Console) -> ExitCode:
    """Report a run; a plan that was not run yet is reported as projected."""
    if flags.target and is_plan_file(flags.target) and find_run_of(flags.target) is None:
        return _projected(Path(flags.target), flags, console)
    summary = run_summary(find_run(flags.target))
    if flags.as_json:
        console.say(to_json(summary))
    else:
        console.show(report_screen(summary, console.width))
    return ExitCode.OK


def _projected(path: Path, flags: ReportFlags, console: Console) -> ExitCode:
    """What is projected, for nothing was sent yet."""
    summary = plan_summary(plan_file.read(path))
    if flags.as_json:
        console.say(to_json(summary))
        return ExitCode.OK
    console.note("This plan was not run yet: all numbers are projections")
    console.show(plan_screen(summary, console.width))
    return ExitCode.OK
