"""The programs that judge answers: there before anything is approved, and without keys while they run."""

import os
import shutil
from collections.abc import Mapping

from modelroute_cli.base.errors import UsageError
from modelroute_cli.planning.plan import PlanHeader


def refuse_missing_programs(header: PlanHeader, env: Mapping[str, str]) -> None:
    """UsageError for the program of a command gate that cannot be found, before it leaves a whole run unjudged."""
    for rule, gates in header.gates.items():
        if gates.command is None:
            continue
        name = gates.command.run[0]
        if shutil.which(name, path=env.get("PATH", os.defpath)) is None:
            message = f"rule `{rule}`: `gates.command` runs `{name}`, and there is no such program"
            raise UsageError(message, hint="name a program on your PATH, or its path; it must be executable")
