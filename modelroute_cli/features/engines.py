"""Counting o200k tokens fast and still exactly: other engines behind a guard, tiktoken for what they read otherwise.

An engine is believed only where benchmarks/token_fuzz.py has found it to give tiktoken's own number. The characters it
reads otherwise are a closed list; a text that holds one of them is counted by tiktoken.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec

from modelroute_cli.features import o200k
from modelroute_cli.features.few import count_few

# Problem: counting takes as long as all the rest of a plan, and loading tiktoken's vocabulary takes half a start.
# Solution, measured by benchmarks/token_speed.py (2 cores, MB per CPU second, start in CPU ms): tiktoken 7-11 and 430,
# splintr 20-45 and 70, toktok 43-110 and 440. So splintr counts from the start, and toktok, where it is installed,
# takes over once a program has counted so much that its start has been repaid.
# Both are too much for a handful of requests: those are counted without any vocabulary (see features.few).
FEW_CHARS = 50_000
BULK_CHARS = 16_000_000

_SURROGATES = "\ud800-\udfff"  # no UTF-8 engine takes them; tiktoken reads each as U+FFFD
_LONG_S = "\u017f"  # tiktoken folds it to s after an apostrophe, as Rust's (?i:'s) does
# Letters and marks of Unicode 17, which toktok's tables know and tiktoken's do not. Beyond the first plane only emoji
# are let through: each further range that `re` must compare costs as much as counting itself.
_UNICODE_17 = (
    "\u088f\u0c5c\u0cdc\u1acf-\u1add\u1ae0-\u1aeb\ua7ce\ua7cf\ua7d2\ua7d4\ua7f1"
    "\U00010000-\U0001efff\U00020000-\U0010ffff"
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to count o200k tokens, and the characters for which its word is not taken."""

    name: str
    differs: re.Pattern[str]
    count: Callable[[Sequence[str]], list[int]]

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """Exact counts in order: tiktoken's own for every text that this engine may read otherwise."""
        apart = [at for at, text in enumerate(texts) if not _is_latin(text) and self.differs.search(text)]
        counts = self.count([*texts] if not apart else _without(texts, apart))
        for at in apart:
            counts[at] = o200k.count(texts[at])
        return counts


def _is_latin(text: str) -> bool:
    """Whether all characters are below U+0100, where no engine differs: a tenth of the time of the pattern."""
    try:
        return text.isascii() or bool(text.encode("latin-1"))
    except UnicodeEncodeError:
        return False


def _without(texts: Sequence[str], places: Sequence[int]) -> list[str]:
    """The texts, those at `places` emptied."""
    kept = list(texts)
    for at in places:
        kept[at] = ""
    return kept


@cache
def small() -> Engine:
    """The engine with the short start; its `encode_batch` is slower than this loop on short texts."""
    from splintr import Tokenizer  # noqa: PLC0415 - a few texts are counted without

    encode = Tokenizer.from_pretrained("o200k_base").encode_ordinary
    differs = re.compile(f"[{_LONG_S}{_SURROGATES}]")
    return Engine("splintr", differs, lambda texts: [len(encode(text)) for text in texts])


@cache
def bulk() -> Engine | None:
    """The engine with the long start and the short count; None where the extra `fast` is not installed."""
    if find_spec("toktok") is None:
        return None
    from toktok import batch_count  # noqa: PLC0415 - an extra

    differs = re.compile(f"[{_LONG_S}{_SURROGATES}{_UNICODE_17}]")
    return Engine("toktok", differs, lambda texts: batch_count(texts, "o200k_base", threads=1))


@dataclass(slots=True)
class Counter:
    """Counts with the engine that costs least, and remembers how much it has counted to know which that is."""

    counted_chars: int = field(default=0)

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """The o200k tokens of each text, exact and in order."""
        self.counted_chars += sum(map(len, texts))
        few = count_few(texts) if self.counted_chars <= FEW_CHARS else None
        if few is not None:
            return few
        engine = bulk() if self.counted_chars > BULK_CHARS else None
        return (engine or small()).count_many(texts)


@cache
def counter() -> Counter:
    """The one counter of this program."""
    return Counter()
