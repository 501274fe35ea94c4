"""One try to tell one receiver: a signed POST, or a program with the same JSON on its stdin."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import assert_never

from modelroute_cli.base.clock import Clock
from modelroute_cli.execution.hooks.message import Message
from modelroute_cli.execution.hooks.receivers import Address, Program, Receiver
from modelroute_cli.execution.hooks.signing import signature
from modelroute_cli.providers.base import Transport, TransportError, WireRequest, WireResponse

_SUCCESS = range(200, 300)
_AGAIN = frozenset({408, 425, 429})
_LONGEST_WAIT_S = 30.0  # that a receiver may ask for


@dataclass(frozen=True, slots=True)
class Heard:
    """The receiver has it."""


@dataclass(frozen=True, slots=True)
class Deaf:
    """It has not: why, whether the same again may do, after how many seconds at least, or never more."""

    why: str
    again: bool
    after_s: float = 0.0
    never: bool = False  # the receiver is gone for good (410)


Outcome = Heard | Deaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What messages travel through; `program_env` has no key in it."""

    transport: Transport
    clock: Clock
    program_env: Mapping[str, str] = field(repr=False)


async def tell(receiver: Receiver, message: Message, ways: Ways) -> Outcome:
    """Try once; never raises for what a receiver does."""
    match receiver:
        case Address():
            return await _posted(receiver, message, ways)
        case Program():
            return await _run(receiver, message, ways)
        case _:
            assert_never(receiver)


async def _posted(address: Address, message: Message, ways: Ways) -> Outcome:
    """The answer's status decides; its body is not looked at, and a redirect is a refusal."""
    request = WireRequest(url=address.url, headers=headers(address, message, ways.clock), body=message.body)
    try:
        return judged(await ways.transport.send(request, address.timeout_s))
    except TransportError as error:
        return Deaf(error.message, again=True)


def headers(address: Address, message: Message, clock: Clock) -> dict[str, str]:
    """Those of Standard Webhooks; the timestamp is that of this try."""
    timestamp = int(clock.now().timestamp())
    plain = {"content-type": "application/json", "webhook-id": message.id, "webhook-timestamp": str(timestamp)}
    if address.secret is None:
        return plain
    return {**plain, "webhook-signature": signature(address.secret, message.id, timestamp, message.body)}


def judged(response: WireResponse) -> Outcome:
    """What a status means: 2xx heard; 408, 425, 429 and 5xx again; 410 never; all else not in this session."""
    status = response.status
    if status in _SUCCESS:
        return Heard()
    why = f"it answered {status}"
    if status == HTTPStatus.GONE:
        return Deaf(why, again=False, never=True)
    again = status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Deaf(why, again=again, after_s=_asked_for(response.headers.get("retry-after", "")))


def _asked_for(text: str) -> float:
    """Seconds that `Retry-After` asks for, at most 30; dates are not read."""
    return min(float(text), _LONGEST_WAIT_S) if text.isdecimal() else 0.0


async def _run(program: Program, message: Message, ways: Ways) -> Outcome:
    """Start it, hand it the body, wait for its end; it has no terminal, and what it prints is dropped."""
    env = {**ways.program_env, "MODELROUTE_EVENT": message.event, "MODELROUTE_EVENT_ID": message.id}
    try:
        process = await asyncio.create_subprocess_exec(
            *program.run, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, env=env, start_new_session=True
        )
    except OSError as error:
        return Deaf(f"it could not be started: {error.strerror}", again=False)
    try:
        async with asyncio.timeout(program.timeout_s):
            await process.communicate(message.body)
    except TimeoutError:
        return Deaf(f"it took more than {program.timeout_s:g} s", again=False)
    finally:
        await _ended(process)
    return Heard() if process.returncode == 0 else Deaf(f"it ended with code {process.returncode}", again=False)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Nothing of it is left running."""
    if process.returncode is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
