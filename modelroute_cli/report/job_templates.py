"""The templates found in a job file: how many requests each has, what they ask, and how one of them begins."""

import polars as pl
from msgspec import Struct

from modelroute_cli.base.schema import Request
from modelroute_cli.features.privacy.hiding import hidden
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.report.screen import Column, Line, Row, plural, safe, table
from modelroute_cli.report.tables import table_screen

_SHOWN = 20
_LISTED = 1_000  # in the summary
_KEPT_CHARS = 160
_LEAST_EXAMPLE = 20  # cells; a terminal with less room shows none
_COLUMNS = (
    Column("Template", right=False),
    Column("Requests"),
    Column("Confidence", drop=2),
    Column("Such as", right=False, drop=3),
)


class TemplateCount(Struct, frozen=True, kw_only=True):
    """Requests of one template; `example` is the `custom_id` of the first, `begins` how its text begins.

    Personal data in the text is hidden.
    """

    template: str
    task_type: str
    confidence: float
    language: str
    requests: int
    example: str
    begins: str | None  # None: the job file cannot be read any more


def template_counts(job: JobFile) -> tuple[TemplateCount, ...]:
    """The templates of most requests, at most _LISTED, the first in the file among equals."""
    counts = job.requests.group_by("template").agg(
        pl.col("row").min(),
        pl.col("task_type").cast(pl.String).mode().min(),
        pl.col("task_confidence").mean().round(4).alias("confidence"),
        pl.col("language").mode().min(),
        pl.len().cast(pl.Int64).alias("requests"),
        *(pl.col(name).sort_by("row").first() for name in ("custom_id", "offset", "length")),
    )
    largest = counts.sort(["requests", "row"], descending=[True, False]).head(_LISTED).collect()
    begins = _beginnings(job, largest)
    rows = largest.drop("row", "offset", "length").rename({"custom_id": "example"}).iter_rows(named=True)
    return tuple(TemplateCount(**row, begins=text) for row, text in zip(rows, begins, strict=True))


def _beginnings(job: JobFile, templates: pl.DataFrame) -> list[str | None]:
    """How the example of each template begins, on one line."""
    if not job.path.is_file():
        return [None] * templates.height
    with RequestReader(job.path) as reader:
        return [_beginning(reader.at(*place)) for place in templates.select("offset", "length").iter_rows()]


def _beginning(request: Request) -> str:
    """The first characters of what the user says, personal data left out."""
    said = " ".join(turn.content for turn in request.turns() if turn.role == "user")
    return " ".join(hidden(said[: 8 * _KEPT_CHARS])[: 4 * _KEPT_CHARS].split())[:_KEPT_CHARS]


def template_lines(templates: tuple[TemplateCount, ...], count: int, width: int | None) -> list[Line]:
    """The largest of `count` templates, where any has several requests, each with an example."""
    several = [item for item in templates if item.requests > 1][:_SHOWN]
    if not several:
        return []
    rest = count - len(several)
    more = [Line(f"and {plural(rest, 'smaller template')}")] if rest else []
    return [Line(), *table_screen(_COLUMNS, _rows(several, width), width), *more]


def _rows(templates: list[TemplateCount], width: int | None) -> list[Row]:
    """One row each, its example cut to what room is left."""
    plain = [_row(item, "") for item in templates]
    taken = max(map(len, table(_COLUMNS, plain, None)))
    room = max((width or 100) - taken - 2, _LEAST_EXAMPLE)
    return [_row(item, _cut(item.begins or item.example, room)) for item in templates]


def _row(item: TemplateCount, example: str) -> Row:
    return (item.template, f"{item.requests:,}", f"{item.confidence:.2f}", example)


def _cut(text: str, room: int) -> str:
    """Hostile text on one line, shortened to `room` characters."""
    shown = safe(text)
    return shown if len(shown) <= room else f"{shown[: room - 1]}\u2026"
