"""A provider in virtual time with a prompt cache.

A beginning is known some time after its first request came, and forgotten after five minutes without another.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec import structs
from support.fake_transport import NO_SIGNAL, Act
from support.plans import CHEAP, PRICES, Row, plan_of

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Usage
from modelroute_cli.planning.plan import Plan
from modelroute_cli.providers.base import Answer, Call

READING_S, ANSWER_S, KEPT_S = 0.5, 2.0, 300.0
PREFIX_TOKENS = 90  # of the 100 of each request


def as_told(call: Call) -> int | None:
    """The beginning of a call, as the run knows it."""
    return call.prefix


@dataclass
class CachedProvider:
    """A script: what each call read from the cache; `hits` and `misses` of calls with a beginning."""

    answer_s: float = ANSWER_S
    begins: Callable[[Call], int | None] = as_told
    hits: int = 0
    misses: int = 0
    _known_at: dict[tuple[str, int], float] = field(default_factory=dict)
    _asked_at: dict[tuple[str, int], float] = field(default_factory=dict)

    def __call__(self, call: Call, nth: int) -> Act:
        """An answer that says how much was cached."""
        del nth
        read = self._read(call)
        usage = Usage(input_tokens=100, output_tokens=50, cache_read_tokens=read)
        return Act(
            Answer(
                text="fine",
                finish_reason="stop",
                refusal=None,
                usage=usage,
                model_served=None,
                reported_cost_pusd=None,
                emulated=True,
                rate=NO_SIGNAL,
            ),
            self.answer_s,
        )

    def _read(self, call: Call) -> int:
        begins = self.begins(call)
        if begins is None:
            return 0
        now, key = asyncio.get_running_loop().time(), (call.card.name, begins)
        if now > self._asked_at.get(key, now) + KEPT_S:
            del self._known_at[key]
        self._asked_at[key] = now
        hit = self._known_at.setdefault(key, now + READING_S) <= now
        self.hits += hit
        self.misses += not hit
        return PREFIX_TOKENS if hit else 0


def cached_plan(rows: list[Row], *, discount: bool = True) -> Plan:
    """A plan whose models read their cache for nothing; without `discount` for the price of other input."""
    plan = plan_of(rows)
    cards = dict(plan.header.rate_cards)
    for name, card in cards.items():
        price = PicoUSD(0 if discount else PRICES[name][0])
        steps = tuple(
            structs.replace(step, rate=structs.replace(step.rate, cache_read_pusd=price)) for step in card.steps
        )
        cards[name] = structs.replace(card, steps=steps)
    return Plan(structs.replace(plan.header, rate_cards=cards), plan.assignments)


def rows_of(prefixes: int, each: int, model: str = CHEAP) -> list[Row]:
    """So many requests of each of so many beginnings, taking turns."""
    return [Row(model=model, prefix=at % prefixes) for at in range(prefixes * each)]
