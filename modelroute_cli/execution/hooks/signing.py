"""Signatures as Standard Webhooks 1.0.0 has them, so that a receiver checks them with a library it finds ready.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, read 2026-11-24: HMAC-SHA256
over `{id}.{timestamp}.{body}`; a secret of 24 to 64 bytes in base64, `whsec_` before it or not.
"""

import base64
import binascii
import hashlib
import hmac

from modelroute_cli.base.errors import CredentialError

_PREFIX = "whsec_"
_SIZES = range(24, 65)  # bytes
_HINT = "make one with `openssl rand -base64 32`, and give the receiver the same"


def secret_bytes(text: str, setting: str) -> bytes:
    """The secret itself; CredentialError names the `setting` of one that is no such secret, without showing it."""
    try:
        secret = base64.b64decode(text.strip().removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        message = f"{setting}: the secret is not base64"
        raise CredentialError(message, hint=_HINT) from None
    if len(secret) not in _SIZES:
        message = f"{setting}: the secret has {len(secret)} bytes; it needs 24 to 64"
        raise CredentialError(message, hint=_HINT)
    return secret


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 HMAC of a body that is sent at `timestamp` (seconds since 1970) under this id."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return f"v1,{base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()}"
