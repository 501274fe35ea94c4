"""What a person sees while a run goes on: a bar on a terminal, plain lines elsewhere; always on stderr."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import rich.console
import rich.progress
import rich.text

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.cli.console import Console
from modelroute_cli.execution.work import Progress
from modelroute_cli.report.screen import safe

_PLAIN_EVERY_S = 2.0
_MINUTE_S = 60
_HOUR_S = 3600
_BAR_CELLS = 20
_WIDE_CELLS = 110  # from here on there is room for a bar beside the text


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

    def __init__(self, display: rich.progress.Progress, room: int) -> None:
        self._display = display
        self._room = room  # cells for the text
        self._task = display.add_task("", total=None)
        self.in_flight = 0

    def on_progress(self, progress: Progress) -> None:
        """Show where the run stands."""
        self.in_flight = progress.in_flight
        self._display.update(
            self._task, total=progress.total, completed=progress.done, description=progress_text(progress, self._room)
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
    stderr = rich.console.Console(stderr=True)
    text = rich.progress.TextColumn("{task.description}", markup=False)
    bar = (rich.progress.BarColumn(bar_width=_BAR_CELLS),) if stderr.width >= _WIDE_CELLS else ()
    room = stderr.width - (_BAR_CELLS + 1) * len(bar)
    with rich.progress.Progress(*bar, text, console=stderr, refresh_per_second=5) as display:
        yield ProgressBar(display, room)


def progress_text(progress: Progress, room: int | None = None) -> str:
    """`412/992 done, 2 failed, 32 in flight, spent $0.094 of at most $0.285, by usage ~$0.21 in all, about 40 s left`.

    Where that is more than `room` cells, what matters least is left out, never cut.
    """
    failed = f", {progress.failed:,} failed" if progress.failed else ""
    held = f" (and up to {format_usd(progress.held_pusd)} unknown)" if progress.held_pusd else ""
    spent, cap = f", spent {format_usd(progress.spent_pusd)}", f" of at most {format_usd(progress.cap_pusd)}"
    done, flying = f"{progress.done:,}/{progress.total:,} done", f", {progress.in_flight:,} in flight"
    left = _left(progress.eta_s)
    whole = _whole(progress.projected_pusd)
    texts = (
        f"{done}{failed}{flying}{spent}{held}{cap}{whole}{left}",
        f"{done}{failed}{spent}{held}{cap}{whole}{left}",
        f"{done}{failed}{flying}{spent}{held}{cap}{left}",
        f"{done}{failed}{spent}{held}{cap}{left}",
        f"{done}{failed}{spent}{cap}{left}",
        f"{done}{failed}{spent}{cap}",
        f"{done}{failed}{spent}",
    )
    return next((text for text in texts if room is None or len(text) <= room), done)


def _whole(projected_pusd: PicoUSD | None) -> str:
    """What the run comes to by observed usage; nothing before that is known."""
    return "" if projected_pusd is None else f", by usage {format_usd(projected_pusd, estimate=True)} in all"


def _left(eta_s: float | None) -> str:
    """How long it will take, roughly; nothing where that is unknown or over."""
    if not eta_s:
        return ""
    if eta_s < _MINUTE_S:
        return f", about {eta_s:.0f} s left"
    return f", about {eta_s / _MINUTE_S:.0f} min left" if eta_s < _HOUR_S else f", about {eta_s / _HOUR_S:.1f} h left"
