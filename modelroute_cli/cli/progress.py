"""What a person sees while a run goes on: a few lines that are drawn over on a terminal, plain lines elsewhere.

JSON lines for programs, or nothing, where that is asked for. Always on stderr.
"""

import time
from collections.abc import Callable
from typing import Literal, Protocol

from modelroute_cli.cli.console import Console
from modelroute_cli.cli.json_console import JsonConsole
from modelroute_cli.cli.live_area import LiveArea
from modelroute_cli.execution.work import Observer, Progress
from modelroute_cli.report.progress_screen import batch_lines, progress_text, screen_lines
from modelroute_cli.report.screen import safe
from modelroute_cli.report.sparkline import BLOCKS, Trail

_FIRST_EVERY_S = 2.0  # for as long as somebody is likely to look on
_FIRST_S = 60.0
_EVERY_S = 30.0

View = Literal["auto", "plain", "json", "off"]


class Interval:
    """Says when the next line is due: every two seconds for a minute, then every half minute."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._began_at = monotonic()
        self._last_at: float | None = None
        self._ended = False

    def is_due(self, *, at_end: bool) -> bool:
        """Whether the last line is old enough, or this is the first at the end."""
        if at_end:
            first, self._ended = not self._ended, True
            return first
        now = self._monotonic()
        every_s = _FIRST_EVERY_S if now - self._began_at < _FIRST_S else _EVERY_S
        return self._last_at is None or now - self._last_at >= every_s

    def taken(self) -> None:
        """A line was written."""
        self._last_at = self._monotonic()


def _is_over(progress: Progress) -> bool:
    return progress.done == progress.total and not progress.in_flight


class Shown(Observer, Protocol):
    """An observer that may hold a part of the terminal."""

    def close(self) -> None:
        """Leave what stands there as it is, and let go of it."""
        ...


class ProgressLines:
    """An observer that writes plain lines, not too many, and the last."""

    def __init__(self, console: Console, interval: Interval | None = None) -> None:
        self._console = console
        self._interval = interval or Interval()
        self._text = ""

    def on_progress(self, progress: Progress) -> None:
        """Show where the run stands."""
        text = "\n".join((progress_text(progress), *(f"  {line}" for line in batch_lines(progress, None))))
        if text != self._text and self._interval.is_due(at_end=_is_over(progress)):
            self._text = text
            self._interval.taken()
            self._console.note(text)

    def on_notice(self, text: str) -> None:
        """Tell something at once."""
        self._console.note(safe(text))

    def close(self) -> None:
        """Nothing is held."""


class ProgressJson:
    """An observer that writes JSON lines, as often as plain ones."""

    def __init__(self, console: JsonConsole, interval: Interval | None = None) -> None:
        self._console = console
        self._interval = interval or Interval()
        self._last: Progress | None = None

    def on_progress(self, progress: Progress) -> None:
        """Show where the run stands."""
        if progress != self._last and self._interval.is_due(at_end=_is_over(progress)):
            self._last = progress
            self._interval.taken()
            self._console.event("progress", progress)

    def on_notice(self, text: str) -> None:
        """Tell something at once."""
        self._console.note(text)

    def close(self) -> None:
        """Nothing is held."""


class ProgressScreen:
    """An observer that draws over its lines; notices stand above them."""

    def __init__(self, console: Console, trail: Trail | None = None) -> None:
        self._console = console
        self._area = LiveArea(console)
        self._trail = trail or Trail()

    def on_progress(self, progress: Progress) -> None:
        """Show where the run stands."""
        columns, lines = self._console.area
        self._trail.add(progress.per_minute)
        pace = self._trail.drawn(blocks=self._console.can_show(BLOCKS))
        self._area.show(tuple(screen_lines(progress, columns, lines, pace)))

    def on_notice(self, text: str) -> None:
        """Tell something at once."""
        self._area.above(safe(text))

    def close(self) -> None:
        """Leave the last lines."""
        self._area.close()


class Silent:
    """An observer that says nothing of how far the run is; notices are still told."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def on_progress(self, progress: Progress) -> None:
        """Nothing."""

    def on_notice(self, text: str) -> None:
        """Tell something at once."""
        self._console.note(safe(text))

    def close(self) -> None:
        """Nothing is held."""


class Nobody:
    """An observer for a terminal that was closed."""

    def on_progress(self, progress: Progress) -> None:
        """Nothing."""

    def on_notice(self, text: str) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing is held."""


def observer_for(console: Console, view: View = "auto") -> Shown:
    """The observer that was asked for, else the one that suits stderr."""
    if isinstance(console, JsonConsole):
        return ProgressJson(console)
    if view == "off":
        return Silent(console)
    return ProgressScreen(console) if console.live and view == "auto" else ProgressLines(console)
