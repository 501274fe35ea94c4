"""What is said of a run while it goes on: one line, or two and a table; too little room leaves out and cuts nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.execution.pressure import span
from modelroute_cli.execution.work import BatchProgress, KnownLimit, ModelProgress, Progress, RunOutcome
from modelroute_cli.report.screen import Column, Row, Screen, plural, safe, table, tokens
from modelroute_cli.report.tables import table_screen

_MODELS = (
    Column("Model", right=False),
    Column("Done"),
    Column("In flight", drop=3),
    Column("Waiting", drop=2),
    Column("Per min", drop=4),
    Column("Limit", drop=6),
    Column("Spent", drop=1),
    Column("Held up by", right=False, drop=5),
)
_HEAD_LINES = 4  # counts, money, the table's title, and the models that are left out
_LEAST_ROWS = 2  # of models, however low the terminal is
_HELD_CHARS = 40
_LEAST_SENT = 20  # attempts before a rate of a whole session means anything


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a line with what joins it to those before; of those with `drop` above 0, the highest goes first."""

    text: str
    drop: int = 0


def progress_text(progress: Progress, room: int | None = None) -> str:
    """`412/992 done, 2 failed, 32 in flight, spent $0.094 of at most $0.285, by usage ~$0.21 in all, about 40 s left`.

    Where that is more than `room` cells, what matters least is left out.
    """
    done, failed, *others = _counts(progress)
    spent, held, cap, _, whole = _money(progress)
    stuck = [f"{item.model} {item.holds}" for item in progress.models if _is_pause(item)]
    held_up = _Part(f"; {', '.join(stuck)}" if stuck else "", 12)
    return _fitted((done, failed, *others[:-1], spent, held, cap, whole, others[-1], held_up), room)


def screen_lines(progress: Progress, columns: int, lines: int, pace: str = "") -> list[str]:
    """Counts, money, and a table of the models, for a terminal of this size; `pace` is how the pace went, in bars."""
    money = _fitted(_money(progress), columns)
    handed_in = batch_lines(progress, columns)
    return [
        counts_line(progress, columns, pace),
        f"{money[:1].upper()}{money[1:]}",
        *handed_in,
        *model_lines(progress.models, columns, max(lines - _HEAD_LINES - 1 - len(handed_in), _LEAST_ROWS)),
    ]


def batch_lines(progress: Progress, columns: int | None) -> list[str]:
    """What is handed in, a line for each provider and tier.

    `openai batch: 320/500 done in 2 batches, running, since 11-23 10:14, due 11-24 10:14 UTC`.
    """
    return [_fitted(_handed_in(item), columns) for item in progress.batches]


def _handed_in(item: BatchProgress) -> tuple[_Part, ...]:
    """How far it is, where it is, and since when; the first part is as short as can be."""
    done = "?" if item.done is None else f"{item.done:,}"
    form = "batch" if item.batches == 1 else "batches"
    due = "" if item.due_at is None else f", due {moment(item.due_at)}"
    return (
        _Part(f"{item.provider} {item.service_tier}: {done}/{item.requests:,} done"),
        _Part(f" in {item.batches:,} {form}", 3),
        _Part(f", {safe(item.state, most=_HELD_CHARS)}", 1),
        _Part(f", since {moment(item.since)}", 4),
        _Part(due, 2),
        _Part(" UTC", 5),
    )


def moment(at: str | None) -> str:
    """A time as a person needs it: `11-24 10:14`; a dash where it is not known."""
    return "-" if at is None else at[5:16].replace("T", " ")


def counts_line(progress: Progress, columns: int | None, pace: str = "") -> str:
    """`412/992 done, 2 failed, 32 in flight, 3 escalated, 512 a minute ▂▅▇, paced at 50%, about 40 s left`."""
    return _fitted(_counts(progress, pace), columns)


def _counts(progress: Progress, pace: str = "") -> tuple[_Part, ...]:
    """How many are where, how fast they go and went, and how long it takes."""
    rate = progress.per_minute
    return (
        _Part(f"{progress.done:,}/{progress.total:,} done"),
        _Part(f", {progress.failed:,} failed" if progress.failed else "", 1),
        _Part(f", {progress.in_flight:,} in flight", 10),
        _Part(f", {progress.escalations:,} escalated" if progress.escalations else "", 9),
        _Part("" if rate is None else f", {rate:,.0f} a minute", 11),
        _Part(f" {pace}" if pace and rate is not None else "", 12),
        _Part(f", {progress.paced}" if progress.paced else "", 5),
        _Part(_left(progress.eta_s), 4),
    )


def _money(progress: Progress) -> tuple[_Part, ...]:
    """Spent, unknown, cap, planned, projected."""
    held, planned, whole = progress.held_pusd, progress.planned_pusd, progress.projected_pusd
    return (
        _Part(f", spent {format_usd(progress.spent_pusd)}", 2),
        _Part(f" (and up to {format_usd(held)} unknown)" if held else "", 6),
        _Part(f" of at most {format_usd(progress.cap_pusd)}", 3),
        _Part("" if planned is None else f", planned {_about(planned)}", 8),
        _Part("" if whole is None else f", by usage {_about(whole)} in all", 7),
    )


def _about(amount: PicoUSD) -> str:
    return format_usd(amount, estimate=True)


def _fitted(parts: Sequence[_Part], room: int | None) -> str:
    """The parts on one line, without those that have to go."""
    kept = [part for part in parts if part.text]
    while room is not None and len("".join(part.text for part in kept).removeprefix(", ")) > room:
        droppable = [part for part in kept[1:] if part.drop]
        if not droppable:
            break
        kept.remove(max(droppable, key=lambda part: part.drop))
    return "".join(part.text for part in kept).removeprefix(", ")


def _left(eta_s: float | None) -> str:
    """How long it will take, roughly; nothing where that is unknown or over."""
    return f", about {span(eta_s)} left" if eta_s else ""


def _is_pause(item: ModelProgress) -> bool:
    """Whether it waits for a time, and not for those that are in flight."""
    return bool(item.holds) and not item.holds.endswith("at once")


def model_lines(models: Sequence[ModelProgress], columns: int | None, most: int) -> list[str]:
    """The table; where the terminal is too low, the models with the least to do are left out and counted."""
    if not models:
        return []
    shown = sorted(models, key=_left_to_do, reverse=True)[:most]
    lines = table(_MODELS, [_row(item) for item in models if item in shown], columns)
    rest = len(models) - len(shown)
    return [*lines, *([f"and {plural(rest, 'more model')}"] if rest else [])]


def models_screen(models: Sequence[ModelProgress], columns: int | None) -> Screen:
    """The same table for one look: all models; nothing where there are none."""
    return table_screen(_MODELS, [_row(item) for item in models], columns, title="") if models else ()


def _left_to_do(item: ModelProgress) -> tuple[int, int]:
    return item.waiting + item.in_flight, item.done


def _row(item: ModelProgress) -> Row:
    return (
        item.model,
        f"{item.done:,}",
        f"{item.in_flight:,}",
        f"{item.waiting:,}",
        "-" if item.per_minute is None else f"{item.per_minute:,.0f}",
        _limit(item.limit),
        format_usd(item.spent_pusd),
        safe(item.holds, most=_HELD_CHARS),
    )


def _limit(known: KnownLimit | None) -> str:
    """`500 RPM`; `~480 RPM` as 429s taught it; `learning` where nothing is known."""
    return "learning" if known is None else f"{tokens(known.amount, estimate=known.learned)} {known.unit}"


def pace_lines(outcome: RunOutcome) -> list[str]:
    """How long a session took, how fast it was, and what its limits alone allow; nothing for one that sent too little.

    `Took 3 min 12 s, 5.2 requests/s; the limits alone allow 3 min 5 s (gpt-6-luna, 500 RPM)`.
    """
    if outcome.sent_now < _LEAST_SENT or outcome.took_s < 1:
        return []
    took = f"Took {duration(outcome.took_s)}, {outcome.sent_now / outcome.took_s:,.3g} requests/s"
    bound = outcome.bound
    if bound is None or bound.seconds < 1:
        return [took]
    return [f"{took}; the limits alone allow {duration(bound.seconds)} ({bound.subject}, {_limit(bound.limit)})"]


def duration(seconds: float) -> str:
    """A time in two units: `45 s`, `3 min 12 s`, `2 h 5 min`."""
    whole = round(seconds)
    minutes, rest_s = divmod(whole, 60)
    hours, rest_min = divmod(minutes, 60)
    if not minutes:
        return f"{whole} s"
    return f"{hours} h {rest_min} min" if hours else f"{minutes} min {rest_s} s"
