"""A provider's automatic prompt cache: a prompt that begins like an earlier one reads that beginning at a discount."""

from collections import OrderedDict
from hashlib import blake2b

LEAST_TOKENS = 1024
_STEP_TOKENS = 128
_BLOCK_CHARS = 512


class PromptCache:
    """The beginnings seen so far, the oldest forgotten first."""

    def __init__(self, most_blocks: int = 200_000) -> None:
        self._most_blocks = most_blocks
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def read(self, owner: str, prompt: str, tokens: int) -> int:
        """How many of the prompt's `tokens` were seen before by `owner` (a provider's model); the prompt is then known.

        Counted in steps of 128 tokens from 1,024 on, by the share of characters that agree, as OpenAI does by tokens.
        """
        if tokens < LEAST_TOKENS or not prompt:
            return 0
        blocks = _blocks(owner, prompt)
        known = next((place for place, block in enumerate(blocks) if block not in self._seen), len(blocks))
        self._remember(blocks)
        cached = int(tokens * min(known * _BLOCK_CHARS / len(prompt), 1.0)) // _STEP_TOKENS * _STEP_TOKENS
        return cached if cached >= LEAST_TOKENS else 0

    def _remember(self, blocks: list[bytes]) -> None:
        """Keep the newest beginnings."""
        self._seen.update(dict.fromkeys(blocks))
        while len(self._seen) > self._most_blocks:
            self._seen.popitem(last=False)


def _blocks(owner: str, prompt: str) -> list[bytes]:
    """A digest of every whole block together with all before it."""
    running, found = blake2b(owner.encode(), digest_size=12), []
    for start in range(0, len(prompt) - _BLOCK_CHARS + 1, _BLOCK_CHARS):
        running.update(prompt[start : start + _BLOCK_CHARS].encode("utf-8", "replace"))
        found.append(running.digest())
    return found
