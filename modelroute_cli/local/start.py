"""Starts the server of this machine's models for one run, waits until they are loaded, and stops it."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from modelroute_cli.base.errors import SettingsError, StorageError
from modelroute_cli.local.server import HOST, Told

PROGRAM = "modelroute_cli.local.server"
LOADING_S = 300.0  # a large model from a slow disk
_CLOSING_S = 5.0
_SHOWN_CHARS = 300
# What the program needs of the environment, which is not passed on as a whole: it holds the keys of providers.
_PASSED_ON = (
    "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "RAYON_NUM_THREADS", "TMPDIR",
    "VIRTUAL_ENV", "XDG_CACHE_HOME",
)  # fmt: skip
_DECODER = msgspec.json.Decoder(Told)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a started server is, and the key that it wants."""

    base_url: str
    key: str = field(repr=False)


@asynccontextmanager
async def started(
    files: Mapping[str, Path], log: Path, patience_s: float = LOADING_S, program: str = PROGRAM
) -> AsyncIterator[Address]:
    """A server with these models (name on the wire -> GGUF file), loaded, for the time of the block.

    It listens on loopback only, at a free port, and ends with this process however that ends. What it says of itself
    is in `log`. SettingsError when a model cannot be loaded within `patience_s` seconds, StorageError without a log.
    """
    process, key = await _begin(program, files, log), secrets.token_urlsafe(24)
    try:
        await _send_key(process, key)
        port = await asyncio.wait_for(_until_ready(process, log), patience_s)
        yield Address(f"http://{HOST}:{port}/v1", key)
    except TimeoutError as error:
        message = f"the model on this machine was not loaded after {patience_s:,.0f} seconds"
        raise SettingsError(message, hint=f"`{log}` says how far it came") from error
    finally:
        await _end(process)


async def _begin(program: str, files: Mapping[str, Path], log: Path) -> asyncio.subprocess.Process:
    """The program, in a session of its own, so that ^C reaches the run alone."""
    try:
        output = log.open("ab")
    except OSError as error:
        message = f"cannot write `{log}`: {error.strerror}"
        raise StorageError(message, hint="run in a folder you may write to") from error
    with output:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", program),  # -P: nothing is imported from the folder the run stands in
            *(f"{name}={path}" for name, path in files.items()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=output,
            env=_environment(),
            start_new_session=True,
        )


def _environment() -> dict[str, str]:
    """What is passed on, the threads to use where nobody says it, and the engine's own log held to what went wrong."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {"RAYON_NUM_THREADS": str(threads(os.cpu_count() or 1, os.getloadavg()[0])), **passed, "RUST_LOG": "warn"}


def threads(cores: int, load: float) -> int:
    """How many threads to answer with: half of the cores, fewer where others keep them busy, at least one.

    The threads of mistralrs wait for each other at every layer. Measured with SmolLM2-135M on two cores: two threads
    are twice as fast as one while nothing else runs, and nine times as slow under a load of 8; one thread only shares.
    """
    return max(1, min(cores // 2, cores - round(load)))


async def _send_key(process: asyncio.subprocess.Process, key: str) -> None:
    """Through the pipe: arguments and environments can be read by others."""
    if process.stdin is not None:
        process.stdin.write(f"{key}\n".encode())
        await process.stdin.drain()


async def _until_ready(process: asyncio.subprocess.Process, log: Path) -> int:
    """The port, when the models are loaded; SettingsError when they cannot be."""
    port, why = 0, "its server ended"
    while process.stdout is not None and (line := await process.stdout.readline()):
        told = _DECODER.decode(line)
        port = told.port or port
        if told.ready:
            return port
        if told.failed is not None:
            why = told.failed
            break
    raise _not_loaded(why, log)


def _not_loaded(why: str, log: Path) -> SettingsError:
    message = f"the model on this machine cannot be loaded: {why[:_SHOWN_CHARS]}"
    return SettingsError(message, hint=f"`{log}` has the rest; `weights` names another file")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask, then end it; a process that is gone already is no error."""
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _CLOSING_S)
    except TimeoutError:
        process.kill()
        await process.wait()
