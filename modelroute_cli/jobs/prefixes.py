"""Requests that begin alike, for the prompt cache: found by hashes of their first characters, then compared exactly.

While a file is read a number is kept of each long request alone. Requests whose numbers agree are read again at the
end; texts stay in memory only while there are few bytes of them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
import polars as pl

from modelroute_cli.base.frames import Schema
from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.prefix_tree import Shared, shared_beginnings
from modelroute_cli.jobs.rows import Row
from modelroute_cli.jobs.sent_text import contents, first_chars, sent_text
from modelroute_cli.jobs.twins import Ints

LEAST_TOKENS = 512
"""The shortest beginning that any provider caches."""
MOST_PREFIXES = 100_000
_LEAST_BYTES = 1_500  # of a row: fewer hold no beginning of so many tokens
_PROBE_CHARS = 512
_IN_MEMORY_BYTES = 32 * 2**20

Count = Callable[[Sequence[str]], list[int]]  # o200k tokens of each text

PREFIXES: Schema = {"row": pl.Int64, "prefix": pl.Int64, "prefix_chars": pl.Int64, "prefix_tokens": pl.Int64}
"""The rows that share a beginning, by row; `prefix` names the text of it, the same in every job and order."""


@dataclass(slots=True)
class Beginnings:
    """The rows of a job that are long enough to share a beginning, each with a hash of its first characters."""

    rows: list[Ints] = field(default_factory=list)
    hashes: list[Ints] = field(default_factory=list)

    def meet(self, block: Sequence[Row], start: int) -> None:
        """The next rows, numbered from `start`."""
        long = [at for at, row in enumerate(block) if row.length >= _LEAST_BYTES]
        if long:
            heads = [first_chars(block[at].request, _PROBE_CHARS) for at in long]
            whole = [(at, hash(head)) for at, head in zip(long, heads, strict=True) if len(head) == _PROBE_CHARS]
            self._keep(np.array(whole, np.int64).reshape(-1, 2), start)

    def _keep(self, found: Ints, start: int) -> None:
        self.rows.append(found[:, 0] + start)
        self.hashes.append(found[:, 1])

    def join(self, other: "Beginnings", start: int) -> None:
        """Those of another part of the job, whose rows begin at `start`."""
        self.rows += [rows + start for rows in other.rows]
        self.hashes += other.hashes

    def alike(self, but: Ints) -> list[Ints]:
        """Rows that may begin alike, those of `but` left out; at least two each, in order."""
        if not self.rows:
            return []
        rows, hashes = np.concatenate(self.rows), np.concatenate(self.hashes)
        kept = ~np.isin(rows, but)
        rows, hashes = rows[kept], hashes[kept]
        order = np.argsort(hashes, kind="stable")
        cuts = np.flatnonzero(np.diff(hashes[order])) + 1
        return [each for each in np.split(rows[order], cuts) if len(each) > 1]


def prefixes(
    groups: Sequence[Ints], places: pl.DataFrame, read: Callable[[int, int], Request], count: Count
) -> pl.DataFrame:
    """The PREFIXES of rows that may begin alike (`Beginnings.alike`).

    `places` has the `offset` and `length` of each of their rows, by `row`; `read` gives the request there.
    """
    if not groups:
        return pl.DataFrame(schema=PREFIXES)
    rows, at = places["row"].to_numpy(), places.select("offset", "length").to_numpy()
    found: list[_Prefix] = []
    for group in groups:
        where = at[np.searchsorted(rows, group)]
        found += _Group(group, where, read, count).prefixes()
    return _frame(_worthiest(found))


@dataclass(frozen=True, slots=True)
class _Prefix:
    """A beginning that rows share."""

    digest: int
    chars: int
    tokens: int
    rows: Ints

    @property
    def saved_tokens(self) -> int:
        """What is read from a cache when one of the rows comes first."""
        return self.tokens * (len(self.rows) - 1)


class _Group:
    """Rows whose texts begin with the same characters as far as hashes tell."""

    def __init__(self, rows: Ints, places: Ints, read: Callable[[int, int], Request], count: Count) -> None:
        self._rows = rows
        self._places = places
        self._read = read
        self._count = count
        self._counted: dict[tuple[int, int], int] = {}
        small = int(places[:, 1].sum()) <= _IN_MEMORY_BYTES
        self._texts = [self._read_text(member) for member in range(len(rows))] if small else None

    def prefixes(self) -> Iterator[_Prefix]:
        """The beginnings that save most, each long enough to be cached."""
        for shared in shared_beginnings(range(len(self._rows)), self._text, _PROBE_CHARS, self._enough):
            yield self._prefix(shared)

    def _prefix(self, shared: Shared) -> _Prefix:
        first = shared.members[0]
        text = self._text(first)[: shared.chars].encode("utf-8", "surrogatepass")
        digest = int.from_bytes(blake2b(text, digest_size=8).digest()) >> 1
        return _Prefix(digest, shared.chars, self._tokens(first, shared.chars), self._rows[shared.members])

    def _text(self, member: int) -> str:
        return self._texts[member] if self._texts is not None else self._read_text(member)

    def _read_text(self, member: int) -> str:
        return sent_text(self._request(member))

    def _request(self, member: int) -> Request:
        offset, length = self._places[member].tolist()
        return self._read(offset, length)

    def _enough(self, member: int, chars: int) -> bool:
        return self._tokens(member, chars) >= LEAST_TOKENS

    def _tokens(self, member: int, chars: int) -> int:
        if (member, chars) not in self._counted:
            self._counted[member, chars] = sum(self._count(contents(self._request(member), chars)))
        return self._counted[member, chars]


def _worthiest(found: list[_Prefix]) -> list[_Prefix]:
    """As many as are remembered: those that save most."""
    return sorted(found, key=lambda each: (-each.saved_tokens, each.digest))[:MOST_PREFIXES]


def _frame(found: Sequence[_Prefix]) -> pl.DataFrame:
    """The beginnings, row by row; two texts of one digest get numbers of their own."""
    taken: set[int] = set()
    columns: dict[str, list[Ints]] = {name: [np.empty(0, np.int64)] for name in PREFIXES}
    for each in found:
        name = each.digest
        while name in taken:
            name += 1
        taken.add(name)
        columns["row"].append(each.rows)
        columns["prefix"].append(np.full(len(each.rows), name, np.int64))
        columns["prefix_chars"].append(np.full(len(each.rows), each.chars, np.int64))
        columns["prefix_tokens"].append(np.full(len(each.rows), each.tokens, np.int64))
    return pl.DataFrame({name: np.concatenate(parts) for name, parts in columns.items()}, schema=PREFIXES).sort("row")
