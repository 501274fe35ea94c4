"""What is in a job file, counted before any plan."""

from collections.abc import Mapping

import polars as pl
from msgspec import Struct

from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning.privacy import personal_data
from modelroute_cli.planning.uncertain import uncertain
from modelroute_cli.report.job_templates import TemplateCount, template_counts, template_lines
from modelroute_cli.report.personal import personal_lines
from modelroute_cli.report.screen import Column, Line, Row, Screen, plural, safe, tokens
from modelroute_cli.report.tables import table_screen

_COLUMNS = (
    Column("Task type", right=False),
    Column("Requests"),
    Column("Named by row", drop=2),
    Column("Confidence", drop=1),
    Column("Input", drop=3),
)


_FORMATS = {
    "jsonl": "JSONL",
    "csv": "CSV",
    "parquet": "Parquet",
    "openai_batch": "OpenAI batch lines",
    "anthropic_batch": "Anthropic batch lines",
    "gemini_batch": "Gemini batch lines",
}


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


class Lengths(Struct, frozen=True, kw_only=True):
    """Input tokens of the requests: the length that half, nine in ten and 99 in a hundred do not pass, and the most."""

    p50: int
    p90: int
    p99: int
    most: int


class ImageCount(Struct, frozen=True, kw_only=True):
    """Images of all requests; `unknown_size` of them are addresses, whose content nobody read."""

    images: int
    unknown_size: int
    largest: str | None  # `800 x 600` pixels; None when no size is known


class Uncertain(Struct, frozen=True, kw_only=True):
    """Templates whose task type is more likely wrong than right, and their requests: what a model can be asked."""

    templates: int
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
    packed: str | None
    lengths: Lengths
    largest_templates: tuple[TemplateCount, ...]
    pinned_models: tuple[ValueCount, ...]
    with_schema: int
    uncertain: Uncertain
    images: ImageCount | None  # None: no request has any
    notes: tuple[str, ...]  # what the file holds and its requests do not
    personal_data: Mapping[str, int] = {}  # requests in whose texts each kind was found


def job_summary(job: JobFile) -> JobSummary:
    """All numbers of a job file."""
    requests = job.requests
    counted = _counted(requests)
    return JobSummary(
        kind="job",
        source=job.source,
        file_format=job.format,
        digest=job.digest,
        size_bytes=job.size_bytes,
        requests=job.count,
        duplicates=counted["duplicates"],
        templates=counted["templates"],
        input_tokens=counted["input_tokens"],
        task_types=_task_types(requests),
        importance=_values(requests, "importance"),
        languages=_values(requests, "language"),
        modalities=_values(requests, "modality"),
        packed=job.packed,
        lengths=_lengths(requests.select("input_tokens").collect()["input_tokens"]),
        largest_templates=template_counts(job),
        pinned_models=_values(requests.filter(pl.col("model").is_not_null()), "model"),
        with_schema=counted["with_schema"],
        uncertain=_uncertain(requests),
        images=_images(requests.select(pl.col("image_sizes").drop_nulls()).collect()["image_sizes"]),
        notes=job.notes,
        personal_data=personal_data(requests),
    )


def _counted(requests: pl.LazyFrame) -> dict[str, int]:
    """Numbers of the whole job."""
    counts = requests.select(
        pl.col("duplicate_of").count().alias("duplicates"),
        pl.col("template").n_unique().alias("templates"),
        pl.col("input_tokens").sum(),
        pl.col("has_schema").sum().alias("with_schema"),
    )
    return counts.collect().row(0, named=True)


def _images(column: pl.Series) -> ImageCount | None:
    """The images of all requests, and the one of most pixels."""
    sizes = column.drop_nulls().explode().cast(pl.Int64)
    if sizes.is_empty():
        return None
    known = sizes.filter(sizes > 0)
    sides = ((size >> 16, size & 0xFFFF) for size in known.unique())
    largest = max(sides, key=lambda side: (side[0] * side[1], side), default=None)
    shown = None if largest is None else f"{largest[0]} x {largest[1]}"
    return ImageCount(images=len(sizes), unknown_size=len(sizes) - len(known), largest=shown)


def _uncertain(requests: pl.LazyFrame) -> Uncertain:
    """What could be asked about."""
    found = uncertain(requests)
    return Uncertain(templates=found.height, requests=int(found["requests"].sum()))


def _lengths(counts: pl.Series) -> Lengths:
    """Quantiles as lengths that occur: the smallest that at least so many requests do not pass."""
    p50, p90, p99, most = (int(counts.quantile(share, "higher") or 0) for share in (0.5, 0.9, 0.99, 1.0))
    return Lengths(p50=p50, p90=p90, p99=p99, most=most)


def _task_types(requests: pl.LazyFrame) -> tuple[TaskCount, ...]:
    """Task types, the most frequent first."""
    counts = requests.group_by(pl.col("task_type").cast(pl.String)).agg(
        pl.len().cast(pl.Int64).alias("requests"),
        (pl.col("task_source") == "row").sum().cast(pl.Int64).alias("named_by_row"),
        pl.col("task_confidence").mean().alias("confidence"),
        pl.col("input_tokens").sum(),
    )
    ordered = counts.sort("requests", "task_type", descending=[True, False])
    return tuple(TaskCount(**row) for row in ordered.collect().iter_rows(named=True))


def _values(requests: pl.LazyFrame, column: str) -> tuple[ValueCount, ...]:
    """The values of one column, the most frequent first."""
    counts = requests.group_by(pl.col(column).cast(pl.String).alias("value")).agg(
        pl.len().cast(pl.Int64).alias("requests")
    )
    ordered = counts.sort("requests", "value", descending=[True, False])
    return tuple(ValueCount(**row) for row in ordered.collect().iter_rows(named=True))


def job_screen(summary: JobSummary, width: int | None) -> Screen:
    """The counts, laid out for `width` cells."""
    twins = f", {summary.duplicates:,} of them duplicates" if summary.duplicates else ""
    return (
        Line(f"{safe(summary.source)} is valid: {plural(summary.requests, 'request')}{twins}", "bold"),
        Line(f"{_format(summary)}, {plural(summary.size_bytes, 'byte')}"),
        Line(f"{tokens(summary.input_tokens)} input tokens (o200k), {plural(summary.templates, 'template')}"),
        Line(),
        *table_screen(_COLUMNS, [_row(line) for line in summary.task_types], width),
        Line(),
        Line(f"importance: {_listed(summary.importance)}"),
        Line(f"language: {_listed(summary.languages)}"),
        Line(f"modality: {_listed(summary.modalities)}"),
        *([Line(f"images: {_pictures(summary.images)}")] if summary.images else []),
        *([Line(f"response schema: {summary.with_schema:,}")] if summary.with_schema else []),
        Line(f"length: {_spread(summary.lengths)}"),
        *([Line(f"pinned to: {safe(_listed(summary.pinned_models))}")] if summary.pinned_models else []),
        *personal_lines(summary.personal_data),
        *template_lines(summary.largest_templates, summary.templates, width),
        *_uncertain_lines(summary.uncertain),
    )


def _uncertain_lines(found: Uncertain) -> list[Line]:
    """What asking a model would be for, where there is anything to ask."""
    if not found.templates:
        return []
    about = f"{plural(found.templates, 'template')} ({plural(found.requests, 'request')})"
    return [
        Line(),
        Line(f"Guessed: the task type of {about} is more likely wrong than right"),
        Line(
            "  `--classify-with MODEL` on `plan` and `run` asks a model once about each; `plan` shows what that costs"
        ),
    ]


def _pictures(found: ImageCount) -> str:
    """`7, the largest 800 x 600 pixels, 1 of unknown size`."""
    largest = f", the largest {found.largest} pixels" if found.largest else ""
    unknown = f", {found.unknown_size:,} of unknown size" if found.unknown_size else ""
    return f"{found.images:,}{largest}{unknown}"


def _format(summary: JobSummary) -> str:
    """`OpenAI batch lines, packed with gzip`."""
    packed = f", packed with {summary.packed}" if summary.packed else ""
    return f"{_FORMATS[summary.file_format]}{packed}"


def _spread(lengths: Lengths) -> str:
    """`half up to 60 tokens, 90% up to 120, 99% up to 400, the longest 812`."""
    half, ninety, rest, most = (tokens(count) for count in (lengths.p50, lengths.p90, lengths.p99, lengths.most))
    return f"half up to {half} tokens, 90% up to {ninety}, 99% up to {rest}, the longest {most}"


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
