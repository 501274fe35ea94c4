"""The chain: each line holds its number and the hash of the line before, so that no line changes alone.

Without a key the hash is SHA-256 of the line's bytes; with one HMAC-SHA256 (RFC 2104), which nobody can write without
the key. Both are taken over the line without its line end.
"""

import hashlib
import hmac
from collections.abc import Mapping

from modelroute_cli.base.errors import CredentialError

START = "0" * 64
"""What the first line of a log holds in the place of a hash."""
_BLOCK = 64  # bytes of SHA-256, to which HMAC fills up its key
_KEY_NAME = b"modelroute audit key"
_SHORTEST_KEY = 16


class Hasher:
    """Hashes lines, under a key or under none; `key_id` tells keys apart and does not show them."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key
        self.name = "sha256" if key is None else "hmac-sha256"
        self.key_id = None if key is None else hmac.new(key, _KEY_NAME, "sha256").hexdigest()[:16]
        short = key if key is None or len(key) <= _BLOCK else hashlib.sha256(key).digest()
        padded = (short or b"").ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256() if key is None else hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def hash(self, line: bytes) -> str:
        """64 hex digits; twice as fast as `hmac.digest`, which begins with the key each time."""
        if self._key is None:
            return hashlib.sha256(line).hexdigest()
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(line)
        outer.update(inner.digest())
        return outer.hexdigest()


def beginning(number: int, before: str) -> bytes:
    """What the line of that number begins with, `before` being the hash of the line before."""
    return b'{"n":%d,"prev":"%b",' % (number, before.encode())


def line_of(number: int, before: str, body: bytes) -> bytes:
    """An entry's JSON object as a line of the chain, without its line end."""
    return beginning(number, before) + body[1:]


def hasher_from(env: Mapping[str, str], name: str) -> Hasher:
    """By the key in that variable, or without one; CredentialError for a key that is easily guessed."""
    text = env.get(name, "")
    if text and len(text.encode()) < _SHORTEST_KEY:
        message = f"`{name}`: the key of the audit log has fewer than {_SHORTEST_KEY} bytes"
        raise CredentialError(message, hint="make one with `openssl rand -hex 32`")
    return Hasher(text.encode() or None)
