"""Numbers that decide what is right: the same for the same request, model and seed, whoever asks and when."""

import hashlib

_PLACES = 2.0**53


def draw(*about: object) -> float:
    """A number above 0 and at most 1, uniform over what it is about."""
    return (_number(*about) % 2**53 + 1) / _PLACES


def pick(count: int, *about: object) -> int:
    """One of `count` places."""
    return _number(*about) % count


def digest(*about: object) -> bytes:
    """16 bytes."""
    return hashlib.blake2b("\0".join(map(str, about)).encode("utf-8", "replace"), digest_size=16).digest()


def _number(*about: object) -> int:
    return int.from_bytes(digest(*about)[:8], "big")
