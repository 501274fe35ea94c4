"""Runs near their cap: answers of drawn lengths, a budget that is the price of so many of them, and what came of it."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from support.fake_transport import Act, FakeProvider, answer
from support.plans import CHEAP, INPUT_TOKENS, PRICES, Row
from support.runs import Job, Setup, run, scratch

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.work import RunOutcome, RunStatus
from modelroute_cli.providers.base import Call

AFFORDED = 250
ROWS = 400
IN_FLIGHT = 200
LATENCY_S = 2.0

Draw = Callable[[random.Random, int, int], int]
"""The output tokens of one answer, by its number and its limit."""


def _long_tailed(dice: random.Random, nth: int, limit: int) -> int:
    del nth
    return min(limit, max(1, round(dice.lognormvariate(3.6, 0.7))))


def _all_or_nothing(dice: random.Random, nth: int, limit: int) -> int:
    del nth
    return limit if dice.random() < 0.25 else 1


def _longer_later(dice: random.Random, nth: int, limit: int) -> int:
    return min(limit, dice.randint(5, 20) if nth < ROWS // 2 else dice.randint(limit // 2, limit))


def _always_full(dice: random.Random, nth: int, limit: int) -> int:
    del dice, nth
    return limit


def _even(dice: random.Random, nth: int, limit: int) -> int:
    del nth
    return dice.randint(1, limit)


DRAWS: tuple[Draw, ...] = (_long_tailed, _all_or_nothing, _longer_later, _always_full, _even)


@dataclass(frozen=True, slots=True)
class NearCap:
    """How one run near its cap went."""

    draw: str
    cap_pusd: PicoUSD
    outcome: RunOutcome
    billed_pusd: int
    most_in_flight: int
    lasted_s: float

    @property
    def used(self) -> float:
        """The share of the budget that was spent."""
        return self.billed_pusd / self.cap_pusd

    @property
    def has_held(self) -> bool:
        """Whether the cap held, in the provider's own books too."""
        return self.billed_pusd == self.outcome.spent_pusd <= self.cap_pusd

    @property
    def has_ended_at_cap(self) -> bool:
        """Whether it was the cap that ended it."""
        return self.outcome.status is RunStatus.CAP_REACHED


def near_cap(seed: int) -> NearCap:
    """One run of 400 requests, 200 in flight, 2 s an answer, with money for about 250 of them."""
    dice = random.Random(seed)  # noqa: S311 - lengths
    draw, limit = DRAWS[seed % len(DRAWS)], dice.randint(60, 300)
    lengths = [draw(dice, nth, limit) for nth in range(ROWS)]
    input_pusd, output_pusd = PRICES[CHEAP]
    cap = PicoUSD(AFFORDED * (INPUT_TOKENS * input_pusd + output_pusd * sum(lengths) // ROWS))
    provider = FakeProvider(_script(lengths, dice))
    rows = [Row(max_tokens=limit, output_tokens=max(1, limit // 4))] * ROWS
    with scratch() as folder:
        job = Job.of(rows, folder)
        outcome = run(job, provider, Setup(cap=cap, settings=RunSettings(concurrency=IN_FLIGHT), seed=seed))
    lasted_s = provider.times[-1] + LATENCY_S
    return NearCap(draw.__name__.strip("_"), cap, outcome, provider.billed_pusd, provider.most_in_flight, lasted_s)


def _script(lengths: list[int], dice: random.Random) -> Callable[[Call, int], Act]:
    def script(call: Call, nth: int) -> Act:
        del nth
        length = lengths[int(call.request.custom_id[1:])]
        cut = length > call.max_tokens
        reply = answer(output_tokens=min(length, call.max_tokens), finish_reason="length" if cut else "stop")
        return Act(reply, after_s=LATENCY_S * dice.uniform(0.5, 1.5))

    return script
