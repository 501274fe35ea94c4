"""Runs that tokens a minute hold back, against a provider that counts the whole output limit at admission."""

import random
from dataclasses import dataclass

from support.fake_transport import Act, FakeProvider, answer
from support.limited_provider import LimitedProvider
from support.plans import INPUT_TOKENS, PlanParts, Row, plan_of
from support.runs import Job, Setup, run, scratch

from modelroute_cli.catalog.cards import Limits
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.work import RunOutcome
from modelroute_cli.providers.base import Answer, Call

TPM = 600_000
MEAN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenBound:
    """So many answers of log-normal length with a mean of 50 tokens, each with room for `max_tokens`."""

    requests: int = 1500
    spread: float = 0.3
    max_tokens: int = 4 * MEAN
    fit: bool = True

    @property
    def true_bound_s(self) -> float:
        """What no schedule can beat, if the provider counted what is used."""
        return self.requests * (INPUT_TOKENS + MEAN) / TPM * 60


@dataclass(frozen=True, slots=True)
class Timed:
    """How such a run went; virtual seconds from the first call to the last."""

    outcome: RunOutcome
    lasted_s: float
    refused: int
    sent: list[Call]


def run_bound(case: TokenBound) -> Timed:
    """One run, the same for the same case."""
    limited = LimitedProvider(rpm=10**6, tpm=TPM, mean_latency_s=0.5)
    provider = FakeProvider(_Answering(limited, _lengths(case)).script)
    rows = [Row(max_tokens=case.max_tokens)] * case.requests
    setup = Setup(settings=RunSettings(concurrency=500, fit_output_limits=case.fit))
    with scratch() as folder:
        job = Job.of(rows, folder, plan_of(rows, PlanParts(limits={"cheap": Limits(tpm=TPM)})))
        outcome = run(job, provider, setup)
    return Timed(outcome, provider.times[-1] - provider.times[0], limited.refused, provider.sent)


def _lengths(case: TokenBound) -> list[int]:
    dice, shift = random.Random(3), -case.spread * case.spread / 2  # noqa: S311 - lengths
    return [max(1, round(MEAN * dice.lognormvariate(shift, case.spread))) for _ in range(case.requests)]


@dataclass(frozen=True, slots=True)
class _Answering:
    """A limited provider whose answers have lengths of their own."""

    limited: LimitedProvider
    lengths: list[int]

    def script(self, call: Call, nth: int) -> Act:
        """Admit or refuse; what is admitted takes its length, within its limit."""
        act = self.limited.script(call, nth)
        if not isinstance(act.reply, Answer):
            return act
        length = self.lengths[int(call.request.custom_id[1:])]
        finish = "length" if length > call.max_tokens else "stop"
        return Act(answer(output_tokens=min(length, call.max_tokens), finish_reason=finish), act.after_s)
