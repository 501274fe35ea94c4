"""`modelroute emulator`: the loopback server by itself."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import EmulatorFlags
from modelroute_cli.cli.job_plan import index_job
from modelroute_cli.cli.job_reading import job_reading
from modelroute_cli.cli.replaying import replay_lines
from modelroute_cli.cli.workspace import Workspace, open_workspace
from modelroute_cli.emulator.replay.opening import Job, opened, recorded_in
from modelroute_cli.emulator.replay.replay import Replay
from modelroute_cli.emulator.server import start
from modelroute_cli.jobs.given import folder_of
from modelroute_cli.jobs.planned_media import PlannedMedia
from modelroute_cli.report.screen import plural


def emulator(flags: EmulatorFlags, console: Console) -> ExitCode:
    """Serve until ^C or SIGTERM; the address goes to stdout, what was replayed to stderr at the end."""
    space = open_workspace(flags.config, None, {})
    with _replay(flags, space, console) as replay:
        asyncio.run(_serve(space.settings.emulator, flags.port, console, replay))
        for text in () if replay is None else replay_lines(replay.stats()):
            console.note(text)
    return ExitCode.OK


@contextmanager
def _replay(flags: EmulatorFlags, space: Workspace, console: Console) -> Iterator[Replay | None]:
    """What decides which answers to a job are right; None where no job is named."""
    jobs, outcomes = _named(flags)
    if jobs is None:
        yield None
        return
    how = job_reading(flags, space.settings, space.at)
    job, settings = index_job(jobs, how), space.settings.emulator
    recorded = recorded_in(outcomes, job.requests, space.catalog, settings)
    inline = PlannedMedia(folder_of(jobs), job.images, space.settings.images.max_side).inline
    known = Job(path=job.path, frame=job.requests, inline=inline)
    with opened(known, recorded, space.catalog, settings) as replay:
        console.note(
            f"Answers to the {plural(job.count, 'request')} of {jobs} are right or wrong as they are known to be"
        )
        yield replay


def _named(flags: EmulatorFlags) -> tuple[str | None, Path | None]:
    """The job file, and the outcomes; UsageError where both flags name one."""
    if flags.replay is None:
        return flags.replay_jobs, None
    if flags.replay_jobs is not None:
        message = "--replay and --replay-jobs: one job is replayed"
        raise UsageError(message, hint="leave --replay-jobs out")
    return flags.replay


async def _serve(settings: EmulatorSettings, port: int, console: Console, replay: Replay | None) -> None:
    """Start, say where, wait to be stopped."""
    server = await start(settings, port=port, replay=replay)
    console.say(server.url)
    console.note(f"EMULATED: nothing it answers is real. modelroute run JOBS --emulator-url {server.url}; ^C stops it")
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await stopped.wait()
    finally:
        await server.stop()
