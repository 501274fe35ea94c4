"""Requests of one block as columns: what the REQUESTS frame holds before the whole job is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from modelroute_cli.base.described import NO_HINT, FeatureColumns
from modelroute_cli.base.frames import REQUESTS, Schema
from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.deadline import deadline_s
from modelroute_cli.jobs.facets import Facets
from modelroute_cli.jobs.judge import judge_text
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.rows import Row

_LATER = ("row", "duplicate_of", "task_source", "prefix", "prefix_chars", "prefix_tokens")
PROVISIONAL: Schema = {
    **{name: kind for name, kind in REQUESTS.items() if name not in _LATER},
    "task_type": pl.Int8,  # place in TASK_TYPES
    "task_confidence": pl.Float32,
    "from_row": pl.Boolean,
    "template": pl.Int32,  # provisional number
}
"""REQUESTS before duplicates are found and templates are final."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What a block is read with besides its rows; `at` is the time that deadlines are counted from."""

    media: Media
    facets: Facets = field(default_factory=Facets)
    at: datetime | None = None


def provisional(block: Sequence[Row], features: FeatureColumns, extras: Extras) -> pl.DataFrame:
    """The columns of a block; `features` are those of its requests, in order."""
    requests = [row.request for row in block]
    given: dict[str, Sequence[object]] = {
        "custom_id": [request.custom_id for request in requests],
        "line": [row.line for row in block],
        "offset": [row.offset for row in block],
        "length": [row.length for row in block],
        "importance": [request.importance for request in requests],
        "modality": [request.modality() for request in requests],
        "model": [request.model for request in requests],
        "min_quality": [request.min_quality for request in requests],
        "max_output_tokens": [request.max_output_tokens for request in requests],
        "has_schema": [request.response_schema is not None for request in requests],
        "has_deadline": [request.deadline is not None for request in requests],
        "tenant": [request.tenant for request in requests],
        "data_class": [request.data_class for request in requests],
        "message_count": [_message_count(request) for request in requests],
        "image_sizes": [extras.media.sizes(request) for request in requests],
        "needs": [request.needs() for request in requests],
        "pages": [extras.media.pages(request) for request in requests],
        "audio_s": [extras.media.seconds(request) for request in requests],
        "facets": extras.facets.column(requests),
        "deadline_s": [deadline_s(request.deadline, extras.at) for request in requests],
        "judge": [None if request.gates is None else judge_text(request.gates) for request in requests],
    }
    columns = {name: _series(name, values) for name, values in given.items()} | _described(features)
    return pl.DataFrame([columns[name] for name in PROVISIONAL])


def _described(features: FeatureColumns) -> dict[str, pl.Series]:
    """The features as columns."""
    hints = pl.Series("length_hint_tokens", features.length_hint_tokens, dtype=pl.Int64)
    series = [
        pl.Series("task_type", features.task_type),
        pl.Series("task_confidence", features.task_confidence),
        pl.Series("from_row", features.from_row),
        pl.Series("template", features.template),
        pl.Series("language", features.language, dtype=pl.String),
        pl.Series("input_tokens", features.input_tokens),
        pl.Series("schema_tokens", features.schema_tokens).cast(pl.Int64),
        hints.set(hints == NO_HINT, None),
        pl.Series("personal", features.personal, dtype=pl.UInt16),
    ]
    return {each.name: each for each in series}


def _series(name: str, values: Sequence[object]) -> pl.Series:
    """A column of its type in the frame; words become an Enum in one step, not one by one."""
    kind = PROVISIONAL[name]
    if isinstance(kind, pl.Enum):
        return pl.Series(name, values, dtype=pl.String).cast(kind)
    return pl.Series(name, values, dtype=kind)


def _message_count(request: Request) -> int:
    turns = 1 if request.messages is None else len(request.messages)
    return turns + 1 if request.system else turns
