"""`modelroute status`: how far a run is."""

import os
import time
from collections.abc import Callable
from contextlib import closing

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.detached import handed_in_advice
from modelroute_cli.cli.find_run import find_run
from modelroute_cli.cli.flags import StatusFlags
from modelroute_cli.cli.json_console import make_json_console
from modelroute_cli.cli.progress import observer_for
from modelroute_cli.cli.report_order import how_to_report
from modelroute_cli.execution.live import read_live
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.run_status import run_status
from modelroute_cli.report.status_screen import standing_screen

_WATCHED_EVERY_S = 2.0


def status(flags: StatusFlags, console: Console, sleep: Callable[[float], object] = time.sleep) -> ExitCode:
    """Show what a run has done, what waits and what is spent: by what its process tells, else by its journal."""
    folder = find_run(flags.run)
    if flags.watch:
        _watch(folder, make_json_console(os.environ) if flags.as_json else console, sleep)
    found = run_status(folder)
    if flags.as_json:
        console.say(to_json(found))
        return ExitCode.OK
    console.show(standing_screen(found, console.width))
    if found.state != "running" and found.handed_in:
        console.note(handed_in_advice(folder.run_id))
    elif found.state != "running":
        console.note(how_to_report(folder.run_id))
    return ExitCode.OK


def _watch(folder: RunFolder, console: Console, sleep: Callable[[float], object]) -> None:
    """Show what the run's own process shows, until it ends; ^C ends the watching alone."""
    with closing(observer_for(console)) as observer:
        while folder.holder() is not None:
            live = read_live(folder.live)
            if live is not None:
                observer.on_progress(live.progress)
            sleep(_WATCHED_EVERY_S)
