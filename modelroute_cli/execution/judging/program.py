"""A program of the user's own that judges answers: JSON lines to it, JSON lines back, many at a time, in any order.

Problem: it may hang, die, write garbage without end, or answer for what nobody asked; none of that may hold up a run,
nor reject an answer.
Solution: every question has its own time; lines are bounded in length, and useless ones and late ones in a row are
counted: past that it is ended like one that died. Whoever waits for it is told why there is no verdict.
What still fails: a program that answers at once and wrongly is believed.
"""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

LONGEST_LINE = 1_000_000
"""Bytes of one line that a program may write."""

_MOST_USELESS = 100  # lines in a row that are no verdict anybody waits for
_MOST_LATE = 5  # questions in a row whose time ran out
_GRACE_S = 2.0  # to end by itself, and then at SIGTERM
_LAST_WORDS_S = 0.2  # for what it wrote before it ended to be read
_LOGGED_LINES, _LOGGED_CHARACTERS = 1_000, 500  # of what it writes to stderr


class Turn(Struct, frozen=True):
    """One turn of the request."""

    role: str
    content: str


class AskedRequest(Struct, frozen=True, omit_defaults=True):
    """The texts of a request, as a program is shown them."""

    messages: tuple[Turn, ...]
    expected: object = None
    metadata: Mapping[str, object] = {}
    tags: tuple[str, ...] = ()


class Question(Struct, frozen=True):
    """One line to the program."""

    custom_id: str
    model: str
    task_type: str
    request: AskedRequest
    output: str


class Told(Struct, frozen=True):
    """One line from it; unknown fields are passed over."""

    custom_id: str
    passed: bool | None = msgspec.field(default=None, name="pass")
    quality: Annotated[float, Meta(ge=0, le=1)] | None = None
    detail: str | None = None
    model: str | None = None  # whose answer it is about, where a program says so


class _Addressed(Struct, frozen=True):
    """Whom a line is for, whatever else it says."""

    custom_id: str


@dataclass(frozen=True, slots=True)
class Untold:
    """There is no verdict, and why."""

    why: str


class Program:
    """One running program; use it from one event loop, and close it."""

    def __init__(self, process: Process, log: Callable[[str], None]) -> None:
        self._process = process
        self._log = log
        self._waiting: dict[str, asyncio.Future[Told | Untold]] = {}
        self._overdue: set[str] = set()  # asked about, and not answered in time
        self._late_in_a_row = 0
        self.ended: str | None = None  # why nothing more is to be had from it
        self.useless = ""  # the last line of its output that was for nobody
        self._tasks = [asyncio.ensure_future(each) for each in (self._read(), self._keep_log())]

    @classmethod
    async def start(cls, run: Sequence[str], env: Mapping[str, str], log: Callable[[str], None]) -> "Program":
        """Start it, without a shell and in a process group of its own, so that ^C reaches it only through us; OSError.

        It ends when its input ends; see `close`.
        """
        process = await asyncio.create_subprocess_exec(
            *run, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=env, limit=LONGEST_LINE, start_new_session=True
        )
        return cls(process, log)

    async def ask(self, question: Question, timeout_s: float) -> Told | Untold:
        """Its verdict on one answer, or why there is none; at most `timeout_s` seconds."""
        name = question.custom_id
        if self.ended is not None:
            return Untold(self.ended)
        if name in self._overdue or name in self._waiting:
            return Untold("an earlier question about the same request is still open")
        self._waiting[name] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                return await self._exchange(question)
        except TimeoutError:
            return self._late(name, timeout_s)
        except (BrokenPipeError, ConnectionResetError):
            return Untold(self._why("it no longer reads"))
        finally:
            self._waiting.pop(name, None)

    async def close(self, grace_s: float = _GRACE_S) -> None:
        """End it: its input ends, then SIGTERM, then SIGKILL, each after a short grace."""
        self._end("the run is over")
        if self._process.stdin is not None:
            self._process.stdin.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), grace_s)
                break
            self._signal(number)
        await self._process.wait()
        await asyncio.wait(self._tasks, timeout=_LAST_WORDS_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _exchange(self, question: Question) -> Told | Untold:
        """Write the question and wait for its answer."""
        stdin = self._process.stdin
        if stdin is None:
            return Untold("it has no input")
        answered = self._waiting[question.custom_id]
        stdin.write(msgspec.json.encode(question) + b"\n")
        await stdin.drain()
        return await answered

    def _why(self, otherwise: str) -> str:
        """Why nothing more is to be had."""
        return self.ended or otherwise

    def _late(self, name: str, timeout_s: float) -> Untold:
        """A question whose time ran out; several in a row end the program."""
        self._overdue.add(name)
        self._late_in_a_row += 1
        if self._late_in_a_row >= _MOST_LATE:
            self._end(f"it answered none of {_MOST_LATE} questions in a row in time")
            self._signal(signal.SIGKILL)
        return Untold(f"no verdict within {timeout_s:g} s")

    async def _read(self) -> None:
        """Give each line to who waits for it, until the program ends or writes what nobody can use."""
        stdout, useless = self._process.stdout, 0
        try:
            while stdout is not None and useless < _MOST_USELESS and (line := await stdout.readline()):
                is_taken = self._take(line)
                useless = 0 if is_taken else useless + 1
                self.useless = self.useless if is_taken else _shown(line)
        except ValueError:  # asyncio's word for a line beyond its limit
            self._end(f"it wrote a line of more than {LONGEST_LINE:,} bytes")
        if useless >= _MOST_USELESS:
            self._end(f"it wrote {_MOST_USELESS} lines in a row that are no verdict anybody waits for")
        if self.ended is None:
            await self._say_end()
        self._signal(signal.SIGKILL)

    async def _say_end(self) -> None:
        """Its output ended: with it the program, as a rule."""
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._process.wait()), _GRACE_S)
        code = self._process.returncode
        self._end("it closed its output" if code is None else f"it ended with code {code}")

    def _take(self, line: bytes) -> bool:
        """Whether a line was for somebody, in time or late."""
        try:
            name = msgspec.json.decode(line, type=_Addressed).custom_id
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return False
        waiting = self._waiting.get(name)
        if waiting is None or waiting.done():
            was_late = name in self._overdue
            self._overdue.discard(name)
            return was_late
        self._late_in_a_row = 0
        waiting.set_result(_told(line))
        return True

    def _end(self, why: str) -> None:
        """Nothing more is expected of it: who waits is told so."""
        self.ended = self.ended or why
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(Untold(self.ended))

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal to the program and what it started, if it still runs."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    async def _keep_log(self) -> None:
        """Its stderr, bounded, into the run's log; read to its end, so that it never blocks."""
        stderr, rest, lines = self._process.stderr, b"", 0
        while stderr is not None and (chunk := await stderr.read(65_536)):
            if lines >= _LOGGED_LINES:
                continue
            *whole, rest = (rest + chunk)[-LONGEST_LINE:].split(b"\n")
            for line in whole[: _LOGGED_LINES - lines]:
                self._log(_shown(line))
            lines += len(whole)
        if rest and lines < _LOGGED_LINES:
            self._log(_shown(rest))


def _told(line: bytes) -> Told | Untold:
    """A line that is for somebody."""
    try:
        told = msgspec.json.decode(line, type=Told)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Untold(f"its verdict cannot be read: {error}")
    if told.passed is None and told.quality is None:
        return Untold("its verdict has neither `pass` nor `quality`")
    return told


def _shown(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip()[:_LOGGED_CHARACTERS]
