"""What rules ask beyond a list of models, added up, and whether a model's terms meet it.

Terms that nobody states never meet a restriction: unknown is not yes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from modelroute_cli.base.schema import DataClass, GateRules, ServiceTier
from modelroute_cli.catalog.cards import Catalog, ModelCard
from modelroute_cli.catalog.settings import Match, Restrictions, Rule, Settings
from modelroute_cli.catalog.variants import base_name

_NONE = Restrictions()
DATA_POLICY = "data_policy"

Number = TypeVar("Number", int, float)
Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTerms:
    """What becomes of the texts that a model is sent, by its card, else by its provider."""

    regions: frozenset[str]  # empty: unknown
    retention_days: int | None
    keeps_nothing: bool
    trains: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """The restrictions of several rules as one: the strictest of each."""

    forbidden: frozenset[str] = frozenset()  # model names
    min_quality: float | None = None
    service_tiers: frozenset[ServiceTier] | None = None  # None: any
    regions: frozenset[str] | None = None  # None: anywhere
    keeps_nothing: bool = False
    max_retention_days: int | None = None
    no_training: bool = False
    gates: GateRules | None = None
    effort: str | None = None


def every_rule(settings: Settings) -> tuple[Rule, ...]:
    """The rules of the settings in order, then those that `data_policy` stands for."""
    policy = settings.data_policy
    by_class = {each: getattr(policy, each.value) for each in DataClass}
    return (*settings.rules, *(_class_rule(name, asked) for name, asked in by_class.items() if asked != _NONE))


def _class_rule(data_class: DataClass, asked: Restrictions) -> Rule:
    """The restrictions of a data class as a rule."""
    named = {name: getattr(asked, name) for name in Restrictions.__struct_fields__}
    return Rule(name=f"{DATA_POLICY}.{data_class}", match=Match(data_class=(data_class,)), **named)


def restricts(rule: Rule) -> bool:
    """Whether a rule asks for anything besides its `allow`."""
    return any(getattr(rule, name) != getattr(_NONE, name) for name in Restrictions.__struct_fields__)


def data_terms(card: ModelCard, catalog: Catalog) -> DataTerms:
    """The terms that hold for one model; what its card says wins over its provider's."""
    provider = catalog.providers[card.provider]
    days = provider.retention_days if card.retention_days is None else card.retention_days
    zero = card.zero_retention or provider.zero_retention
    return DataTerms(
        regions=frozenset(card.regions or provider.regions),
        retention_days=days,
        keeps_nothing=zero == "always",
        trains=provider.trains_on_data if card.trains_on_data is None else card.trains_on_data,
    )


def added_up(rules: Iterable[Rule], models_of: Mapping[str, frozenset[str]]) -> Effects:
    """The restrictions of `rules`, in their order; `models_of` says which models each rule forbids, by its name."""
    effects = Effects()
    for rule in rules:
        effects = _both(effects, rule, models_of.get(rule.name, frozenset()))
    return effects


def _both(held: Effects, rule: Rule, forbidden: frozenset[str]) -> Effects:
    """What `held` and one more rule ask together."""
    return Effects(
        forbidden=held.forbidden | forbidden,
        min_quality=_most(held.min_quality, rule.min_quality),
        service_tiers=_common(held.service_tiers, rule.service_tiers),
        regions=_common(held.regions, rule.regions),
        keeps_nothing=held.keeps_nothing or rule.zero_data_retention,
        max_retention_days=_least(held.max_retention_days, rule.max_retention_days),
        no_training=held.no_training or rule.no_training,
        gates=stricter(held.gates, rule.gates),
        effort=held.effort or rule.effort,
    )


def _most(held: Number | None, more: Number | None) -> Number | None:
    """The larger of two, where both are given."""
    given = [each for each in (held, more) if each is not None]
    return max(given, default=None)


def _least(held: Number | None, more: Number | None) -> Number | None:
    """The smaller of two, where both are given."""
    given = [each for each in (held, more) if each is not None]
    return min(given, default=None)


def _common(held: frozenset[Word] | None, more: tuple[Word, ...]) -> frozenset[Word] | None:
    """What both allow; None and nothing named allow all."""
    if not more:
        return held
    return frozenset(more) if held is None else held & frozenset(more)


def stricter(held: GateRules | None, more: GateRules | None) -> GateRules | None:
    """The gates of both; of two limits the narrower one."""
    if held is None or more is None:
        return more if held is None else held
    return GateRules(
        min_words=_most(held.min_words, more.min_words),
        max_words=_least(held.max_words, more.max_words),
        min_chars=_most(held.min_chars, more.min_chars),
        max_chars=_least(held.max_chars, more.max_chars),
        must_contain=tuple(dict.fromkeys((*held.must_contain, *more.must_contain))),
        must_not_contain=tuple(dict.fromkeys((*held.must_not_contain, *more.must_not_contain))),
        language=_named_language(held.language, more.language),
        labels=held.labels or more.labels,
        pattern=held.pattern or more.pattern,
        must_mention=tuple(dict.fromkeys((*held.must_mention, *more.must_mention))),
        placeholders=_both_allow(held.placeholders, more.placeholders),
        near_duplicates=_least(held.near_duplicates, more.near_duplicates),
        expected=held.expected or more.expected,
        judge=held.judge or more.judge,
        command=held.command or more.command,
    )


def _named_language(held: str | None, more: str | None) -> str | None:
    """The language that either wants, the first of two; `any` only where the other says nothing."""
    wanted = (each for each in (held, more) if each not in {None, "any"})
    return next(wanted, held or more)


def _both_allow(held: bool | None, more: bool | None) -> bool | None:  # noqa: FBT001 - values of settings
    """Whether both allow something: False where either does not, None where neither says."""
    given = [each for each in (held, more) if each is not None]
    return all(given) if given else None


def refusal(name: str, catalog: Catalog, effects: Effects) -> str | None:
    """Why a model may not be used under `effects`, in words; None when it may. Quality and tiers are not looked at."""
    if name in effects.forbidden or base_name(name) in effects.forbidden:
        return "it is forbidden"
    return _data_refusal(data_terms(catalog.models[name], catalog), effects)


def _data_refusal(terms: DataTerms, effects: Effects) -> str | None:
    """The first demand on data that the terms do not meet."""
    if effects.regions is not None and not (terms.regions and terms.regions <= effects.regions):
        where = _listed(terms.regions) if terms.regions else "an unknown region"
        return f"it is processed in {where}, not in {_listed(effects.regions) or 'any region that is left'}"
    if effects.keeps_nothing and not terms.keeps_nothing:
        return "its provider is not known to keep nothing"
    if effects.max_retention_days is not None and not terms.keeps_nothing:
        kept = "an unknown time" if terms.retention_days is None else f"{terms.retention_days} days"
        if terms.retention_days is None or terms.retention_days > effects.max_retention_days:
            return f"its provider keeps texts for {kept}, not at most {effects.max_retention_days} days"
    if effects.no_training and terms.trains is not False:
        return "its provider is not known to train on no texts"
    return None


def _listed(words: Iterable[str]) -> str:
    """Words as a sentence shows them."""
    return ", ".join(f"`{word}`" for word in sorted(words))
