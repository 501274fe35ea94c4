"""Providers quote keys and addresses in their messages; people and logs get them without."""

import re
from collections.abc import Iterable

MOST_CHARS = 300
_READ_CHARS = 8_000
_SHORTEST_SECRET = 6
_HIDDEN = "[hidden]"
_URL_QUERY = re.compile(r"(\bhttps?://[^\s?#\"'<>]{1,2000})[?#][^\s\"'<>]*")
_URL_USER = re.compile(r"(\bhttps?://)[^\s/@\"'<>]{1,500}@")
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[^\s\"',;]+", re.IGNORECASE)
_NAMED = re.compile(
    r"\b((?:x-)?(?:portkey-)?api[-_ ]?key|access[-_]?token|authorization|password|secret)"
    r"(\s*(?:provided|is|was)?\s*[=:]\s*[\"']?)(?!Bearer\b)[^\s\"',;&]+",
    re.IGNORECASE,
)
_KEY_SHAPES = re.compile(r"\b(?:sk|pk|rk|gsk|xai|tgp|key|pplx|hf|nvapi|csk)[-_][A-Za-z0-9*._-]{6,}|\bAIza[\w*-]{10,}")
_ONE_WORD = re.compile(r"[A-Za-z0-9_-]{1,128}")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\s]+")


def scrub(message: str, secrets: Iterable[str] = ()) -> str:
    """`message` on one line, without keys, URL queries or control characters, at most 300 characters.

    `secrets` are hidden wherever they stand; beyond them, what looks like a key is.
    """
    shown = hide_known(message, secrets)
    if _ONE_WORD.fullmatch(shown):  # most names of requests: nothing but the shape of a key can be in it
        return _KEY_SHAPES.sub(_HIDDEN, shown)
    shown = hide_shapes(_UNSEEN.sub(" ", shown[:_READ_CHARS]).strip())
    return shown if len(shown) <= MOST_CHARS else shown[: MOST_CHARS - 1] + "…"


def hide_shapes(text: str) -> str:
    """`text` without what looks like a key, and without the queries and users of addresses; its lines stay."""
    shown = _URL_QUERY.sub(r"\1", _URL_USER.sub(r"\1", text))
    shown = _BEARER.sub(rf"\1 {_HIDDEN}", shown)
    shown = _NAMED.sub(rf"\1\2{_HIDDEN}", shown)
    return _KEY_SHAPES.sub(_HIDDEN, shown)


def hide_known(message: str, secrets: Iterable[str]) -> str:
    """Every secret we hold, replaced, the longest first, also where a provider writes it in other letters."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            message = re.sub(re.escape(secret), _HIDDEN, message, flags=re.IGNORECASE)
    return message
