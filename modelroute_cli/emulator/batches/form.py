"""A multipart form on disk: its fields, and where its file stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from modelroute_cli.emulator.batches.spool import Extract, Spool

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?')
_NAME = re.compile(rb'[;\s]name="([^"]*)"')
_FILENAME = re.compile(rb'filename="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form; `filename` is None unless it is a file."""

    name: str
    filename: str | None
    content: Extract

    @property
    def text(self) -> str:
        """What a field that is no file says."""
        return self.content.read().decode("utf-8", "replace")


def fields(content_type: str, spool: Spool) -> dict[str, Field]:
    """The fields by name; none where the body is no form."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return {}
    return {field.name: field for field in _fields(spool, b"--" + boundary[1].encode())}


def _fields(spool: Spool, mark: bytes) -> Iterator[Field]:
    at = spool.find(mark)
    while at >= 0:
        headers_at = at + len(mark) + 2  # after the line break
        content_at = spool.find(b"\r\n\r\n", headers_at - 2) + 4
        at = spool.find(b"\r\n" + mark, content_at - 2)
        if content_at < headers_at or at < 0:
            return
        headers = spool.read(headers_at, content_at)
        name, filename = _NAME.search(headers), _FILENAME.search(headers)
        if name is not None:
            content = Extract(spool, content_at, max(content_at, at))
            yield Field(name=name[1].decode(), filename=filename[1].decode() if filename else None, content=content)
        at += 2
