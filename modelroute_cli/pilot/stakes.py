"""How large a pilot is: for each template what there is to gain from knowing, against what finding out costs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.contenders import Contender

LEAST_REQUESTS = 20
"""Fewer can mislead more than they tell (measured on recorded outcomes of seven public sets)."""
MOST_REQUESTS = 50
"""The knee of what more requests add on the same sets."""
USED_SHARE = Fraction(4, 5)
"""Judgement: of the ceiling, what the expected cost may take; answers turn out longer than expected."""
_STEPS = 10


class Reason(StrEnum):
    """Why a template is measured or not."""

    MEASURED = "measured"
    TOO_SMALL = "too small to measure"
    NO_GAIN = "too little to gain"
    OVER_CEILING = "over the ceiling"
    NO_CONTENDER = "no cheaper model to measure"
    NO_BASELINE = "the baseline may not be asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """A template as money: `requests` that could be drawn, the `baseline` on them and its `contenders`."""

    template: str
    requests: int
    baseline: Contender | None  # None: it cannot do them, or may not be asked
    contenders: tuple[Contender, ...]  # the cheapest first

    @property
    def bill_pusd(self) -> PicoUSD:
        """What the baseline is expected to cost for all of its requests."""
        return PicoUSD(0 if self.baseline is None else self.baseline.cost_pusd * self.requests)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a pilot may take: the money, and requests of a template; `keep` is the share of the baseline's quality."""

    ceiling_pusd: PicoUSD
    per_template: int = MOST_REQUESTS
    keep: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of a template is measured: no requests where it is not, and why."""

    template: str
    requests: int
    models: tuple[str, ...]  # the baseline first
    reason: Reason
    cost_pusd: PicoUSD  # expected
    gain_pusd: PicoUSD  # what knowing can save on the requests that are not measured

    @property
    def calls(self) -> int:
        """Requests that are sent, one for each model."""
        return self.requests * len(self.models)


def sizes(stakes: Sequence[Stake], terms: Terms) -> tuple[Size, ...]:
    """What is measured of each template, the most to gain first; together within the ceiling, by expected costs.

    A template is measured with as many requests as the rest of the ceiling pays for, by tens from `terms.per_template`
    down to LEAST_REQUESTS; where even these are too dear, on fewer models, without the dearest. Measuring must cost
    less than what the cheapest credible model saves on the requests that are left.
    """
    left = int(terms.ceiling_pusd * USED_SHARE)
    found = []
    for stake in sorted(stakes, key=lambda each: (-_gain(each, 0, terms), each.template)):
        size = _sized(stake, terms, left)
        left -= size.cost_pusd
        found.append(size)
    return tuple(found)


def _sized(stake: Stake, terms: Terms, left: int) -> Size:
    """The largest measurement of a template that the money `left` pays for and that is worth it."""
    reason = _unmeasurable(stake, terms)
    if reason is not None:
        return _none(stake, reason, terms)
    tried = list(_tries(stake, terms))
    worth = [size for size in tried if size.cost_pusd < size.gain_pusd]
    if not worth:
        return _none(stake, Reason.NO_GAIN, terms)
    paid = next((size for size in worth if size.cost_pusd <= left), None)
    return _none(stake, Reason.OVER_CEILING, terms) if paid is None else paid


def _unmeasurable(stake: Stake, terms: Terms) -> Reason | None:
    """Why nothing can be learned of a template whatever it costs."""
    if stake.baseline is None:
        return Reason.NO_BASELINE
    if not stake.contenders:
        return Reason.NO_CONTENDER
    return Reason.TOO_SMALL if min(stake.requests, terms.per_template) < LEAST_REQUESTS else None


def _tries(stake: Stake, terms: Terms) -> Iterator[Size]:
    """Measurements to choose from, the better ones first: all models on fewer requests, before fewer models."""
    most = min(terms.per_template, stake.requests)
    counts = sorted({most, *range(LEAST_REQUESTS, most, _STEPS)}, reverse=True)
    for models in range(len(stake.contenders), 0, -1):
        yield from (_measured(replace(stake, contenders=stake.contenders[:models]), count, terms) for count in counts)


def _measured(stake: Stake, count: int, terms: Terms) -> Size:
    """`count` requests on the baseline and all contenders of a stake that has both."""
    asked = [each for each in (stake.baseline, *stake.contenders) if each is not None]
    return Size(
        template=stake.template,
        requests=count,
        models=tuple(each.model for each in asked),
        reason=Reason.MEASURED,
        cost_pusd=PicoUSD(count * sum(each.cost_pusd for each in asked)),
        gain_pusd=_gain(stake, count, terms),
    )


def _none(stake: Stake, reason: Reason, terms: Terms) -> Size:
    """Nothing is measured."""
    gain = _gain(stake, 0, terms)
    return Size(template=stake.template, requests=0, models=(), reason=reason, cost_pusd=PicoUSD(0), gain_pusd=gain)


def _gain(stake: Stake, measured: int, terms: Terms) -> PicoUSD:
    """The baseline's bill less the cheapest credible model's, on the requests that are not measured.

    Credible is a model whose best believed quality keeps `terms.keep` of the baseline's believed mean.
    """
    if stake.baseline is None:
        return PicoUSD(0)
    least = terms.keep * stake.baseline.quality
    credible = [each.cost_pusd for each in stake.contenders if each.best >= least]
    saved = stake.baseline.cost_pusd - min(credible, default=stake.baseline.cost_pusd)
    return PicoUSD(max(saved, 0) * max(stake.requests - measured, 0))
