"""`modelroute compare`: runs and plans side by side."""

import re
from pathlib import Path

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.find_run import find_run
from modelroute_cli.cli.flags_compare import CompareFlags
from modelroute_cli.cli.run_order import is_plan_file
from modelroute_cli.cli.workspace import RUNS
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.comparison import compare as compared
from modelroute_cli.report.comparison_screen import comparison_screen
from modelroute_cli.report.comparison_types import Told
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.markdown.comparison_page import comparison_page
from modelroute_cli.report.run_summary import run_summary
from modelroute_cli.report.run_types import RunSummary
from modelroute_cli.report.summary import plan_summary

LATEST = "latest"
_SET_ASIDE = re.compile(r"[0-9a-z]+\.[0-9]+")


def compare(flags: CompareFlags, console: Console) -> ExitCode:
    """Show two or more side by side, the first as what the others are held against; UsageError for fewer."""
    if len(flags.targets) < 2:  # noqa: PLR2004 - a pair
        message = "there is nothing to compare it with"
        raise UsageError(message, hint=f"name two or more, as in `modelroute compare {flags.targets[0]} {LATEST}`")
    found = compared([_told(target) for target in flags.targets])
    if flags.as_json:
        console.say(to_json(found))
    elif flags.form == "markdown":
        console.say(comparison_page(found).rstrip())
    else:
        console.show(comparison_screen(found, console.width))
    return ExitCode.OK


def _told(target: str) -> Told:
    """A plan file as it was planned, anything else as its run; UsageError, PlanFileError, StorageError."""
    if is_plan_file(target):
        return _described(target, plan_file.read(Path(target)), None)
    folder = _folder(target)
    return _described(target, plan_file.read(folder.plan), run_summary(folder))


def _folder(target: str) -> RunFolder:
    """The run that is meant, also one that was set aside (`ID.1`)."""
    aside = RunFolder(RUNS, target)
    if _SET_ASIDE.fullmatch(target) and aside.exists():
        return aside
    return find_run(None if target == LATEST else target)


def _described(name: str, plan: Plan, run: RunSummary | None) -> Told:
    header = plan.header
    return Told(
        name=name,
        plan=plan_summary(plan),
        run=run,
        settings_digest=header.settings_digest,
        rates_digest=header.rates_digest,
    )
