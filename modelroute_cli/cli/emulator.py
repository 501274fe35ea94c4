"""`modelroute emulator`: the loopback server by itself."""

import asyncio
import signal

from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.settings import EmulatorSettings
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import EmulatorFlags
from modelroute_cli.cli.workspace import open_workspace
from modelroute_cli.emulator.server import start


def emulator(flags: EmulatorFlags, console: Console) -> ExitCode:
    """Serve until ^C or SIGTERM; the address goes to stdout."""
    settings = open_workspace(flags.config, None, {}).settings.emulator
    asyncio.run(_serve(settings, flags.port, console))
    return ExitCode.OK


async def _serve(settings: EmulatorSettings, port: int, console: Console) -> None:
    """Start, say where, wait to be stopped."""
    server = await start(settings, port=port)
    console.say(server.url)
    console.note(f"EMULATED: nothing it answers is real. modelroute run JOBS --emulator-url {server.url}; ^C stops it")
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        await stopped.wait()
    finally:
        await server.stop()
