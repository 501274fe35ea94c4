"""From what the user named to a seekable file of plain bytes: streams copied, packed unpacked, text UTF-8."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.catalog.settings import ImageSettings
from modelroute_cli.jobs.encodings import known_encoding, marked_encoding, transcode
from modelroute_cli.jobs.facets import NOTHING, Wanted
from modelroute_cli.jobs.given import STDIN, is_regular, shown_name
from modelroute_cli.jobs.reading import AS_IT_STANDS, BY_FLAGS, Reading, TemplateOrigins
from modelroute_cli.jobs.sniff import PARQUET_MAGIC
from modelroute_cli.jobs.spool import Aside, copy_stream, file_digest
from modelroute_cli.jobs.unpack import packed_with, unpack

DEFAULT_IMAGES = ImageSettings()
_MAGIC_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexOptions:
    """Where spools go, the stream that `-` stands for, and how the file is to be read."""

    spool_dir: Path
    stdin: BinaryIO | None = None
    reading: Reading = AS_IT_STANDS
    origins: TemplateOrigins = BY_FLAGS
    images: ImageSettings | None = DEFAULT_IMAGES  # None: they were checked before
    folder: Path | None = None  # where relative images lie; None: beside the job file
    max_side: int | None = None  # pixels that pictures are scaled down to, where `images` does not say it
    wanted: Wanted = NOTHING  # tags and metadata that rules look at
    at: datetime | None = None  # the time that deadlines are counted from


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The bytes that the user gave."""

    digest: str  # `sha256:` and hex
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file of plain bytes."""

    path: Path
    copy: Aside | None = None  # what holds it; None: it is the user's own file
    origin: Origin | None = None  # None: its bytes are those that the user gave
    packed: str | None = None


def open_source(source: str, options: IndexOptions, stack: ExitStack) -> Opened:
    """The plain bytes of `source`; what is written aside lives as long as `stack`. JobFileError, OSError."""
    shown = shown_name(source)
    opened = Opened(path=Path(source)) if is_regular(source) else _copied(source, options, stack)
    if packed := packed_with(_head(opened.path)):
        opened = _rewritten(opened, options, stack, lambda stream, aside: unpack(stream, aside, shown))
        opened = replace(opened, packed=packed)
    head = _head(opened.path)
    if head.startswith(PARQUET_MAGIC):
        return replace(opened, origin=opened.origin or _origin(opened.path))
    encoding = known_encoding(options.reading.encoding) if options.reading.encoding else marked_encoding(head)
    if encoding and head:
        return _rewritten(opened, options, stack, lambda stream, aside: transcode(stream, aside, encoding, shown))
    return opened


def is_plain(path: Path) -> bool:
    """Whether a text file is read as it is: neither packed nor marked as other than UTF-8. OSError."""
    head = _head(path)
    return packed_with(head) is None and marked_encoding(head) is None


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_MAGIC_BYTES)


def _origin(path: Path) -> Origin:
    return Origin(digest=file_digest(path), size_bytes=path.stat().st_size)


def _rewritten(
    opened: Opened, options: IndexOptions, stack: ExitStack, write: Callable[[BinaryIO, Aside], None]
) -> Opened:
    """The file written anew by `write`, which says where it came from."""
    origin = opened.origin or _origin(opened.path)
    aside = stack.enter_context(Aside(options.spool_dir))
    with opened.path.open("rb") as stream:
        write(stream, aside)
    return replace(opened, path=aside.path, copy=aside, origin=origin)


def _copied(source: str, options: IndexOptions, stack: ExitStack) -> Opened:
    """Standard input, or a pipe, where it can be read again."""
    copy = stack.enter_context(Aside(options.spool_dir))
    if source != STDIN:
        with Path(source).open("rb") as stream:
            copy_stream(stream, copy)
    elif options.stdin is None:
        msg = "there is no standard input to read `-` from"
        raise JobFileError(msg, hint="name the job file")
    else:
        copy_stream(options.stdin, copy)
    return Opened(path=copy.path, copy=copy)
