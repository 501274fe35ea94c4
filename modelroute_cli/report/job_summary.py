"""What is in a job file, counted before any plan."""

import polars as pl
from msgspec import Struct

from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.report.screen import Column, Line, Row, Screen, safe, table, tokens

_COLUMNS = (
    Column("Task type", right=False),
    Column("Requests"),
    Column("Named by row", drop=2),
    Column("Confidence", drop=1),
    Column("Input", drop=3),
)


class TaskCount(Struct, frozen=True, kw_only=True):
    """Requests of one task type; `named_by_row` of them say so themselves, the others were classified."""

    task_type: str
    requests: int
    named_by_row: int
    confidence: float
    input_tokens: int


class ValueCount(Struct, frozen=True, kw_only=True):
    """How many requests have one value."""

    value: str
    requests: int


class JobSummary(Struct, frozen=True, kw_only=True):
    """A valid job file in numbers; token counts are o200k, of the content alone."""

    kind: str
    source: str
    file_format: str
    digest: str
    size_bytes: int
    requests: int
    duplicates: int
    templates: int
    input_tokens: int
    task_types: tuple[TaskCount, ...]
    importance: tuple[ValueCount, ...]
    languages: tuple[ValueCount, ...]
    modalities: tuple[ValueCount, ...]


def job_summary(job: JobFile) -> JobSummary:
    """All numbers of a job file."""
    requests = job.requests
    return JobSummary(
        kind="job",
        source=job.source,
        file_format=job.format,
        digest=job.digest,
        size_bytes=job.size_bytes,
        requests=len(requests),
        duplicates=len(requests) - requests["duplicate_of"].null_count(),
        templates=requests["template"].n_unique(),
        input_tokens=int(requests["input_tokens"].sum()),
        task_types=_task_types(requests),
        importance=_values(requests, "importance"),
        languages=_values(requests, "language"),
        modalities=_values(requests, "modality"),
    )


def _task_types(requests: pl.DataFrame) -> tuple[TaskCount, ...]:
    """Task types, the most frequent first."""
    counts = requests.group_by(pl.col("task_type").cast(pl.String)).agg(
        pl.len().cast(pl.Int64).alias("requests"),
        (pl.col("task_source") == "row").sum().cast(pl.Int64).alias("named_by_row"),
        pl.col("task_confidence").mean().alias("confidence"),
        pl.col("input_tokens").sum(),
    )
    ordered = counts.sort("requests", "task_type", descending=[True, False])
    return tuple(TaskCount(**row) for row in ordered.iter_rows(named=True))


def _values(requests: pl.DataFrame, column: str) -> tuple[ValueCount, ...]:
    """The values of one column, the most frequent first."""
    counts = requests.group_by(pl.col(column).cast(pl.String).alias("value")).agg(
        pl.len().cast(pl.Int64).alias("requests")
    )
    ordered = counts.sort("requests", "value", descending=[True, False])
    return tuple(ValueCount(**row) for row in ordered.iter_rows(named=True))


def job_screen(summary: JobSummary, width: int | None) -> Screen:
    """The counts, laid out for `width` cells."""
    title, *rows = table(_COLUMNS, [_row(line) for line in summary.task_types], width)
    twins = f", {summary.duplicates:,} of them duplicates" if summary.duplicates else ""
    return (
        Line(f"{safe(summary.source)} is valid: {summary.requests:,} requests{twins}", "bold"),
        Line(f"{tokens(summary.input_tokens)} input tokens (o200k), {summary.templates:,} templates"),
        Line(),
        Line(title, "bold"),
        *(Line(text) for text in rows),
        Line(),
        Line(f"importance: {_listed(summary.importance)}"),
        Line(f"language: {_listed(summary.languages)}"),
        Line(f"modality: {_listed(summary.modalities)}"),
    )


def _row(line: TaskCount) -> Row:
    """One task type."""
    return (
        line.task_type,
        f"{line.requests:,}",
        f"{line.named_by_row:,}",
        f"{line.confidence:.2f}",
        tokens(line.input_tokens),
    )


def _listed(values: tuple[ValueCount, ...]) -> str:
    """`bulk 1,000, premium 10`."""
    return ", ".join(f"{item.value} {item.requests:,}" for item in values)
