"""The lower lines of a terminal, drawn over in one piece so that nothing flickers; what is told stands above them."""

from modelroute_cli.cli.console import Console
from modelroute_cli.report.screen import width_of

_END_OF_LINE = "\x1b[K"  # clears what an earlier, longer line left
_REST = "\x1b[J"  # and the lines below


class LiveArea:
    """Lines at the end of what the terminal shows; the cursor rests below them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lines: tuple[str, ...] = ()

    def show(self, lines: tuple[str, ...]) -> None:
        """Draw these over the lines that stand there; nothing is written where they are the same."""
        if lines != self._lines:
            self._console.draw(f"{self._to_top()}{_drawn(lines)}{_REST}")
            self._lines = lines

    def above(self, text: str) -> None:
        """One line above them, which stays."""
        self._console.draw(f"{self._to_top()}{text}{_END_OF_LINE}\n{_drawn(self._lines)}{_REST}")

    def _to_top(self) -> str:
        """Moves the cursor to the first of our lines, however many rows they take at the width of now."""
        columns = self._console.area.columns
        rows = sum(max(1, -(-width_of(line) // columns)) for line in self._lines)
        return f"\x1b[{rows}A\r" if rows else ""


def _drawn(lines: tuple[str, ...]) -> str:
    return "".join(f"{line}{_END_OF_LINE}\n" for line in lines)
