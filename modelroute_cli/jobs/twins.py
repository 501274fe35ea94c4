"""Requests that ask the same, and ids used twice: found by 64-bit hashes in little memory, then compared exactly.

A hash of eight bytes a row is all that is kept of the texts. Rows whose hashes are equal are read again and compared,
so that a collision never makes two requests one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from modelroute_cli.base.schema import Request

Ints = NDArray[np.int64]
_encode = msgspec.json.Encoder(order="deterministic").encode
_DIGEST_BYTES = 16


@dataclass(slots=True)
class Hashes:
    """One hash a row, in order of rows."""

    _blocks: list[Ints] = field(default_factory=list)

    def add(self, hashes: Sequence[int] | Ints) -> None:
        """The hashes of the next rows."""
        self._blocks.append(np.array(hashes, np.int64))

    def all(self) -> Ints:
        """Every hash."""
        return np.concatenate(self._blocks) if self._blocks else np.empty(0, np.int64)

    def shared(self) -> Ints:
        """The rows whose hash another row has too, in order."""
        every = self.all()
        order = np.argsort(every, kind="stable")
        is_same = every[order[1:]] == every[order[:-1]]
        shared = np.zeros(len(every), np.bool_)
        shared[order[1:][is_same]] = True
        shared[order[:-1][is_same]] = True
        return np.flatnonzero(shared)


def asked_hashes(requests: Sequence[Request]) -> list[int]:
    """A hash of what each request asks for: equal for requests that are equal in all but who asks and its filing."""
    return [
        hash(
            (
                request.prompt or _said(request),
                request.system or "",
                request.task_type or "",
                request.model or "",
                request.images or request.audio or request.files,  # many rows ask the same of another picture
            )
        )
        for request in requests
    ]  # of text alone: other objects, None among them, may have another hash in every process


def _said(request: Request) -> tuple[str, ...]:
    """The turns of a chat as text."""
    return tuple(text for turn in request.messages or () for text in (turn.role, turn.content))


def asked_digest(request: Request) -> bytes:
    """The same for requests that ask the same: equal in all but who asks and how it is filed."""
    asked = msgspec.structs.replace(request, custom_id="", tenant=None, metadata={}, tags=())
    return blake2b(_encode(asked), digest_size=_DIGEST_BYTES).digest()


def twins(rows: Ints, places: pl.DataFrame, read: Callable[[int, int], Request]) -> pl.DataFrame:
    """`row` and `duplicate_of` of those of `rows` that ask the same as an earlier one.

    `places` are the `offset` and `length` of each of `rows`, in order; `read` gives the request there.
    """
    digests = [asked_digest(read(offset, length)) for offset, length in places.select("offset", "length").iter_rows()]
    frame = pl.DataFrame({"row": rows, "digest": digests}, schema={"row": pl.Int64, "digest": pl.Binary})
    first = frame.with_columns(pl.col("row").first().over("digest").alias("duplicate_of"))
    return first.filter(pl.col("row") != pl.col("duplicate_of")).select("row", "duplicate_of")


def doubled(ids: Iterable[tuple[str, int]]) -> list[tuple[str, int, int]]:
    """Each id that an earlier line has, with its line and the first line that has it; `ids` in order of lines."""
    first: dict[str, int] = {}
    return [(name, line, first[name]) for name, line in ids if first.setdefault(name, line) != line]
