"""o200k tokens of the content of requests, without any frame: what many requests share is counted once."""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import json

from modelroute_cli.base.schema import Request
from modelroute_cli.features.shared_prefix import SharedPrefixes
from modelroute_cli.features.tokens import count_o200k

_prefixes = SharedPrefixes()


def content_tokens(requests: Sequence[Request]) -> list[int]:
    """Tokens of all turns of each request, and of its tools."""
    counts = _spoken_tokens(requests)
    if any(request.tools for request in requests):
        return [count + tools_tokens(request) for count, request in zip(counts, requests, strict=True)]
    return counts


def _spoken_tokens(requests: Sequence[Request]) -> list[int]:
    """Tokens of all turns."""
    if all(request.messages is None for request in requests):
        counts = _prefixes.count_many([request.prompt or "" for request in requests])
        return [
            count + _repeated_tokens(request.system) if request.system else count
            for count, request in zip(counts, requests, strict=True)
        ]
    return _of_turns(requests)


def _of_turns(requests: Sequence[Request]) -> list[int]:
    turns = [[turn.content for turn in request.turns()] for request in requests]
    firsts = [_repeated_tokens(each[0]) if len(each) > 1 else 0 for each in turns]
    rest = [each[1:] if len(each) > 1 else each for each in turns]
    counts = iter(count_o200k([text for texts in rest for text in texts]))
    return [first + sum(next(counts) for _ in texts) for first, texts in zip(firsts, rest, strict=True)]


@lru_cache(maxsize=1024)
def _repeated_tokens(text: str) -> int:
    """Tokens of a text that many requests share, as a system message."""
    return count_o200k([text])[0]


def schema_tokens(request: Request) -> int:
    """Tokens of a schema as it is sent, without blanks; 0 for none."""
    return _schema_tokens(json.encode(request.response_schema)) if request.response_schema else 0


def tools_tokens(request: Request) -> int:
    """Tokens of the tools as JSON without blanks: vendors write them in other ways that take about as many."""
    return _schema_tokens(json.encode(request.tools)) if request.tools else 0


@lru_cache(maxsize=1024)
def _schema_tokens(compact: bytes) -> int:
    return count_o200k([compact.decode()])[0]
