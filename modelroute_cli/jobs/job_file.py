"""A job file after it was read: where its requests stand and what they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import polars as pl

from modelroute_cli.base.described import FeatureColumns, Templates
from modelroute_cli.base.schema import Request
from modelroute_cli.base.spill import Spill
from modelroute_cli.jobs.given import FileFormat
from modelroute_cli.jobs.reading import AS_IT_STANDS, Reading


class Describer(Protocol):
    """Finds the features of one job's requests; injected, so that this room needs nothing of theirs."""

    def block(self, requests: Sequence[Request]) -> FeatureColumns:
        """The features of the next requests, in order."""
        ...

    def finish(self) -> Templates:
        """The templates, after the last block."""
        ...

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """The o200k tokens of each text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile:
    """A validated job file; `requests` is the REQUESTS frame in input order, of `count` rows."""

    source: str  # as the user named it, `-` for stdin
    path: Path  # the file that offsets refer to: the job file itself (plain native JSONL) or its spool
    format: FileFormat
    digest: str  # `sha256:` + hex of the bytes the user gave
    size_bytes: int
    requests: pl.LazyFrame
    count: int
    kept: Spill | None = None  # what `requests` is read from, as long as it is needed
    packed: str | None = None  # `gzip` or `Zstandard`
    reading: Reading = AS_IT_STANDS
    notes: tuple[str, ...] = ()  # what the file holds and a request does not: told once
    metadata_fields: tuple[str, ...] = ()  # where rules look at metadata: the fields that rows have, the first fifty
    images: Mapping[str, str] = field(default_factory=dict)  # digest of each file that rows carry, by its path there
    amounts: Mapping[str, int] = field(
        default_factory=dict
    )  # seconds of sound, pages of PDFs, by path; unknown ones not
