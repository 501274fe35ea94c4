"""A pilot asks in rounds, and after each it asks no more of a model of which enough is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.pilot.bounds import Span, span
from modelroute_cli.pilot.contenders import roof

ROUNDS = (10, 20)
"""Requests after which a template is looked at; the last round goes on to its size."""
EXTENDED_BY = 10
WRONG_STOPS = 0.05
LEAST_SAVED = 0.05
"""Judgement: of a template's bill, what a model must be able to save to be asked about."""


class Standing(StrEnum):
    """What is known of a model on a template."""

    OPEN = "open"
    WORSE = "worse"  # no plan could use it, as good as it may be
    AS_GOOD = "as good"  # it keeps the baseline's quality and no other open one is cheaper


@dataclass(frozen=True, slots=True)
class Seen:
    """A model on a template: what a request costs there, and its quality less the baseline's, in order of asking."""

    model: str
    cost_pusd: int
    differences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StopRule:
    """When enough is known: `slack` is how much mean quality a plan may give up (None: that is not limited).

    `wrong` is the most probability, in one template, of ever stopping a model that some plan could use.
    """

    slack: float | None = None
    wrong: float = WRONG_STOPS


def standings(seen: Sequence[Seen], baseline_pusd: int, rule: StopRule) -> dict[str, Standing]:
    """What is known of each model of a template, by bounds of its difference to the baseline that hold at every look.

    WORSE is a model whose best possible quality lies below what the others surely give for its price, as a mixture; or
    whose best possible quality allows so small a share of it, within `slack`, that it saves less than LEAST_SAVED.
    AS_GOOD is the cheapest of those left, where its worst possible quality is within `slack` of the baseline's.
    """
    alpha = rule.wrong / max(len(seen), 1)
    spans = {each.model: span(each.differences, alpha) for each in seen}
    found = {each.model: Standing.OPEN for each in seen}
    for each in seen:
        others = [(one.cost_pusd, spans[one.model].low) for one in seen if one.model != each.model]
        surely = roof([*others, (baseline_pusd, 0.0)], each.cost_pusd)
        if spans[each.model].high < surely or _saved(each, spans[each.model], baseline_pusd, rule) < LEAST_SAVED:
            found[each.model] = Standing.WORSE
    left = [each for each in seen if found[each.model] is Standing.OPEN]
    cheapest = min(left, key=lambda each: each.cost_pusd, default=None)
    if cheapest is not None and spans[cheapest.model].low >= -(rule.slack or 0.0):
        found[cheapest.model] = Standing.AS_GOOD
    return found


def _saved(each: Seen, known: Span, baseline_pusd: int, rule: StopRule) -> float:
    """The share of a template's bill that a mixture of a model and the baseline could save within the slack."""
    usable = 1.0
    if rule.slack is not None and known.high < 0:
        usable = min(1.0, rule.slack / -known.high)
    return usable * (1.0 - each.cost_pusd / max(baseline_pusd, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where a template's measurement stands; `each_pusd` is one more request on all open models and the baseline."""

    template: str
    asked: int  # requests that were asked of every open model
    size: int  # that it was given
    most: int  # requests drawn: up to there it may be extended
    is_open: bool  # whether any model is
    each_pusd: int
    gain_pusd: int


def next_round(templates: Sequence[Asked], left_pusd: PicoUSD) -> Mapping[str, int]:
    """How many requests of each template are to be asked by the next round; nothing when the pilot is over.

    `left_pusd` is what may still be spent, by expected costs. Templates below their size come first; what stopped
    models saved then extends the open ones, the most to gain first.
    """
    contested = [each for each in templates if each.is_open]
    due = {each.template: _until(each) for each in contested if each.asked < each.size}
    if due:
        return _affordable(contested, due, left_pusd)
    more = {each.template: min(each.asked + EXTENDED_BY, each.most) for each in contested if each.asked < each.most}
    return _affordable(contested, more, left_pusd)


def _until(each: Asked) -> int:
    """The end of the next round."""
    return next((end for end in ROUNDS if each.asked < end < each.size), each.size)


def _affordable(templates: Sequence[Asked], due: Mapping[str, int], left: int) -> dict[str, int]:
    """Of what is due, what the money left pays for."""
    kept = {}
    for each in sorted(templates, key=lambda one: (-one.gain_pusd, one.template)):
        if each.template not in due:
            continue
        cost = (due[each.template] - each.asked) * each.each_pusd
        if cost <= left:
            kept[each.template] = due[each.template]
            left -= cost
    return kept
