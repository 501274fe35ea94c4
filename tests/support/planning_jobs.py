"""REQUESTS frames and job files made by hand, for tests of planning."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from modelroute_cli.base.frames import REQUESTS
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning.make import PlanOptions, make_plan
from modelroute_cli.planning.plan import Plan

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
OPTIONS = PlanOptions(at=AT, tool_version="0.0-test")

_PLAIN: Mapping[str, object] = {
    "duplicate_of": None,
    "task_type": "email",
    "task_confidence": 0.9,
    "task_source": "classifier",
    "template": "t1",
    "language": "en",
    "importance": "bulk",
    "modality": "text",
    "model": None,
    "min_quality": None,
    "max_output_tokens": None,
    "has_schema": False,
    "schema_tokens": 0,
    "has_deadline": False,
    "tenant": None,
    "data_class": None,
    "input_tokens": 100,
    "message_count": 1,
    "image_sizes": None,
    "needs": 0,
    "pages": 0,
    "audio_s": 0,
    "length_hint_tokens": None,
    "personal": 0,
    "prefix": None,
    "prefix_chars": 0,
    "prefix_tokens": 0,
    "facets": None,
    "deadline_s": None,
    "judge": None,
}


def requests_of(*rows: Mapping[str, object]) -> pl.DataFrame:
    """A REQUESTS frame: each row says only how it differs from a plain bulk e-mail of 100 tokens."""
    full = [
        {**_PLAIN, "row": at, "custom_id": f"r{at}", "line": at + 1, "offset": at * 100, "length": 99, **row}
        for at, row in enumerate(rows)
    ]
    return pl.DataFrame(full, schema=REQUESTS)


def job_of(requests: pl.DataFrame) -> JobFile:
    """A job file of these requests, without a file."""
    return JobFile(
        source="jobs.jsonl",
        path=Path("jobs.jsonl"),
        format="jsonl",
        digest="sha256:0",
        size_bytes=1,
        requests=requests.lazy(),
        count=requests.height,
    )


def settings_of(**flags: object) -> Settings:
    """The defaults under flags, dots written as two underscores: `objective__min_quality=0.9`."""
    return load_settings(
        Path("/nonexistent"), None, {}, {name.replace("__", "."): value for name, value in flags.items()}
    )


def plan_of(
    rows: Sequence[Mapping[str, object]], settings: Settings | None = None, options: PlanOptions = OPTIONS
) -> Plan:
    """The plan of such rows, by the default settings at a pinned time unless told otherwise."""
    held = settings or settings_of()
    return make_plan(job_of(requests_of(*rows)), load_catalog(held), held, options)
