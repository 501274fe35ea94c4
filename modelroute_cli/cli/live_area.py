"""The lower lines of a terminal, drawn over in one piece so that nothing flickers; what is told stands above them.

Rich draws them, without its thread: a drawing costs about a millisecond of CPU (`benchmarks/display_cost.py`).
"""

import io
from typing import IO, TYPE_CHECKING, cast

from modelroute_cli.cli.console import Console

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text


class LiveArea:
    """Lines at the end of what the terminal shows, from the first drawing until it is closed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lines: tuple[str, ...] = ()
        self._live: Live | None = None

    def show(self, lines: tuple[str, ...]) -> None:
        """Draw these over the lines that stand there; nothing is written where they are the same."""
        if lines != self._lines:
            self._lines = lines
            self._begun().update(_text("\n".join(lines)), refresh=True)

    def above(self, text: str) -> None:
        """One line above them, which stays."""
        if self._live is None:
            self._console.note(text)
        else:
            self._begun().console.print(_text(text), soft_wrap=True)

    def close(self) -> None:
        """Leave what is drawn, the cursor below it."""
        if self._live is not None:
            self._live.stop()
            self._live, self._lines = None, ()

    def _begun(self) -> "Live":
        """The drawing, as large as the terminal is now."""
        from rich.console import Console as Terminal  # noqa: PLC0415 - a tenth of a second, for terminals alone
        from rich.console import ConsoleDimensions  # noqa: PLC0415 - the same
        from rich.live import Live  # noqa: PLC0415 - the same

        if self._live is None:
            file = cast("IO[str]", _Drawn(self._console))
            terminal = Terminal(file=file, force_terminal=True, color_system=None, emoji=False)
            self._live = Live(
                console=terminal,
                auto_refresh=False,
                redirect_stdout=False,
                redirect_stderr=False,
                vertical_overflow="crop",
            )
            self._live.start()
        self._live.console.size = ConsoleDimensions(*self._console.area)
        return self._live


def _text(written: str) -> "Text":
    """Text as it is, whatever looks like markup in it."""
    from rich.text import Text  # noqa: PLC0415 - as above

    return Text(written, no_wrap=True, overflow="crop")


class _Drawn(io.TextIOBase):
    """What rich writes goes through our own console, which forgives a terminal that was closed."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, text: str) -> int:
        """Write it."""
        self._console.draw(text)
        return len(text)

    def flush(self) -> None:
        """Nothing waits here."""

    def isatty(self) -> bool:
        """Only a terminal is drawn on."""
        return True
