"""A provider's automatic prompt cache: a prompt that begins like an earlier one reads that beginning at a discount."""

from collections import OrderedDict
from hashlib import blake2b
from typing import NamedTuple

LEAST_TOKENS = 1024
_STEP_TOKENS = 128
_BLOCK_CHARS = 512
_KEPT_S = 300.0  # five to ten minutes, developers.openai.com on prompt caching, 2026-11


class Prompt(NamedTuple):
    """What is read before an answer."""

    text: str
    tokens: int
    least_tokens: int = LEAST_TOKENS  # of a beginning that is kept


class _Seen(NamedTuple):
    """When a beginning is read to its end, and when it was last asked for."""

    known_at: float
    asked_at: float


class PromptCache:
    """The beginnings seen so far, the oldest forgotten first, and each five minutes after it was last asked for."""

    def __init__(self, most_blocks: int = 200_000, reading_s: float = 0.0) -> None:
        self._most_blocks = most_blocks
        self._reading_s = reading_s
        self._seen: OrderedDict[bytes, _Seen] = OrderedDict()

    def read(self, owner: str, prompt: Prompt, now: float = 0.0) -> int:
        """How many tokens of the prompt `owner` (a provider's model) knew at `now`; then it is about to know all.

        A beginning is known once it was read, which takes `reading_s`: requests that come together all pay for it.
        Counted in steps of 128 tokens from 1,024 on, by the share of characters that agree, as OpenAI does by tokens.
        """
        if prompt.tokens < prompt.least_tokens or not prompt.text:
            return 0
        blocks = _blocks(owner, prompt.text)
        known = next((place for place, block in enumerate(blocks) if not self._knows(block, now)), len(blocks))
        self._remember(blocks, now + self._reading_s, now)
        share = min(known * _BLOCK_CHARS / len(prompt.text), 1.0)
        cached = int(prompt.tokens * share) // _STEP_TOKENS * _STEP_TOKENS
        return cached if cached >= prompt.least_tokens else 0

    def _knows(self, block: bytes, now: float) -> bool:
        seen = self._seen.get(block)
        return seen is not None and seen.known_at <= now < seen.asked_at + _KEPT_S

    def _remember(self, blocks: list[bytes], known_at: float, now: float) -> None:
        """Keep the newest beginnings; one that is known or about to be is known no later."""
        for block in blocks:
            seen = self._seen.get(block)
            alive = seen is not None and now < seen.asked_at + _KEPT_S
            self._seen[block] = _Seen(min(seen.known_at, known_at) if seen and alive else known_at, now)
        while len(self._seen) > self._most_blocks:
            self._seen.popitem(last=False)


def _blocks(owner: str, prompt: str) -> list[bytes]:
    """A digest of every whole block together with all before it."""
    running, found = blake2b(owner.encode(), digest_size=12), []
    for start in range(0, len(prompt) - _BLOCK_CHARS + 1, _BLOCK_CHARS):
        running.update(prompt[start : start + _BLOCK_CHARS].encode("utf-8", "replace"))
        found.append(running.digest())
    return found
