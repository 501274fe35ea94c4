"""The user's history as text: a list by template, and all parts of one template or model."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from modelroute_cli.base.money import format_usd
from modelroute_cli.report.history_summary import Estimate, HistoryDetail, HistoryLine, HistoryPart, HistorySummary
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, safe
from modelroute_cli.report.tables import table_screen

EMULATED = "EMULATED: measured on an emulator, used by emulated runs alone"
_COLUMNS = (
    Column("Model", right=False),
    Column("n"),
    Column("Quality"),
    Column("90% interval"),
    Column("Differs"),
    Column("90% interval", drop=1),
    Column("Last day", drop=2),
    Column("Source", right=False, drop=3),
    Column("Counts as", drop=4),
    Column("Runs", drop=5),
    Column("Cost", drop=6),
    Column("Output tokens", drop=7),
)
_PARTS = (
    Column("Model", right=False),
    Column("Day"),
    Column("n"),
    Column("Quality"),
    Column("90% interval"),
    Column("Differs"),
    Column("90% interval", drop=3),
    Column("Weight"),
    Column("Run", right=False, drop=1),
    Column("Source", right=False, drop=2),
    Column("Model served", right=False, drop=4),
)
_NONE = "-"


def history_screen(summary: HistorySummary, width: int | None) -> Screen:
    """The list, real measurements first; what to type where there are none."""
    if not summary.lines:
        return _empty(summary)
    return (
        *_sections(summary.lines, width),
        Line(f"{_amount(summary)}, the last on {max(line.last_day for line in summary.lines)}"),
        Line(f"Kept in {safe(summary.file)}"),
        *_not_kept(summary),
        Line("What is old, or of an older version of a model, counts less: modelroute history show KEY"),
    )


def _empty(summary: HistorySummary) -> Screen:
    told = f"The history is empty: nothing was measured yet that {safe(summary.file)} would keep."
    return (Line(told), *_not_kept(summary), Line("To measure something, run: modelroute pilot JOBS"))


def _not_kept(summary: HistorySummary) -> Iterator[Line]:
    if not summary.kept:
        yield Line("`history.keep` is off: nothing is added to it, and plans do not use it.")


def _amount(summary: HistorySummary) -> str:
    """How much there is: `3 templates, 5 models, 412 measurements`."""
    templates = len({line.template for line in summary.lines})
    models = len({line.model for line in summary.lines})
    measured = sum(line.quality.n for line in summary.lines)
    return ", ".join((plural(templates, "template"), plural(models, "model"), plural(measured, "measurement")))


def _sections(lines: Sequence[HistoryLine], width: int | None) -> Iterator[Line]:
    """What is real, then what is emulated, each a table of its own."""
    for emulated, members in groupby(lines, key=lambda line: line.emulated):
        if emulated:
            yield Line(EMULATED, "bold")
        yield from table_screen(_COLUMNS, list(_rows(list(members))), width)
        yield Line()


def _rows(lines: Sequence[HistoryLine]) -> Iterator[Row]:
    """A heading for each template, scorer and baseline, and its models."""
    for (template, scorer, baseline), members in groupby(lines, key=lambda at: (at.template, at.scorer, at.baseline)):
        heading = f"{safe(template)}, scored by {safe(scorer)}, beside {safe(baseline)}"
        yield (heading, *[""] * (len(_COLUMNS) - 1))
        for line in members:
            yield _row(line)


def _row(line: HistoryLine) -> Row:
    return (
        f"  {safe(line.model)}",
        f"{line.quality.n:,}",
        *_estimate(line.quality, ""),
        *_estimate(line.difference, "+"),
        line.last_day.isoformat(),
        ", ".join(line.sources),
        f"{line.counts_as:,.0f}" if line.counts_as >= 1 else f"{line.counts_as:.1g}",
        f"{line.runs:,}",
        _NONE if line.cost_pusd is None else format_usd(line.cost_pusd),
        _NONE if line.output_tokens is None else f"{line.output_tokens:,.0f}",
    )


def _estimate(found: Estimate | None, sign: str) -> tuple[str, str]:
    """The mean and its interval; with `sign` `+` those above zero carry it."""
    if found is None:
        return _NONE, ""
    mean, low, high = (f"{value:{sign}.2f}" for value in (found.mean, found.low, found.high))
    return mean, f"{low} to {high}"


def detail_screen(detail: HistoryDetail, width: int | None) -> Screen:
    """Each part on a row, and why some count less."""
    return (*_detail_sections(detail.parts, width), *(Line(text) for text in _reasons(detail.parts)))


def _detail_sections(parts: Sequence[HistoryPart], width: int | None) -> Iterator[Line]:
    for emulated, members in groupby(parts, key=lambda part: part.emulated):
        if emulated:
            yield Line(EMULATED, "bold")
        yield from table_screen(_PARTS, list(_detail_rows(list(members))), width)
        yield Line()


def _detail_rows(parts: Sequence[HistoryPart]) -> Iterator[Row]:
    for (template, scorer, baseline), members in groupby(parts, key=lambda at: (at.template, at.scorer, at.baseline)):
        heading = f"{safe(template)}, scored by {safe(scorer)}, beside {safe(baseline)}"
        yield (heading, *[""] * (len(_PARTS) - 1))
        for part in members:
            yield _detail_row(part)


def _detail_row(part: HistoryPart) -> Row:
    return (
        f"  {safe(part.model)}",
        part.day.isoformat(),
        f"{part.quality.n:,}",
        *_estimate(part.quality, ""),
        *_estimate(part.difference, "+"),
        f"{part.by_age * part.by_version:.2f}",
        safe(part.run),
        part.source,
        _NONE if part.model_served is None else safe(part.model_served),
    )


def _reasons(parts: Sequence[HistoryPart]) -> Iterator[str]:
    """Why parts count less than they measured."""
    oldest = max(part.age_days for part in parts)
    if oldest:
        yield f"The weight falls with age, the oldest is of {plural(oldest, 'day')} ago (`history.half_life_days`)."
    older = sorted({(part.model, part.model_served or "") for part in parts if part.by_version < 1})
    if older:
        yield "Older versions of models count less (`history.version_weight`):"
    yield from (f"  {safe(model)} served as {safe(served)}" for model, served in older)
