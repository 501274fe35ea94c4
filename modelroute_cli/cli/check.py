"""`modelroute check`: is the job file right, and what is in it."""

import os
from pathlib import Path

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import CheckFlags
from modelroute_cli.cli.job_plan import again, index_job, tell_notes
from modelroute_cli.cli.job_reading import job_reading
from modelroute_cli.report.job_summary import job_screen, job_summary
from modelroute_cli.report.json_out import to_json


def check(flags: CheckFlags, console: Console) -> ExitCode:
    """Validate a job file and count what is in it."""
    settings = load_settings(Path.cwd(), flags.config, os.environ, {})
    job = index_job(flags.jobs, job_reading(flags, settings))
    summary = job_summary(job)
    if flags.as_json:
        console.say(to_json(summary))
        return ExitCode.OK
    console.show(job_screen(summary, console.width))
    tell_notes(job, console)
    console.note(f"\nTo see what it would cost, run:\n    {again(flags)}")
    return ExitCode.OK
