"""The o200k_base vocabulary that ships with us, and exact counting with it: no download, no crash.

tiktoken fetches its vocabularies at run time; ours is packed in `data/o200k_base.xz` by benchmarks/pack_vocabulary.py.
"""

import lzma
import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from modelroute_cli.features.shipped import DATA

if TYPE_CHECKING:
    from tiktoken import Encoding

PACKED: Final = DATA / "o200k_base.xz"
OFFICIAL_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"  # stands in tiktoken's own source
_TOKENS = 199_998

# How o200k cuts text before merging: the facts of tiktoken_ext.openai_public (tiktoken, MIT).
_UPPER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}"
_LOWER = r"\p{Ll}\p{Lm}\p{Lo}\p{M}"
_ENDING = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
PATTERN = "|".join(
    (
        rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]*[{_LOWER}]+{_ENDING}",
        rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]+[{_LOWER}]*{_ENDING}",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)

# Problem: `\s+(?!\S)` backtracks once per space, and at 999,999 of them tiktoken's Rust side panics with a
# BaseException (openai/tiktoken issue 15). Catching it is no way: the panic prints to stderr and is no Exception.
# Solution: a run this long is cut out by the rules of the pattern and counted piece by piece, which is exact.
# Still inexact: such a run right after a combining mark that is no part of a word, by at most one token.
_SPACE = (
    r"\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # Unicode White_Space, as Rust has it
)
LONG_RUN = 20_000
_LONG_RUN = re.compile(rf"[{_SPACE}]{{{LONG_RUN},}}")
_LINE_ENDS = "\r\n"


def tokens() -> Iterator[bytes]:
    """All tokens in rank order."""
    raw = lzma.decompress(PACKED.read_bytes())
    ends = accumulate(raw[:_TOKENS], initial=_TOKENS)
    return (raw[start:end] for start, end in pairwise(ends))


def official_text() -> bytes:
    """The text tiktoken would download, byte for byte; its sha256 is OFFICIAL_SHA256."""
    return b"".join(b"%s %d\n" % (b64encode(token), rank) for rank, token in enumerate(tokens()))


@cache
def encoding() -> "Encoding":
    """The o200k_base encoding for plain text, built once (about 0.4 s); it knows no special tokens."""
    from tiktoken import Encoding  # noqa: PLC0415 - most plans never need it (see features.engines)

    ranks = {token: rank for rank, token in enumerate(tokens())}
    return Encoding("o200k_base_plain", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


def count(text: str) -> int:
    """The o200k tokens of `text` as plain text: `<|endoftext|>` is seven tokens, a lone surrogate is U+FFFD."""
    if len(text) < LONG_RUN:
        return len(encoding().encode_ordinary(text))
    return _count_long(text)


def _count_long(text: str) -> int:
    """Count around the runs of white space that tiktoken cannot take."""
    total, start = 0, 0
    for run in _LONG_RUN.finditer(text):
        head, tail = _head_end(text, run), _tail_start(text, run)
        if head < tail:  # else punctuation takes the whole run, and no backtracking happens
            total += len(encoding().encode_ordinary(text[start:head])) + _count_blank(text[head:tail])
            start = tail
    return total + len(encoding().encode_ordinary(text[start:]))


def _head_end(text: str, run: re.Match[str]) -> int:
    """Where the run's own pieces begin: punctuation before it takes the first line ends along."""
    end = run.start()
    if end == 0 or text[end - 1].isalnum():
        return end
    return end + len(run[0]) - len(run[0].lstrip(_LINE_ENDS))


def _tail_start(text: str, run: re.Match[str]) -> int:
    """Where the run's own pieces end: its last blank goes with what follows, unless it ends a line or the text."""
    return run.end() - (run.end() < len(text) and text[run.end() - 1] not in _LINE_ENDS)


def _count_blank(blank: str) -> int:
    """The tokens of white space alone: one piece up to its last line end, one piece after it."""
    cut = max(blank.rfind("\n"), blank.rfind("\r")) + 1
    return sum(len(encoding()._encode_single_piece(piece)) for piece in (blank[:cut], blank[cut:]) if piece)  # noqa: SLF001 - the only door to merging without the pattern
