"""One long list inside a JSON object, read from a file element by element: the object itself is never held whole."""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{},]', re.DOTALL)
_VALUE = re.compile(rb"\s*:\s*\[")
_OPENS, _CLOSES = b"[{", b"]}"


@dataclass(frozen=True, slots=True)
class JsonList:
    """The list under one key of the object that a file holds; ValueError where the file ends before its time."""

    path: Path
    key: str

    def elements(self) -> Iterator[bytes]:
        """Each element as it is written; none where there is no such list."""
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            start = _start(data, self.key)
            if start is not None:
                yield from (data[at.start : at.stop].strip() for at in _spans(data, start))

    def shell(self) -> bytes:
        """The object with a 0 for all elements of the list, as it is where it has none or no such list."""
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            start = _start(data, self.key)
            if start is None:
                return data[:]
            end = start
            for at in _spans(data, start):
                end = at.stop
            return data[:start] + (b"0" if end > start else b"") + data[data.find(b"]", end) :]


def _start(data: mmap.mmap, key: str) -> int | None:
    """Where the list's content begins; None where the object has no list of that name."""
    wanted, depth = f'"{key}"'.encode(), 0
    for token in _TOKEN.finditer(data):
        found = token[0]
        if found in _OPENS:
            depth += 1
        elif found in _CLOSES:
            depth -= 1
        elif depth == 1 and found == wanted and (begun := _VALUE.match(data, token.end())):
            return begun.end()
    return None


def _spans(data: mmap.mmap, start: int) -> Iterator[slice]:
    """Where each element stands; ValueError where the list has no end."""
    depth, begun = 0, start
    for token in _TOKEN.finditer(data, start):
        found = token[0]
        if found in _OPENS:
            depth += 1
        elif depth and found in _CLOSES:
            depth -= 1
        elif not depth and found in b",]":
            if data[begun : token.start()].strip():
                yield slice(begun, token.start())
            if found == b"]":
                return
            begun = token.end()
    msg = "a list that has no end"
    raise ValueError(msg)
