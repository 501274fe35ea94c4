"""A provider with real rate limits: buckets that refill steadily, 429 with Retry-After, in virtual time."""

import asyncio
import random
from dataclasses import dataclass, field

from support.fake_transport import Act, answer, failure
from support.plans import INPUT_TOKENS

from modelroute_cli.providers.base import Call, FailureKind


@dataclass
class LimitedProvider:
    """A script for FakeProvider that enforces `rpm` and `tpm`, counting input and output limit at admission."""

    rpm: int
    tpm: int = 10**12
    retry_after: bool = True
    mean_latency_s: float = 1.0
    refused: int = 0
    _at: float = 0.0
    _requests: float = field(init=False)
    _tokens: float = field(init=False)
    _random: random.Random = field(default_factory=lambda: random.Random(5))  # noqa: S311 - latencies

    def __post_init__(self) -> None:
        self._requests = self.rpm / 60  # a second's burst
        self._tokens = self.tpm / 60

    def script(self, call: Call, nth: int) -> Act:
        """Admit or refuse, as the buckets stand."""
        del nth
        self._refill()
        tokens = INPUT_TOKENS + call.max_tokens
        if self._requests < 1 or self._tokens < tokens:
            self.refused += 1
            wait_s = max((1 - self._requests) / self.rpm, (tokens - self._tokens) / self.tpm, 0.0) * 60
            after = wait_s if self.retry_after else None
            return Act(failure(FailureKind.RATE_LIMITED, 429, retry_after_s=after), after_s=0.05)
        self._requests -= 1
        self._tokens -= tokens
        return Act(answer(), after_s=self.mean_latency_s * self._random.lognormvariate(-0.125, 0.5))

    def _refill(self) -> None:
        now = asyncio.get_running_loop().time()
        passed, self._at = now - self._at, now
        self._requests = min(self._requests + passed * self.rpm / 60, self.rpm / 60)
        self._tokens = min(self._tokens + passed * self.tpm / 60, self.tpm / 60)
