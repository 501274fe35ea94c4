"""Job files for tests: written, indexed with features that cost nothing, and refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from modelroute_cli.base.described import NO_HINT, OWN, TASK_TYPES, FeatureColumns, Templates
from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.catalog.settings import ImageSettings
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.jobs.reading import AS_IT_STANDS, Reading

MEDIA = Media(Path(), ImageSettings())
"""The pictures of a job file in this folder."""


@dataclass
class Alike:
    """A describer of one template that finds the same in every request."""

    task_type: TaskType = TaskType.EMAIL
    from_row: bool = False
    language: str = "en"
    hint: int = NO_HINT
    personal: int = 0
    voted: int = OWN
    blocks: list[int] = field(default_factory=list)  # sizes

    def block(self, requests: Sequence[Request]) -> FeatureColumns:
        """60 tokens each."""
        count = len(requests)
        self.blocks.append(count)
        return FeatureColumns(
            task_type=np.full(count, TASK_TYPES.index(self.task_type), np.int8),
            task_confidence=np.full(count, 0.5, np.float32),
            from_row=np.full(count, self.from_row),
            language=[self.language] * count,
            template=np.zeros(count, np.int32),
            input_tokens=np.full(count, 60, np.int64),
            schema_tokens=np.zeros(count, np.int32),
            length_hint_tokens=np.full(count, self.hint, np.int32),
            personal=np.full(count, self.personal, np.uint16),
        )

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """A token for four characters."""
        return [len(text) // 4 for text in texts]

    def finish(self) -> Templates:
        """The one."""
        return Templates(
            number=np.zeros(1, np.int32),
            task_type=np.full(1, self.voted, np.int8),
            task_confidence=np.full(1, 0.75, np.float32),
            language=["en"],
            names=["t1"],
            example=np.zeros(1, np.int64),
        )


@dataclass(frozen=True)
class LearnedPart:
    """What `PartAlike` keeps."""

    templates: int = 1


class PartAlike(Alike):
    """The same for a part of a job file, one template each."""

    def learned(self) -> LearnedPart:
        """Nothing but that."""
        return LearnedPart()


def describe_part() -> PartAlike:
    """A describer in a process of its own."""
    return PartAlike()


def settle_parts(parts: Sequence[object]) -> Templates:
    """The templates of all parts, named by number."""
    count = len(parts)
    return Templates(
        number=np.arange(count, dtype=np.int32),
        task_type=np.full(count, OWN, np.int8),
        task_confidence=np.full(count, 0.75, np.float32),
        language=["en"] * count,
        names=[f"part {at}" for at in range(count)],
        example=np.zeros(count, np.int64),
    )


def spool_dir(source: str | Path) -> Path:
    """Where the spools of a job file lie in tests: beside it."""
    return Path(source).parent / "spool"


def read(source: str | Path, stdin: BinaryIO | None = None, reading: Reading = AS_IT_STANDS) -> JobFile:
    """The indexed job file."""
    options = IndexOptions(spool_dir=spool_dir(source), stdin=stdin, reading=reading)
    return index(str(source), Alike(), options)


def read_bytes(folder: Path, name: str, content: bytes, reading: Reading = AS_IT_STANDS) -> JobFile:
    """The indexed job file with this content."""
    path = folder / name
    path.write_bytes(content)
    return read(path, reading=reading)


def requests_in(job: JobFile) -> list[Request]:
    """The requests, read again from their places as a run reads them."""
    with RequestReader(job.path, ignore_models=job.reading.ignore_models) as reader:
        return [
            reader.at(offset, length)
            for offset, length in job.requests.collect().select("offset", "length").iter_rows()
        ]


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
