"""Counting a few texts: o200k tokens without loading a vocabulary, for the letters of Europe's Latin scripts.

Problem: the engine that counts from the start takes 0.2 s of CPU before its first count (its vocabulary, then its table
of merges), half of a plan of ten requests. Solution: benchmarks/pack_few.py lays the tokens that such texts can have
down in `data/o200k_few.bin`, sorted by a 64-bit hash, and the few that a text needs are looked up in the file itself.
Exact like the others: the same cuts, the same merges; a text with any other character is left to them.
"""

import mmap
import re
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Final

from modelroute_cli.base.shipped import DATA

PACKED: Final = DATA / "o200k_few.bin"
HASH_BYTES: Final = 8
RANK_BYTES: Final = 4
LONGEST_PIECE_BYTES: Final = 64  # merging takes the square of it; longer pieces are no words
_KNOWN_PIECES = 10_000

# Letters up to U+017E (the long s after it is folded by tiktoken), dashes, quotes, bullets, currencies: all of them
# older than any table of Unicode that is in use, so every engine reads them alike.
_RANGES = ((0x20, 0x7E), (0xA0, 0x17E), (0x2010, 0x2027), (0x2030, 0x205E), (0x20A0, 0x20BF))
ALPHABET: Final = "\t\n\r" + "".join(chr(code) for first, last in _RANGES for code in range(first, last + 1))
_SPACE = r"\t\n\r \xa0"
_ENDING = r"(?:'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL]))?"


def hash_of(token: bytes) -> int:
    """What a token is found by; pack_few.py makes sure that no two tokens share one."""
    return int.from_bytes(blake2b(token, digest_size=HASH_BYTES).digest(), "little")


def count_few(texts: Sequence[str]) -> list[int] | None:
    """The o200k tokens of each text, exact and in order; None when one of them is not for this way of counting."""
    reads, cut = _patterns()
    if sys.byteorder != "little" or not all(map(reads.fullmatch, texts)):
        return None
    pieces = [cut.findall(text) for text in texts]
    if any(len(piece) > LONGEST_PIECE_BYTES // 3 and _is_long(piece) for found in pieces for piece in found):
        return None
    return [sum(map(_tokens, found)) for found in pieces]


def _is_long(piece: str) -> bool:
    return len(piece.encode()) > LONGEST_PIECE_BYTES


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a text may hold, and how it is cut: features.o200k.PATTERN in the words of `re`, for this alphabet."""
    upper, lower, digit = _kinds("Lu", "Lo"), _kinds("Ll", "Lo"), _kinds("Nd", "No")
    letter = _kinds("Lu", "Ll", "Lo")
    cut = "|".join(
        (
            rf"[^\r\n{letter}{digit}]?[{upper}]*[{lower}]+{_ENDING}",
            rf"[^\r\n{letter}{digit}]?[{upper}]+[{lower}]*{_ENDING}",
            rf"[{digit}]{{1,3}}",
            rf" ?[^{_SPACE}{letter}{digit}]+[\r\n/]*",
            rf"[{_SPACE}]*[\r\n]+",
            rf"[{_SPACE}]+(?![^{_SPACE}])",
            rf"[{_SPACE}]+",
        )
    )
    return re.compile(f"[{re.escape(ALPHABET)}]*"), re.compile(cut)


def _kinds(*categories: str) -> str:
    """The characters of some Unicode categories, for a class of a pattern."""
    return "".join(letter for letter in ALPHABET if unicodedata.category(letter) in categories)


@lru_cache(maxsize=_KNOWN_PIECES)
def _tokens(piece: str) -> int:
    """The tokens of one piece: one where it is a token itself, else what is left after all merges."""
    text = piece.encode()
    return 1 if _rank(text) is not None else len(_merged([text[at : at + 1] for at in range(len(text))]))


def _merged(parts: list[bytes]) -> list[bytes]:
    """The parts after merging, time and again, the neighbours whose token has the lowest rank."""
    while len(parts) > 1:
        ranks = [_rank(left + right) for left, right in pairwise(parts)]
        known = [(rank, at) for at, rank in enumerate(ranks) if rank is not None]
        if not known:
            break
        _, at = min(known)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts


@lru_cache(maxsize=_KNOWN_PIECES)
def _rank(token: bytes) -> int | None:
    """The rank of a token; None for bytes that are none."""
    hashes, ranks = _table()
    key = hash_of(token)
    at = bisect_left(hashes, key)
    return ranks[at] if at < len(hashes) and hashes[at] == key else None


@cache
def _table() -> tuple[Sequence[int], Sequence[int]]:
    """Sorted hashes and, in the same order, ranks, as they stand in the file; only what is looked up is read."""
    with PACKED.open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    cut = len(whole) // (HASH_BYTES + RANK_BYTES) * HASH_BYTES
    return whole[:cut].cast("Q"), whole[cut:].cast("I")


def packed(tokens: Iterable[bytes]) -> bytes:
    """The file for a vocabulary in rank order: its tokens that texts of this alphabet can have."""
    allowed = frozenset(ALPHABET.encode())
    found = sorted((hash_of(token), rank) for rank, token in enumerate(tokens) if allowed.issuperset(token))
    hashes = b"".join(key.to_bytes(HASH_BYTES, "little") for key, _ in found)
    return hashes + b"".join(rank.to_bytes(RANK_BYTES, "little") for _, rank in found)
