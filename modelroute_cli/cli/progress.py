"""What a person sees while a run goes on: a bar on a terminal, plain lines elsewhere; always on stderr."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import rich.console
import rich.progress
import rich.text

from modelroute_cli.base.money import format_usd
from modelroute_cli.cli.console import Console
from modelroute_cli.execution.work import Progress
from modelroute_cli.report.screen import safe

_PLAIN_EVERY_S = 2.0
_MINUTE_S = 60
_HOUR_S = 3600


class ProgressLines:
    """An observer that writes plain lines, at most one every two seconds, and the last."""

    def __init__(self, console: Console, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._monotonic = monotonic
        self._written_at: float | None = None
        self._text = ""
        self.in_flight = 0

    def on_progress(self, progress: Progress) -> None:
        """Show where the run stands."""
        self.in_flight = progress.in_flight
        text = progress_text(progress)
        if text != self._text and (self._is_due() or progress.done == progress.total):
            self._text, self._written_at = text, self._monotonic()
            self._console.note(text)

    def on_notice(self, text: str) -> None:
        """Tell something at once."""
        self._console.note(safe(text))

    def _is_due(self) -> bool:
        """Whether the last line is old enough."""
        return self._written_at is None or self._monotonic() - self._written_at >= _PLAIN_EVERY_S


class ProgressBar:
    """An observer that redraws a bar with the spend behind it; notices stand above it."""

    def __init__(self, display: rich.progress.Progress) -> None:
        self._display = display
        self._task = display.add_task("", total=None)
        self.in_flight = 0

    def on_progress(self, progress: Progress) -> None:
        """Show where the run stands."""
        self.in_flight = progress.in_flight
        self._display.update(
            self._task, total=progress.total, completed=progress.done, description=progress_text(progress)
        )

    def on_notice(self, text: str) -> None:
        """Tell something at once."""
        self._display.console.print(rich.text.Text(safe(text)))


@contextmanager
def observe(console: Console) -> Iterator[ProgressBar | ProgressLines]:
    """The observer that suits stderr, for as long as the run goes on."""
    if not console.live:
        yield ProgressLines(console)
        return
    columns = (
        rich.progress.BarColumn(bar_width=20),
        rich.progress.TextColumn("{task.description}", markup=False),
    )
    with rich.progress.Progress(*columns, console=rich.console.Console(stderr=True), refresh_per_second=5) as display:
        yield ProgressBar(display)


def progress_text(progress: Progress) -> str:
    """`412/992 done, 2 failed, 32 in flight, spent $0.094 of at most $0.285, about 40 s left`."""
    failed = f", {progress.failed:,} failed" if progress.failed else ""
    held = f" (and up to {format_usd(progress.held_pusd)} unknown)" if progress.held_pusd else ""
    spent = f"spent {format_usd(progress.spent_pusd)}{held} of at most {format_usd(progress.cap_pusd)}"
    done = f"{progress.done:,}/{progress.total:,} done{failed}, {progress.in_flight:,} in flight"
    return f"{done}, {spent}{_left(progress.eta_s)}"


def _left(eta_s: float | None) -> str:
    """How long it will take, roughly; nothing where that is unknown or over."""
    if not eta_s:
        return ""
    if eta_s < _MINUTE_S:
        return f", about {eta_s:.0f} s left"
    return f", about {eta_s / _MINUTE_S:.0f} min left" if eta_s < _HOUR_S else f", about {eta_s / _HOUR_S:.1f} h left"
