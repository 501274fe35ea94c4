"""The one place that writes to stdout and stderr: the answer goes to one, everything else to the other."""

import errno
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TextIO

from modelroute_cli.cli.plain_wish import is_plain, with_flag
from modelroute_cli.report.layout import laid_out, without_signs
from modelroute_cli.report.screen import Screen, still

_GONE = frozenset({errno.EPIPE, errno.EIO})  # nobody reads the pipe; the terminal was closed
_USUAL = os.terminal_size((80, 24))
_ANSI = {"bold": "1", "dim": "2", "warning": "33", "error": "31"}


class Console:
    """Writes text and screens, with colour on a terminal alone; a reader that has gone away is no error.

    Where `MODELROUTE_PLAIN` is set, nothing is laid out, drawn over or coloured.
    """

    def __init__(self, out: TextIO, err: TextIO, env: Mapping[str, str]) -> None:
        self._out = out
        self._err = err
        self.plain = is_plain(env)
        self._colourless = self.plain or bool(env.get("NO_COLOR")) or env.get("TERM") == "dumb"
        self._columns = env.get("COLUMNS", "")
        self._live = err.isatty() and env.get("TERM") != "dumb" and not self.plain

    def say(self, text: str) -> None:
        """One piece of the answer, to stdout."""
        self._write(self._out, still(text))

    @contextmanager
    def pour(self) -> Iterator[IO[bytes]]:
        """Stdout as it is, for an answer that is no screen; what is written when nobody reads any more is lost."""
        try:
            yield self._out.buffer
            self._out.flush()
        except OSError as error:
            if error.errno not in _GONE:
                raise
            _abandon(self._out)

    def note(self, text: str, style: str = "") -> None:
        """Progress, a warning, a hint or a question, to stderr."""
        self._write(self._err, self._styled(without_signs(text) if self.plain else text, style, self._err))

    def draw(self, text: str) -> None:
        """Text as it is, with its own line ends and movements, to stderr."""
        self._put(self._err, text)

    def show(self, screen: Screen) -> None:
        """A screen of the answer; its warnings go to stderr."""
        for line in laid_out(screen, self.width, plain=self.plain):
            if line.style == "warning":
                self.note(line.text, line.style)
            else:
                self._write(self._out, self._styled(line.text, line.style, self._out))

    def show_aside(self, screen: Screen) -> None:
        """A screen that is not the answer, to stderr."""
        for line in laid_out(screen, self.area.columns if self._err.isatty() else None, plain=self.plain):
            self.note(line.text, line.style)

    def ask(self, question: str) -> str:
        """One typed line, the question on stderr; empty at the end of the input."""
        self._err.write(question)
        self._err.flush()
        return sys.stdin.readline().strip()

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked: the keyboard and the screen are both there."""
        return sys.stdin.isatty() and self._err.isatty()

    @property
    def live(self) -> bool:
        """Whether stderr can redraw a line."""
        return self._live

    def can_show(self, text: str) -> bool:
        """Whether stderr's encoding has all of these signs."""
        try:
            text.encode(self._err.encoding or "utf-8")
        except UnicodeEncodeError:
            return False
        return True

    @property
    def width(self) -> int | None:
        """Cells of a line on stdout; None, as wide as needed, where plain, or no terminal and COLUMNS is not set."""
        if self.plain:
            return None
        if self._columns.isdecimal():
            return int(self._columns)
        return shutil.get_terminal_size().columns if self._out.isatty() else None

    @property
    def area(self) -> os.terminal_size:
        """Columns and lines of the terminal behind stderr; 80 by 24 where it does not say."""
        try:
            size = os.get_terminal_size(self._err.fileno())
        except (OSError, ValueError):
            return _USUAL
        columns = int(self._columns) if self._columns.isdecimal() else size.columns
        return os.terminal_size((columns or _USUAL.columns, size.lines or _USUAL.lines))

    def _styled(self, text: str, style: str, stream: TextIO) -> str:
        """The text, without anything that a terminal obeys, with its colour where `stream` shows colour."""
        shown = still(text)
        if not style or self._colourless or not stream.isatty():
            return shown
        return f"\x1b[{_ANSI[style]}m{shown}\x1b[0m"

    def _write(self, stream: TextIO, text: str) -> None:
        """The text and a line end."""
        self._put(stream, text + "\n")

    def _put(self, stream: TextIO, text: str) -> None:
        """The text; what the terminal's encoding lacks is shown as `?`. A pipe or a terminal may have gone away."""
        encoding = stream.encoding or "utf-8"
        try:
            stream.write(text.encode(encoding, "replace").decode(encoding))
            stream.flush()
        except OSError as error:
            if error.errno not in _GONE:
                raise
            _abandon(stream)


def _abandon(stream: TextIO) -> None:
    """Point a stream that nobody reads any more at nothing, so that later writes and the exit are quiet."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)


def make_console() -> Console:
    """The console of this process."""
    return Console(sys.stdout, sys.stderr, with_flag(os.environ, sys.argv[1:]))
