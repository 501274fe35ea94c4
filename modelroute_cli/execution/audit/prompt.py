"""The digest of what a request says: exact, and simple enough to be made again from a kept text.

A request of one user turn and no system message: the SHA-256 of its text as UTF-8. Any other: that of its turns, the
system message first, as a JSON array without blanks of `{"role":...,"content":...}`, nothing escaped that need not be.
Pictures, sound and PDFs are not in it (the plan file holds their digests), nor are tools and the schema of an answer.
"""

from hashlib import sha256

import msgspec

from modelroute_cli.base.schema import Message, Request

_encode = msgspec.json.Encoder().encode


def prompt_sha256(request: Request) -> str:
    """64 hex digits."""
    return sha256(prompt_bytes(request.turns())).hexdigest()


def prompt_bytes(turns: tuple[Message, ...]) -> bytes:
    """What is digested; half a surrogate pair, which UTF-8 cannot hold, counts as `?`."""
    if len(turns) == 1 and turns[0].role == "user":
        return turns[0].content.encode("utf-8", "replace")
    texts = [{"role": turn.role, "content": turn.content.encode("utf-8", "replace").decode()} for turn in turns]
    return _encode(texts)
