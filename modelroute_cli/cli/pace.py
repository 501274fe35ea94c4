"""`modelroute pace`: how fast a run that goes on may go."""

from datetime import UTC, datetime

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.find_run import find_run
from modelroute_cli.cli.flags import PaceFlags
from modelroute_cli.execution.control import Control, want
from modelroute_cli.execution.pace import read_pace, told

_MOST_WORDS = 2


def pace(flags: PaceFlags, console: Console) -> ExitCode:
    """Tell the run's process, which looks once a second; UsageError when nothing executes it."""
    if len(flags.words) > _MOST_WORDS:
        message = f"`{' '.join(flags.words)}` is more than a run and a pace"
        raise UsageError(message, hint="type `modelroute pace 50%`, or `modelroute pace RUN 50%`")
    wanted = read_pace(flags.words[-1])
    folder = find_run(flags.words[0] if len(flags.words) == _MOST_WORDS else None)
    holder = folder.holder()
    if holder is None:
        message = f"no process executes run `{folder.run_id}` now"
        raise UsageError(message, hint=f"start it with `--pace {flags.words[-1]}`")
    want(folder.control, Control(wanted, datetime.now(UTC).isoformat(timespec="milliseconds")))
    console.say(f"Run {folder.run_id}: {told(wanted) or 'at full pace'} within a second (process {holder.process})")
    return ExitCode.OK
