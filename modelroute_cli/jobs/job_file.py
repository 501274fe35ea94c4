"""A job file after it was read: where its requests stand and what they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from modelroute_cli.base.schema import Features, Request

Describe = Callable[[Sequence[Request]], Sequence[Features]]
"""Finds the features of a block of requests, in order; injected, so that this room needs none of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile:
    """A validated job file; `requests` is the REQUESTS frame in input order."""

    source: str  # as the user named it, `-` for stdin
    path: Path  # the file that offsets refer to: the job file itself (native JSONL) or its spool
    format: Literal["jsonl", "csv"]
    digest: str  # `sha256:` + hex of the bytes the user gave
    size_bytes: int
    requests: pl.DataFrame
