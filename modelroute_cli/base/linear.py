"""Regular expressions that users write, held against texts that nobody knows: in time that grows with the text alone.

Problem: Python's `re` tries one way after another; a pattern such as `(a+)+$` and forty letters keep it busy for
hours, and with it the whole run. What does not work: bounding the text (forty letters are few), a time limit (it
holds all other requests up until it is over, and the same answer passes on a fast machine and fails on a slow one).
Solution: the engine of polars, Rust's `regex`, whose time is linear in the text. What it cannot do is refused before
anything is sent: looking around, and referring back to a group. A search takes about 0.1 ms, whatever the pattern.
"""

import re
from functools import lru_cache

_KNOWN_PATTERNS = 1024
_WHY = re.compile(r"^error: (.+)", re.MULTILINE)
_VARYING = re.compile(r"[*+?]|\{\d*,|\)\{")
_REFUSED = {
    "look-around": "it looks ahead or behind, which no linear engine can",
    "backreferences": "it refers back to a group, which no linear engine can",
    "size limit": "it is too large when its repetitions are written out",
}


@lru_cache(_KNOWN_PATTERNS)
def pattern_fault(pattern: str) -> str | None:
    """Why a pattern cannot be used, in words; None where it can. The syntax is that of Rust's crate `regex`."""
    from polars.exceptions import ComputeError  # noqa: PLC0415 - settings without patterns need no frames

    try:
        is_found(pattern, "")
    except ComputeError as error:
        return _why(str(error))
    return None


def is_found(pattern: str, text: str) -> bool:
    """Whether the pattern matches somewhere in the text; for patterns without a `pattern_fault`."""
    import polars as pl  # noqa: PLC0415 - as above

    one = pl.Series("text", [text.encode("utf-8", "replace").decode()]).to_frame()
    return bool(one.select_seq(pl.col("text").str.contains(pattern)).item())


def is_found_soon(pattern: str, text: str) -> bool:
    """The same for patterns that nobody checked, as in schemas: by `re` where one way is all there is to try.

    What the linear engine cannot do is left to `re` whatever it takes. re.error where it is no pattern of either.
    """
    if _tries_one_way(pattern) or pattern_fault(pattern) is not None:
        return re.search(pattern, text) is not None
    return is_found(pattern, text)


@lru_cache(_KNOWN_PATTERNS)
def _tries_one_way(pattern: str) -> bool:
    """Whether a pattern begins at the beginning and holds no more than one thing that may repeat or be left out."""
    return pattern.startswith("^") and "|" not in pattern and len(_VARYING.findall(pattern)) <= 1


def _why(told: str) -> str:
    """The engine's own reason, without its drawing."""
    known = next((words for mark, words in _REFUSED.items() if mark in told), None)
    if known is not None:
        return known
    found = _WHY.search(told)
    return found[1] if found else "it is no regular expression"
