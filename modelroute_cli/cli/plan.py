"""`modelroute plan`: the dry run."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.hooks import HookEvent, tells_of
from modelroute_cli.cli.budget_gate import checked, gate_code, gated
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import PlanFlags
from modelroute_cli.cli.job_plan import index_job, plan_job, stem, tell_notes
from modelroute_cli.cli.job_reading import job_reading
from modelroute_cli.cli.use_history import history_for
from modelroute_cli.cli.workspace import PILOTS, Workspace, asked_by, planning_workspace
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning import plan_file
from modelroute_cli.report.curve_screen import curve_screen
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.plan_screen import plan_screen
from modelroute_cli.report.summary import PlanSummary, plan_summary

if TYPE_CHECKING:
    from modelroute_cli.cli.use_pilot import UsedPilot


def plan(flags: PlanFlags, console: Console) -> ExitCode:
    """Plan a job file and show what it would cost; with `--output`, keep the plan."""
    workspace, flags, gate = gated(planning_workspace(flags), flags)
    job = index_job(flags.jobs, job_reading(flags, workspace.settings, workspace.at))
    tell_notes(job, console)
    used = _pilot(job, workspace, flags, console)
    past = None if used is not None else history_for(job, workspace, flags, emulated=False)
    if past is not None and past.told is not None:
        console.note(past.told)
    made = plan_job(job, workspace, flags, used, past)
    if flags.output:
        plan_file.write(made.plan, flags.output)
    summary = checked(plan_summary(made.plan), gate)
    if tells_of(workspace.settings.hooks, HookEvent.PLAN):
        from modelroute_cli.cli.plan_hooks import tell_planned  # noqa: PLC0415 - it loads the event loop

        tell_planned(made.plan, workspace, console)
    if flags.as_json:
        console.say(to_json(summary))
        return gate_code(summary, console)
    console.show(plan_screen(summary, console.width, asked_by=asked_by(workspace, flags)))
    if flags.curve:
        console.show(curve_screen(summary, console.width))
    _tell_next(flags, summary, console)
    return gate_code(summary, console)


def _pilot(job: JobFile, workspace: Workspace, flags: PlanFlags, console: Console) -> "UsedPilot | None":
    """The pilot that the plan rests on, and that it does."""
    if flags.from_pilot is None and not PILOTS.is_dir():
        return None
    from modelroute_cli.cli.use_pilot import pilot_for, told  # noqa: PLC0415 - most plans have no pilot

    used = pilot_for(job, workspace, flags, emulated=False)
    if used is not None:
        console.note(told(used))
    return used


def _tell_next(flags: PlanFlags, summary: PlanSummary, console: Console) -> None:
    """The command to type now."""
    if summary.questions is not None:
        console.note("\nTo ask first, plan by the answers and send, run:")
        console.note(f"    {shlex.join(['modelroute', 'run', *_without_output(sys.argv[2:])])}")
        return
    if flags.output:
        console.note("\nTo send exactly these requests, run:")
        console.note(f"    {shlex.join(_sending(flags, flags.output, summary))}")
        return
    again = shlex.join(["modelroute", *sys.argv[1:], "-o", f"{stem(flags.jobs)}.plan"])
    console.note("\nTo keep this plan, so that exactly it can be sent, run:")
    console.note(f"    {again}")


def _without_output(arguments: Sequence[str]) -> list[str]:
    """The arguments of `plan` that `run` takes, too: without `--json` and the plan file."""
    kept: list[str] = []
    for argument in arguments:
        if kept and kept[-1] in {"-o", "--output"}:
            kept.pop()
        elif not argument.startswith("--output=") and argument != "--json":
            kept.append(argument)
    return kept


def _sending(flags: PlanFlags, plan_path: Path, summary: PlanSummary) -> list[str]:
    """The command that sends the plan; under the same settings, else it would be stale."""
    config = ["--config", str(flags.config)] if flags.config else []
    return ["modelroute", "run", str(plan_path), *config, *(["--emulator"] if summary.historic else [])]
