"""Programs on a terminal of their own, which can be closed under them."""

import os
import pty
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_PATIENCE_S = 30.0


@dataclass
class OnTerminal:
    """A command line on a terminal; `text` is all that it has shown."""

    process: int
    descriptor: int
    text: str = ""
    _open: bool = field(default=True)

    def until(self, sign: str) -> str:
        """Read until it showed this; all that it showed."""
        ends_at = time.monotonic() + _PATIENCE_S
        while sign not in self.text and time.monotonic() < ends_at and self._read():
            pass
        assert sign in self.text, self.text
        return self.text

    def close(self) -> None:
        """Close the terminal, as somebody who shuts the window."""
        if self._open:
            os.close(self.descriptor)
            self._open = False

    def ended(self) -> int:
        """Wait for its end; the exit code."""
        while self._open and self._read():
            pass
        _, status = os.waitpid(self.process, 0)
        self.process = 0
        return os.waitstatus_to_exitcode(status)

    def _read(self) -> bool:
        """Take what there is to read; whether there may be more."""
        if not select.select([self.descriptor], [], [], 1.0)[0]:
            return True
        with suppress(OSError):
            found = os.read(self.descriptor, 65_536)
            self.text += found.decode("utf-8", "replace")
            return bool(found)
        return False


@contextmanager
def on_terminal(*arguments: str) -> Iterator[OnTerminal]:
    """The command line of this package on a terminal, in this folder."""
    command = [sys.executable, "-m", "modelroute_cli", *arguments]
    process, descriptor = pty.fork()
    if process == 0:
        os.execve(command[0], command, {**os.environ, "TERM": "xterm"})  # noqa: S606 - our own program
    shown = OnTerminal(process, descriptor)
    try:
        yield shown
    finally:
        shown.close()
        if shown.process:
            with suppress(ProcessLookupError):
                os.kill(process, 9)
            os.waitpid(process, 0)
