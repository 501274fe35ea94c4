"""A job file after it was read: where its requests stand and what they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from modelroute_cli.base.schema import Features, Request
from modelroute_cli.jobs.given import FileFormat
from modelroute_cli.jobs.reading import AS_IT_STANDS, Reading

Describe = Callable[[Sequence[Request]], Sequence[Features]]
"""Finds the features of a block of requests, in order; injected, so that this room needs none of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile:
    """A validated job file; `requests` is the REQUESTS frame in input order."""

    source: str  # as the user named it, `-` for stdin
    path: Path  # the file that offsets refer to: the job file itself (plain native JSONL) or its spool
    format: FileFormat
    digest: str  # `sha256:` + hex of the bytes the user gave
    size_bytes: int
    requests: pl.DataFrame
    packed: str | None = None  # `gzip` or `Zstandard`
    reading: Reading = AS_IT_STANDS
    notes: tuple[str, ...] = ()  # what the file holds and a request does not: told once
    images: Mapping[str, str] = field(default_factory=dict)  # digest of each picture file, by its path in the rows
