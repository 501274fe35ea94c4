"""Whether the plan of a job without a pilot rests on the history; what that needs is imported where there is one."""

import os
import sys
from dataclasses import dataclass

from modelroute_cli.cli.flags import PlanningFlags
from modelroute_cli.cli.workspace import Workspace
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.pilot.history.place import kept_file
from modelroute_cli.planning.measured import Measured
from modelroute_cli.report.screen import plural


@dataclass(frozen=True, slots=True)
class UsedHistory:
    """What a plan believes by the history (None: nothing of this job), and a warning where it could not be read."""

    measured: Measured | None
    warning: str | None

    @property
    def told(self) -> str | None:
        """That a plan rests on it, or why not; None where there is nothing to say."""
        if self.warning is not None:
            return f"warning: {self.warning}"
        if self.measured is None:
            return None
        templates = plural(len(self.measured.groups), "template")
        return f"Planned by your history of {templates}; `MODELROUTE_HISTORY=off` leaves it out"


NOT_USED = UsedHistory(None, None)


def history_for(job: JobFile, workspace: Workspace, flags: PlanningFlags, *, emulated: bool) -> UsedHistory:
    """What the history says of a job's templates; nothing for a study of past prices or one that asks models first."""
    file = kept_file(workspace.settings, os.environ, sys.platform)
    if flags.prices_as_of or flags.classify_with or file is None or not file.exists():
        return NOT_USED
    from modelroute_cli.cli.history_planned import planned_by  # noqa: PLC0415 - most plans have no history

    found = planned_by(job.requests, workspace, emulated=emulated)
    return UsedHistory(found.measured, found.warning)
