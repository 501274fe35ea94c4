"""Requests that were never tried, as columns: an object is made of one when its turn comes.

Problem: a million waiting requests as objects take a gigabyte, and all of them are made before the first is sent.
Solution: one frame, sorted once as it is to be sent; each model has a shelf, a part of that frame with a place in it.
Requests that begin alike stand side by side, so that they can step aside together until a cache is warm.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from modelroute_cli.base.spill import blocks
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.tickets import COLUMNS, OFF_PEAK, RANK, Assigned, Key, Ticket, order

_CHUNK = 128  # rows that become objects at once
_SMALL_CHUNK = 16  # the same where there are many shelves
_MANY_TENANTS = 64
_NAMES = ("rule", "template", "language", "tenant")
_COUNTS = ("length", "input_tokens", "output_tokens", "reasoning_tokens", "max_tokens")


class Supply:
    """The shelves of a run, by line (see `tickets.line_of`); `loads` is what was planned for them, by model."""

    def __init__(
        self, rows: pl.LazyFrame, make: Callable[[Assigned], Ticket], gone: npt.NDArray[np.int64] | None = None
    ) -> None:
        """`rows`: the columns of ASSIGNMENTS, in input order; `make` plans the first attempt of one.

        With `gone`, all of ASSIGNMENTS, of which these rows and duplicates of others are left out.
        """
        ordered = _ordered(rows, gone)
        self.shelves: dict[str, Shelf] = {}
        self.loads: dict[str, Load] = {}
        for line, start, length in _runs(ordered["_line"]):
            assert line is not None  # noqa: S101 - every row has a model
            own = ordered.slice(start, length).drop("_line")
            model = str(own["model"][0])
            self.shelves[line] = Shelf(own, make)
            self.loads[model] = self.loads.get(model, Load()).plus(load_of_rows(own))
        self.worst_pusd = int(ordered["cost_high_pusd"].sum())  # the most that all of them can cost as planned

    def __len__(self) -> int:
        return sum(len(shelf) for shelf in self.shelves.values())


class _Block(NamedTuple):
    """Rows of a shelf that are next to each other, from `at` to `end`; kin keep the place of their most urgent."""

    at: int
    end: int
    place: Key | None


@dataclass(frozen=True, slots=True)
class _Head:
    """The request that comes next, and where it stands among others."""

    at: int
    place: Key
    ticket: Ticket


class Shelf:
    """The requests of one line, in the order of `tickets.order`, those that begin alike together."""

    def __init__(
        self,
        rows: pl.DataFrame,
        make: Callable[[Assigned], Ticket],
        starts: npt.NDArray[np.uint32] | None = None,
        chunk: int = _CHUNK,
    ) -> None:
        """`rows` in order; `chunk` of them become objects at once.

        With `starts`, where blocks of them begin, they have the columns COLUMNS and no others.
        """
        self._rows = rows.select(COLUMNS) if starts is None else rows
        self._make = make
        self._starts = starts_of(rows) if starts is None else starts
        self._chunk_size = chunk
        self._next_block = 0
        self._open: list[_Block] = []  # a heap: begun, or woken
        self._asleep: dict[int, list[_Block]] = {}
        self._left = rows.height
        self._chunk: list[Assigned] = []
        self._chunk_at = 0
        self._head: _Head | None = None

    def __len__(self) -> int:
        return self._left

    @property
    def any_asleep(self) -> bool:
        """Whether requests wait for the first of their beginning."""
        return bool(self._asleep)

    def first(self) -> tuple[Key, Ticket] | None:
        """The first that is awake, with its place."""
        if self._head is None and not self._find():
            return None
        assert self._head is not None  # noqa: S101 - `_find` set it
        return self._head.place, self._head.ticket

    def pop(self) -> Ticket:
        """Take the first; `first` has just found it."""
        assert self._head is not None  # noqa: S101 - the caller looked
        ticket, self._head = self._head.ticket, None
        at, end, place = self._open[0]
        if at + 1 == end:
            heapq.heappop(self._open)
        else:
            heapq.heapreplace(self._open, _Block(at + 1, end, place))
        self._left -= 1
        return ticket

    def sleep(self) -> None:
        """Let the first and those that begin like it wait until they are woken."""
        assert self._head is not None  # noqa: S101 - the caller looked
        prefix = self._head.ticket.assigned.prefix
        if prefix is not None:
            self._asleep.setdefault(prefix, []).append(heapq.heappop(self._open))
            self._head = None

    def wake(self, prefix: int) -> None:
        """Make those ready that begin so."""
        for block in self._asleep.pop(prefix, ()):
            heapq.heappush(self._open, block)
            self._head = None

    @property
    def make(self) -> Callable[[Assigned], Ticket]:
        """What plans the first attempt of a request."""
        return self._make

    def take_all(self) -> pl.DataFrame:
        """Everything that is left, in order; the shelf is empty afterwards."""
        asleep = [block for blocks in self._asleep.values() for block in blocks]
        untouched = [_Block(self._start(self._next_block), self._rows.height, None)]
        blocks = sorted([*self._open, *asleep, *(untouched if self._next_block < len(self._starts) else [])])
        self._open, self._asleep, self._next_block, self._left, self._head = [], {}, len(self._starts), 0, None
        parts = [self._rows.slice(block.at, block.end - block.at) for block in blocks]
        return pl.concat(parts) if parts else self._rows.clear()

    def by_tenant(self) -> Iterator[tuple[str | None, "Shelf"]]:
        """A shelf for each tenant that it has rows of, in the order of their names; this one is empty afterwards."""
        rows = self.take_all().with_columns(pl.col("tenant").cast(pl.String))
        rows = rows.sort("tenant", nulls_last=False, maintain_order=True)
        starts, parts = starts_of(rows, by=("tenant",)), list(_runs(rows["tenant"]))
        chunk = _CHUNK if len(parts) <= _MANY_TENANTS else _SMALL_CHUNK
        for tenant, start, length in parts:
            low, high = np.searchsorted(starts, (start, start + length))
            own = starts[low:high] - np.uint32(start)
            yield tenant, Shelf(rows.slice(start, length), self._make, own, chunk)

    def _find(self) -> bool:
        """Look for the head: the block that stands first, of those begun and the next untouched one."""
        untouched = self._next_block < len(self._starts)
        if untouched and (not self._open or self._start(self._next_block) < self._open[0].at):
            self._begin_block()
        if not self._open:
            return False
        block = self._open[0]
        ticket = self._make(self._assigned(block.at))
        self._head = _Head(block.at, block.place or order(ticket), ticket)
        return True

    def _begin_block(self) -> None:
        at, end = self._start(self._next_block), self._start(self._next_block + 1)
        first = self._assigned(at)
        place = None if first.prefix is None else order(self._make(first))
        heapq.heappush(self._open, _Block(at, end, place))
        self._next_block += 1

    def _start(self, block: int) -> int:
        return int(self._starts[block]) if block < len(self._starts) else self._rows.height

    def _assigned(self, at: int) -> Assigned:
        """The object of a row, made with those that follow it."""
        if not 0 <= at - self._chunk_at < len(self._chunk):
            self._chunk = [Assigned(*values) for values in self._rows.slice(at, self._chunk_size).iter_rows()]
            self._chunk_at = at
        return self._chunk[at - self._chunk_at]


def _ordered(given: pl.LazyFrame, gone: npt.NDArray[np.int64] | None) -> pl.DataFrame:
    """By line, then as `tickets.order` has it; kin stand where the most urgent of them came to stand."""
    keys, falling = ["_line", "_rank", "output_tokens", "row"], [False, False, True, False]
    rows = _gathered(given, gone).with_columns(_line()).sort(keys, descending=falling)
    if rows["prefix"].null_count() == rows.height:
        return rows
    alone = -1 - pl.col("row")  # a request without kin stands for itself
    together = pl.col("_place").min().over("_line", "_rank", pl.coalesce("prefix", alone))
    return rows.with_row_index("_place").sort(together, "_place").drop("_place")


def _line() -> pl.Expr:
    """The line of each request."""
    waits = pl.col("service_tier").cast(pl.String) == OFF_PEAK
    return pl.when(waits).then(pl.col("model") + f" {OFF_PEAK}").otherwise("model").alias("_line")


def _gathered(given: pl.LazyFrame, gone: npt.NDArray[np.int64] | None) -> pl.DataFrame:
    """The rows that wait, made small block by block: as they are read they take three times the memory."""
    needed = given if gone is None else given.select(*COLUMNS, "duplicate_of")
    parts = [_small(block if gone is None else waiting_rows(block.lazy(), gone).collect()) for block in blocks(needed)]
    return pl.concat(parts) if parts else _small(given.clear().collect())


def _small(rows: pl.DataFrame) -> pl.DataFrame:
    """The columns of a shelf; names that come often stand once."""
    rank = pl.col("importance").cast(pl.String).replace_strict(RANK, return_dtype=pl.Int8).alias("_rank")
    return rows.select(COLUMNS).with_columns(rank, pl.col(_NAMES).cast(pl.Categorical), pl.col(_COUNTS).cast(pl.Int32))


def _runs(names: pl.Series) -> Iterator[tuple[str | None, int, int]]:
    """Each value of a sorted column with the start and length of its rows."""
    start = 0
    for name, length in names.rle().struct.unnest().select("value", "len").iter_rows():
        yield None if name is None else str(name), start, int(length)
        start += length


def starts_of(rows: pl.DataFrame, by: tuple[str, ...] = ()) -> npt.NDArray[np.uint32]:
    """Where blocks begin: at each new beginning, and where one of `by` changes; what begins alone stands together."""
    changes = [pl.col(name).ne_missing(pl.col(name).shift()) for name in ("prefix", *by)]
    begins = rows.select(
        pl.any_horizontal(
            *changes,
            pl.col("prefix").is_not_null() & pl.col("importance").ne_missing(pl.col("importance").shift()),
        )
    ).to_series()
    mask = begins.to_numpy().copy()
    if mask.size:
        mask[0] = True
    return np.flatnonzero(mask).astype(np.uint32)


def load_of_rows(rows: pl.DataFrame) -> Load:
    """What was planned for these rows together."""
    named = ("input_tokens", "output_tokens", "cost_pusd", "cost_range_pusd", "max_tokens")
    given, made, cost, high, most = rows.select(pl.col(named).cast(pl.Int64).sum()).row(0)
    return Load(given, made, cost, high, requests=rows.height, paced_tokens=given + most)


def waiting_rows(assignments: pl.LazyFrame, gone: npt.NDArray[np.int64]) -> pl.LazyFrame:
    """The assignments that no row of `gone` (sorted or not) stands for, and that are no duplicates of others."""
    left_out = pl.Series("row", gone, dtype=pl.Int64)
    return assignments.filter(pl.col("duplicate_of").is_null()).join(
        pl.LazyFrame({"row": left_out}), on="row", how="anti", maintain_order="left"
    )
