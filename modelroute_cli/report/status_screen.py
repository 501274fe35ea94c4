"""Where a run stands, on a terminal: what `status` shows beyond what every ending of a run says."""

from collections.abc import Sequence

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.execution.in_doubt import Doubt
from modelroute_cli.execution.journal_totals import ModelSums
from modelroute_cli.report.handed_in_screen import handed_in_screen
from modelroute_cli.report.progress_screen import counts_line, models_screen
from modelroute_cli.report.realised_screen import fall_words
from modelroute_cli.report.run_screen import status_screen
from modelroute_cli.report.run_status import RunStatus
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, safe
from modelroute_cli.report.tables import table_screen

_MODELS = (
    Column("Model", right=False),
    Column("Attempts", drop=2),
    Column("Accepted"),
    Column("Failed", drop=4),
    Column("Escalations", drop=3),
    Column("Cost", drop=1),
)


def standing_screen(status: RunStatus, width: int | None) -> Screen:
    """How far a run is, who executes it, how fast it goes, what it has spent, and what is in doubt."""
    lines = status_screen(status)
    title = 2 if status.emulated else 1
    handed_in = handed_in_screen(status.handed_in, width)
    begins = (*lines[:title], *_holder(status), *_start(status))
    live = status.live.progress.falls if status.live is not None else ()
    falls = tuple(Line(text, "warning") for text in (*map(fall_words, status.falls), *map(safe, live)))
    return (*begins, *lines[title:], *falls, *_going(status, width), *handed_in)


def _start(status: RunStatus) -> Screen:
    """When it begins, while nothing has come to an end."""
    if status.start_at is None or status.counts.accepted or status.counts.failed:
        return ()
    return (Line(f"Starts at {status.start_at[:16].replace('T', ' ')} UTC (--start-at)"),)


def _holder(status: RunStatus) -> Screen:
    """Which process executes it, since when, and how slow it was asked to be."""
    if status.holder is None:
        return ()
    since = status.holder.since[:16].replace("T", " ")
    text = f"Executed by process {status.holder.process} on `{safe(status.holder.host)}` since {since} UTC"
    paced = status.live.progress.paced if status.live else ""
    return (Line(f"{text}, {paced}" if paced else text),)


def _going(status: RunStatus, width: int | None) -> Screen:
    """By model: what is going on, or what was done."""
    if status.live is not None:
        told = status.live.progress
        return (Line(counts_line(told, width)), *models_screen(told.models, width))
    return (*doubt_lines(status.doubt), *_done(status.models, width))


def doubt_lines(doubt: Sequence[Doubt]) -> Screen:
    """What was in flight when the run was cut off, what it can have cost, and what becomes of it."""
    if not doubt:
        return ()
    count, most = sum(item.requests for item in doubt), sum(item.most_pusd for item in doubt)
    by_model = ", ".join(f"{item.model} {item.requests:,}" for item in doubt)
    was = "was" if count == 1 else "were"
    return (
        Line(f"{plural(count, 'request')} {was} in flight when the run was cut off ({by_model}):", "warning"),
        Line(
            f"  billed or not, nobody knows: up to {format_usd(PicoUSD(most))} stays counted under the hard cap",
            "warning",
        ),
        Line("  when the run goes on they are sent again, last, and may so be paid twice", "warning"),
        Line("  `--leave-unknown` ends them as failed instead", "warning"),
    )


def _done(models: Sequence[ModelSums], width: int | None) -> Screen:
    if not models:
        return ()
    return (Line(), *table_screen(_MODELS, [_row(sums) for sums in models], width))


def _row(sums: ModelSums) -> Row:
    return (
        sums.model,
        f"{sums.attempts:,}",
        f"{sums.accepted:,}",
        f"{sums.failed:,}",
        f"{sums.escalations:,}",
        format_usd(sums.cost_pusd),
    )
