"""A prompt cache that keeps what the client marks and nothing else: Anthropic's."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from modelroute_cli.emulator.asked import CacheMark

_MOST_ENTRIES = 50_000
_LONG_S = 300.0  # what is kept longer is written at a higher price
_LEAST_TOKENS = ((re.compile(r"-5[-.]5"), 512), (re.compile(r"haiku-4[-.]5"), 4096), (re.compile(""), 1024))


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheUse:
    """What one request read from the cache and wrote to it, tokens."""

    read: int = 0
    written: int = 0
    written_long: int = 0  # of `written`, what is kept for an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A mark with the tokens that stand before it."""

    mark: CacheMark
    tokens: int


@dataclass(slots=True)
class _Entry:
    """When a beginning can be read, how long after its last use it is kept, and when that was."""

    known_at: float
    kept_s: float
    used_at: float


class MarkedCache:
    """The beginnings that were marked, forgotten some minutes after their last use."""

    def __init__(self, reading_s: float = 0.0) -> None:
        self._reading_s = reading_s
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()

    def use(self, owner: str, marked: Sequence[Marked], now: float) -> CacheUse:
        """Read the longest marked beginning that `owner` (a provider's model) knows, and write to the last mark.

        Beginnings shorter than the model's least are not kept. A beginning that another request is just writing is
        not known yet, so both write it. A real cache also finds a shorter beginning at a block without a mark.
        """
        kept = [each for each in marked if each.tokens >= least_tokens(owner)]
        known = max((place for place, each in enumerate(kept) if self._knows(owner, each.mark, now)), default=-1)
        read = kept[known].tokens if known >= 0 else 0
        for place, each in enumerate(kept):
            self._touch(_key(owner, each.mark), each.mark.kept_s, now if place <= known else now + self._reading_s, now)
        return _use(read, kept[known + 1 :])

    def _knows(self, owner: str, mark: CacheMark, now: float) -> bool:
        entry = self._entries.get(_key(owner, mark))
        return entry is not None and entry.known_at <= now < entry.used_at + entry.kept_s

    def _touch(self, key: bytes, kept_s: float, known_at: float, now: float) -> None:
        """Keep it from now on; one that is alive is known no later than it was."""
        entry = self._entries.pop(key, None)
        is_alive = entry is not None and now < entry.used_at + entry.kept_s
        earliest = min(entry.known_at, known_at) if entry and is_alive else known_at
        self._entries[key] = _Entry(earliest, kept_s, now)
        while len(self._entries) > _MOST_ENTRIES:
            self._entries.popitem(last=False)


def least_tokens(model: str) -> int:
    """The shortest beginning that is kept (platform.claude.com, prompt caching, 2026-11)."""
    return next(tokens for pattern, tokens in _LEAST_TOKENS if pattern.search(model))


def _use(read: int, written: Sequence[Marked]) -> CacheUse:
    """What was read, and the stretches up to each further mark that were written, by how long they are kept."""
    total, long, before = 0, 0, read
    for each in written:
        stretch, before = max(0, each.tokens - before), max(before, each.tokens)
        total += stretch
        long += stretch if each.mark.kept_s > _LONG_S else 0
    return CacheUse(read=read, written=total, written_long=long)


def _key(owner: str, mark: CacheMark) -> bytes:
    """A digest of the beginning."""
    carried = "|".join(medium.key for medium in mark.media)
    return blake2b(f"{owner}\0{mark.prefix}\0{carried}".encode("utf-8", "replace"), digest_size=12).digest()
