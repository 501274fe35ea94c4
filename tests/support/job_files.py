"""Job files for tests: written, indexed with features that cost nothing, and refused."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pytest

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Features, Request, TaskType
from modelroute_cli.catalog.settings import ImageSettings
from modelroute_cli.jobs.images import Pictures
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.jobs.reading import AS_IT_STANDS, Reading

FEATURES = Features(
    task_type=TaskType.EMAIL,
    task_confidence=0.9,
    task_source="classifier",
    language="en",
    template="t1",
    input_tokens=60,
    schema_tokens=0,
    length_hint_tokens=None,
)

PICTURES = Pictures(Path(), ImageSettings())
"""The pictures of a job file in this folder."""


def describe(requests: Sequence[Request]) -> list[Features]:
    """The same features for every request."""
    return [FEATURES] * len(requests)


def spool_dir(source: str | Path) -> Path:
    """Where the spools of a job file lie in tests: beside it."""
    return Path(source).parent / "spool"


def read(source: str | Path, stdin: BinaryIO | None = None, reading: Reading = AS_IT_STANDS) -> JobFile:
    """The indexed job file."""
    options = IndexOptions(spool_dir=spool_dir(source), stdin=stdin, reading=reading)
    return index(str(source), describe, options)


def read_bytes(folder: Path, name: str, content: bytes, reading: Reading = AS_IT_STANDS) -> JobFile:
    """The indexed job file with this content."""
    path = folder / name
    path.write_bytes(content)
    return read(path, reading=reading)


def requests_in(job: JobFile) -> list[Request]:
    """The requests, read again from their places as a run reads them."""
    with RequestReader(job.path, ignore_models=job.reading.ignore_models) as reader:
        return [reader.at(offset, length) for offset, length in job.requests.select("offset", "length").iter_rows()]


def refused(folder: Path, name: str, content: bytes, reading: Reading = AS_IT_STANDS) -> JobFileError:
    """Why the job file with this content is refused, with its folder taken out of the text."""
    with pytest.raises(JobFileError) as caught:
        read_bytes(folder, name, content, reading)
    hint = caught.value.hint
    return JobFileError(
        caught.value.message.replace(f"{folder}/", ""), hint=hint.replace(f"{folder}/", "") if hint else None
    )


def problems(folder: Path, name: str, content: bytes, reading: Reading = AS_IT_STANDS) -> list[str]:
    """The lines of the refusal below its head."""
    return refused(folder, name, content, reading).message.split("\n")[1:]
