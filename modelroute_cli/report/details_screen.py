"""Tenants, templates, latency, samples of failures and what it rests on, on a terminal."""

from collections.abc import Sequence

from modelroute_cli.base.money import PicoUSD, format_usd
from modelroute_cli.report.detail_types import OTHERS, Basis, Details, FailureSample, GroupActual, LatencyUse
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, safe
from modelroute_cli.report.summary import saved_share
from modelroute_cli.report.tables import table_screen

MOST_TENANTS = 10
_NAME_CHARS = 30
_TEXT_CHARS = 200
_UNKNOWN = "-"
LATENCY = (
    Column("Latency", right=False),
    Column("Answers", drop=1),
    Column("Median"),
    Column("95% within"),
    Column("Longest", drop=2),
)


def group_columns(title: str) -> tuple[Column, ...]:
    """The columns of `group_rows`."""
    return (
        Column(title, right=False),
        Column("Requests", drop=1),
        Column("Accepted", drop=4),
        Column("Failed", drop=3),
        Column("Escalated", drop=5),
        Column("Projected", drop=6),
        Column("Cost"),
        Column("Baseline", drop=7),
        Column("Saved", drop=2),
    )


def group_rows(lines: Sequence[GroupActual], nameless: str = _UNKNOWN, most: int = _NAME_CHARS) -> list[Row]:
    """One row for each group, duplicates left out; names of at most `most` characters."""
    return [
        (
            group_name(line, nameless, most),
            f"{line.requests:,}",
            f"{line.accepted:,}",
            f"{line.failed:,}",
            f"{line.escalated:,}",
            format_usd(line.projected_pusd, estimate=True),
            format_usd(line.cost_pusd),
            _UNKNOWN if line.baseline_pusd is None else format_usd(line.baseline_pusd, estimate=True),
            _saved(line),
        )
        for line in lines
    ]


def group_name(line: GroupActual, nameless: str = _UNKNOWN, most: int = _NAME_CHARS) -> str:
    """What a group is called, safe to show."""
    if line.groups > 1 or line.name == OTHERS:
        return f"{line.groups:,} others"
    return safe(line.name.strip(), most=most) or nameless


def _saved(line: GroupActual) -> str:
    """Against the baseline, where an answer was accepted to compare."""
    share = saved_share(line.baseline_pusd, line.cost_pusd)
    return _UNKNOWN if share is None else f"{share:.1%}"


def tenants_screen(details: Details | None, width: int | None, most: int | None = MOST_TENANTS) -> Screen:
    """The dearest tenants (None: all that the summary has); nothing where no request names one."""
    if details is None or not details.tenants:
        return ()
    shown = details.tenants if most is None else details.tenants[:most]
    rest = details.tenants[len(shown) :]
    more = f"and {plural(sum(line.groups for line in rest), 'tenant')} more for {_together(rest)}: see `--details`"
    rows = group_rows(shown, "(no tenant)")
    return (Line(), *table_screen(group_columns("Tenant"), rows, width), *((Line(more),) if rest else ()))


def _together(lines: Sequence[GroupActual]) -> str:
    return format_usd(PicoUSD(sum(line.cost_pusd for line in lines)))


def details_screen(details: Details | None, width: int | None) -> Screen:
    """What `report --details` adds to the report."""
    if details is None:
        return ()
    return (
        Line(),
        *table_screen(group_columns("Template"), group_rows(details.templates), width),
        *((Line(), *table_screen(LATENCY, latency_rows(details.latency), width)) if details.latency else ()),
        *_samples(details.samples),
        *_basis(details.basis),
    )


def latency_rows(lines: Sequence[LatencyUse]) -> list[Row]:
    """One row for each model."""
    return [
        (line.model, f"{line.answers:,}", seconds(line.median_s), seconds(line.p95_s), seconds(line.longest_s))
        for line in lines
    ]


def seconds(span_s: float) -> str:
    """`0.042 s`, `1.25 s`, `312 s`."""
    decimals = 3 if span_s < 0.1 else 2 if span_s < 10 else 0  # noqa: PLR2004 - two or three digits of it
    return f"{span_s:,.{decimals}f} s"


def _samples(samples: Sequence[FailureSample]) -> Screen:
    """Who failed, and what it ended on."""
    if not samples:
        return ()
    lines = (
        f"  {safe(each.custom_id, most=60)}: {safe(each.reason, most=_TEXT_CHARS)}{_ended_on(each)}" for each in samples
    )
    return (Line(), Line("Some that failed", "bold"), *map(Line, lines))


def _ended_on(sample: FailureSample) -> str:
    """What the model or its provider said last."""
    said = safe(sample.text.strip(), most=_TEXT_CHARS)
    return f"; {sample.model} said: {said}" if said and sample.model else ""


def _basis(basis: Basis) -> Screen:
    """What the numbers rest on."""
    return (
        Line(),
        Line("What it rests on", "bold"),
        *(Line(f"  {text}") for text in basis_lines(basis)),
    )


def basis_lines(basis: Basis) -> tuple[str, ...]:
    """Each thing in a line, safe to show."""
    prices = (f"price of {name}: {source}" for name, source in basis.price_sources.items())
    told = (
        f"planned {basis.planned_at[:10]} by modelroute {basis.tool_version}, at prices of {basis.prices_at[:10]}",
        f"hard cap: {basis.hard_cap_source}",
        f"quality: {basis.quality_source}",
        *prices,
        *(f"assumed: {text}" for text in basis.assumptions),
        *(f"warning: {text}" for text in basis.warnings),
    )
    return tuple(safe(text) for text in told)
