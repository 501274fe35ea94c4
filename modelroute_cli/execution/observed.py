"""What models bill against what was planned: learned from their answers, for what is still expected of them.

A reservation never comes from here: it stays the worst case that was planned, or above it (see budget.Margins).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.prices import Rate, RateCard
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.tickets import Assigned, Ticket

LEAST_ANSWERS = 20  # before that, one long answer would move all that is expected of a model
_MOST = 20  # one answer counts for at most so many times its plan: a provider's slip is no habit
_LEARNT_FROM = frozenset({AttemptKind.FIRST, AttemptKind.RETRY})  # the others are on other models or terms than planned
_COUNTED = ("input_tokens", "output_tokens", "cost_pusd")
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Load:
    """Sums over requests, planned or billed; `range_pusd` is the high end of the planned cost.

    `paced_tokens` is what providers count at admission: the input and the whole output limit.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cost_pusd: int = 0
    range_pusd: int = 0
    requests: int = 0
    paced_tokens: int = 0

    def plus(self, other: "Load", sign: int = 1) -> "Load":
        """With the other added, or with `sign` -1 taken away."""
        return Load(
            self.input_tokens + sign * other.input_tokens,
            self.output_tokens + sign * other.output_tokens,
            self.cost_pusd + sign * other.cost_pusd,
            self.range_pusd + sign * other.range_pusd,
            self.requests + sign * other.requests,
            self.paced_tokens + sign * other.paced_tokens,
        )

    def believed(self, planned: "Load") -> "Load":
        """A bill that counts for at most _MOST times its plan."""
        return Load(
            min(self.input_tokens, _MOST * planned.input_tokens),
            min(self.output_tokens, _MOST * planned.output_tokens),
            min(self.cost_pusd, _MOST * planned.cost_pusd),
        )


_NOTHING = Load()


def load_of(assigned: Assigned) -> Load:
    """One request as it was planned."""
    return Load(
        assigned.input_tokens,
        assigned.output_tokens,
        assigned.cost_pusd,
        assigned.cost_range_pusd,
        requests=1,
        paced_tokens=assigned.input_tokens + assigned.max_tokens,
    )


class Loads:
    """What was planned for requests that come and go, summed model by model; changed for every attempt, so in place."""

    def __init__(self, start: Mapping[str, Load] | None = None) -> None:
        self._sums = {model: [*_fields(load)] for model, load in (start or {}).items()}

    def add(self, model: str, assigned: Assigned, sign: int = 1) -> None:
        """One request more, or with `sign` -1 one less."""
        sums = self._sums.get(model)
        if sums is None:
            sums = self._sums[model] = [0, 0, 0, 0, 0, 0]
        sums[0] += sign * assigned.input_tokens
        sums[1] += sign * assigned.output_tokens
        sums[2] += sign * assigned.cost_pusd
        sums[3] += sign * assigned.cost_range_pusd
        sums[4] += sign
        sums[5] += sign * (assigned.input_tokens + assigned.max_tokens)

    def add_all(self, model: str, load: Load, sign: int = 1) -> None:
        """Many requests more, or with `sign` -1 less."""
        fields = [sign * number for number in _fields(load)]
        known = self._sums.get(model, [0] * len(fields))
        self._sums[model] = [before + more for before, more in zip(known, fields, strict=True)]

    def by_model(self) -> dict[str, Load]:
        """The sums as they stand."""
        return {model: Load(*sums) for model, sums in self._sums.items()}


def _fields(load: Load) -> tuple[int, ...]:
    return load.input_tokens, load.output_tokens, load.cost_pusd, load.range_pusd, load.requests, load.paced_tokens


def is_as_planned(ticket: Ticket) -> bool:
    """Whether an attempt is one that something was planned for: not on another model, nor with another limit."""
    return ticket.kind in _LEARNT_FROM and ticket.model == ticket.assigned.model


@dataclass(frozen=True, slots=True)
class Seen:
    """The answers of one model: how many, what was planned for them, and what was billed."""

    answers: int = 0
    planned: Load = _NOTHING
    billed: Load = _NOTHING

    @property
    def known(self) -> bool:
        """Whether there are enough answers to learn from."""
        return self.answers >= LEAST_ANSWERS

    def factor(self, load: Load, rate: Rate) -> Fraction:
        """What requests planned as `load` are expected to cost, as a multiple of their plan; 1 until it is known.

        The answered requests' billed cost over their planned cost (prompt caches included), corrected where the open
        ones are planned with another mix of input and output: both kinds of token have their own ratio.
        """
        if not self.known or self.planned.cost_pusd <= 0:
            return _ONE
        return Fraction(self.billed.cost_pusd, self.planned.cost_pusd) * self._mix(load, rate)

    def _mix(self, load: Load, rate: Rate) -> Fraction:
        """How much more than the answered ones the open ones cost of their plan, by tokens alone; 1 where unknown."""
        planned, billed = self.planned, self.billed
        # both sides are multiplied by planned input x planned output, to stay whole numbers
        scaled = Load(
            load.input_tokens * billed.input_tokens * planned.output_tokens,
            load.output_tokens * billed.output_tokens * planned.input_tokens,
        )
        above = _price(scaled, rate) * _price(planned, rate)
        below = _price(load, rate) * _price(billed, rate) * planned.input_tokens * planned.output_tokens
        return Fraction(above, below) if above > 0 and below > 0 else _ONE


_UNSEEN = Seen()


def _price(load: Load, rate: Rate) -> int:
    """The tokens at one rate."""
    return load.input_tokens * rate.input_pusd + load.output_tokens * rate.output_pusd


def pairs(attempts: pl.DataFrame, assignments: pl.DataFrame) -> pl.DataFrame:
    """The answers whose tokens were reported, from the model that was planned, beside the columns of their plan.

    Resends, fallbacks and escalations are left out: nothing was planned for them. Planned columns that an attempt has
    too carry `planned_` before their name.
    """
    kinds = [kind.value for kind in _LEARNT_FROM]
    told = pl.all_horizontal(pl.col(*_COUNTED).is_not_null())
    learnt = attempts.filter((pl.col("outcome") == "answered") & pl.col("kind").is_in(kinds) & told)
    shared = [name for name in assignments.columns if name in attempts.columns and name not in {"row", "model"}]
    planned = assignments.rename({name: f"planned_{name}" for name in shared})
    return learnt.join(planned, on=["row", "model"], how="inner", maintain_order="left")


def seen_in(attempts: pl.DataFrame, assignments: pl.LazyFrame) -> dict[str, Seen]:
    """What a journal's ATTEMPTS say of each model against the plan's ASSIGNMENTS."""
    sums = [
        *(pl.col(f"planned_{name}").sum() for name in _COUNTED),
        *(pl.min_horizontal(name, pl.col(f"planned_{name}") * _MOST).sum().alias(name) for name in _COUNTED),
    ]
    planned = assignments.select("row", "model", *_COUNTED).collect()
    found = pairs(attempts, planned).group_by("model").agg(pl.len().alias("answers"), *sums)
    return {row["model"]: _seen(row) for row in found.iter_rows(named=True)}


def _seen(row: Mapping[str, int]) -> Seen:
    """One model's sums."""
    planned, billed = ([row[f"{prefix}{name}"] for name in _COUNTED] for prefix in ("planned_", ""))
    return Seen(row["answers"], Load(*planned), Load(*billed))


def open_loads(attempts: pl.DataFrame, finals: pl.DataFrame, assignments: pl.DataFrame) -> dict[str, Load]:
    """What is planned, model by model, for the requests that neither ended nor were answered once."""
    gone = pl.concat([finals["row"], attempts.filter(pl.col("outcome") == "answered")["row"]]).unique()
    waiting = assignments.filter(pl.col("duplicate_of").is_null() & ~pl.col("row").is_in(gone.implode()))
    sums = waiting.group_by("model").agg(pl.col(*_COUNTED, "cost_range_pusd").sum())
    return {str(model): Load(*values) for model, *values in sums.iter_rows()}


@dataclass(slots=True)
class Learned:
    """What a run has learned of its models so far; the rates only weigh input against output."""

    rates: Mapping[str, Rate]
    seen: dict[str, Seen] = field(default_factory=dict)

    @classmethod
    def of(cls, cards: Mapping[str, RateCard], seen: Mapping[str, Seen] | None = None) -> "Learned":
        """With each card's rate of short requests, and what earlier sessions saw."""
        return cls({name: card.steps[0].rate for name, card in cards.items()}, dict(seen or {}))

    def observe(self, model: str, planned: Load, billed: Load) -> None:
        """One more answer of the model that was planned."""
        before = self.seen.get(model, _UNSEEN)
        self.seen[model] = Seen(
            before.answers + 1, before.planned.plus(planned), before.billed.plus(billed.believed(planned))
        )

    def expected(self, loads: Mapping[str, Load]) -> PicoUSD:
        """What requests that were planned as `loads`, model by model, are expected to cost."""
        return _sum(load.cost_pusd * self._factor(model, load) for model, load in loads.items())

    def need(self, loads: Mapping[str, Load]) -> PicoUSD:
        """The same at the high end of their range."""
        return _sum(load.range_pusd * self._factor(model, load) for model, load in loads.items())

    def hinted(self, model: str, load: Load) -> PicoUSD:
        """What requests planned as `load` cost if they cost of their plan what the answers so far did, however few."""
        seen = self.seen.get(model, _UNSEEN)
        if seen.planned.cost_pusd <= 0:
            return PicoUSD(load.cost_pusd)
        return PicoUSD(ceil(load.cost_pusd * Fraction(seen.billed.cost_pusd, seen.planned.cost_pusd)))

    @property
    def any_known(self) -> bool:
        """Whether any model gave enough answers to learn from."""
        return any(seen.known for seen in self.seen.values())

    def knows(self, model: str) -> bool:
        """Whether the model gave enough answers to learn from."""
        return self.seen.get(model, _UNSEEN).known

    def _factor(self, model: str, load: Load) -> Fraction:
        rate = self.rates.get(model)
        return _ONE if rate is None else self.seen.get(model, _UNSEEN).factor(load, rate)


def _sum(parts: Iterable[Fraction]) -> PicoUSD:
    """The sum, each part rounded up."""
    return PicoUSD(sum(ceil(part) for part in parts))
