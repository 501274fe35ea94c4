"""Which models each request may use: its rules, its own pin, --models and --exclude."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from modelroute_cli.base.errors import JobFileError, SettingsError
from modelroute_cli.base.schema import HANDED_IN, GateRules, ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.endpoints import is_own
from modelroute_cli.catalog.library import expand
from modelroute_cli.catalog.restrictions import Effects, added_up, every_rule, refusal
from modelroute_cli.catalog.settings import Rule, Settings
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.planning.matching import holds
from modelroute_cli.planning.rules import (
    PINNED,
    Held,
    is_about_data,
    is_pinned,
    refuse_reserved,
    rules_named,
    with_rule,
)

__all__ = [
    "PINNED",
    "Policy",
    "Scope",
    "Shut",
    "allowed_models",
    "allows",
    "holds",
    "make_policy",
    "named_models",
    "refuse_unruled",
    "rule_problem",
    "with_rule",
]

_ESCALATION = "escalation"
_KEPT_DAYS = 30  # what is handed in, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the command line leaves: only these models (None: all), without those; names or aliases."""

    only: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shut:
    """A model that a rule's `allow` (or a row) names and its restrictions shut out, and why."""

    model: str
    why: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Model names by the `rule` of requests and by what rows pin, in the order of preference among equals.

    A `rule` may be several rules: see planning.rules.
    """

    allowed: Mapping[str, tuple[str, ...]]  # rule -> models
    pins: Mapping[str, tuple[str, ...]]  # what a row names -> models
    escalations: Mapping[str, tuple[str, ...]]  # rule -> models a failed gate may go to, in order of trying
    bound: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # rule of pinned requests -> what it leaves
    effects: Mapping[str, Effects] = field(default_factory=dict)  # rule -> what its rules ask besides
    shut: Mapping[str, tuple[Shut, ...]] = field(default_factory=dict)  # rule -> models that they shut out
    kept_to: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # rule decided by whose data it is -> its models

    def models(self) -> tuple[str, ...]:
        """Every model that some request may use."""
        named = [name for models in (*self.allowed.values(), *self.pins.values()) for name in models]
        return tuple(dict.fromkeys(named))

    def tiers(self) -> dict[str, frozenset[ServiceTier]]:
        """The service tiers of those rules that name any, by `rule`."""
        named = {rule: asked.service_tiers for rule, asked in self.effects.items()}
        return {rule: frozenset(tiers) for rule, tiers in named.items() if tiers is not None}

    def floors(self) -> dict[str, float]:
        """The least believed quality that rules ask of a model, by `rule`."""
        asked = {rule: each.min_quality for rule, each in self.effects.items()}
        return {rule: least for rule, least in asked.items() if least is not None}

    def gates(self) -> dict[str, GateRules]:
        """The gates that rules add to those of their requests, by `rule`."""
        return {rule: asked.gates for rule, asked in self.effects.items() if asked.gates is not None}


def make_policy(requests: pl.DataFrame, catalog: Catalog, settings: Settings, scope: Scope) -> Policy:
    """The rules as model names; SettingsError for a name nobody knows, JobFileError for one that a row pins.

    Every rule with `allow` is in it by itself, and every `rule` that `requests` come under.
    """
    rules = every_rule(settings)
    refuse_reserved(rules)
    left = _Left(catalog, scope)
    pins = _pins(requests, left)
    keys = _keys(requests, rules)
    held = {key: rules_named(key, rules) for key in keys}
    asked = {key: _effects(each, catalog) for key, each in held.items()}
    named = {key: left.of((*_allow(each), *left.own)) for key, each in held.items() if not each.pinned}
    pinned = tuple(dict.fromkeys(name for models in pins.values() for name in models))
    return Policy(
        allowed={key: _kept(models, catalog, asked[key]) for key, models in named.items()},
        pins=pins,
        escalations={
            **{key: _kept(left.of(_escalation(held[key], catalog)), catalog, asked[key]) for key in named},
            **dict.fromkeys([PINNED, *(key for key in keys if held[key].pinned)], ()),
        },
        bound={key: _kept(pinned, catalog, asked[key]) for key in keys if held[key].pinned},
        effects=asked,
        shut={
            key: tuple(_shut(pinned if each.pinned else named[key], catalog, asked[key])) for key, each in held.items()
        },
        kept_to={
            key: frozenset(expand(catalog, (*(each.keeper.allow or ()), *each.keeper.escalate)))
            for key, each in held.items()
            if each.keeper is not None
        },
    )


def _keys(requests: pl.DataFrame, rules: Sequence[Rule]) -> tuple[str, ...]:
    """The rules with `allow`, and what requests come under, in order."""
    alone = [rule.name for rule in rules if rule.allow is not None]
    met = requests["rule"].drop_nulls().unique().sort().to_list() if "rule" in requests.columns else []
    return tuple(dict.fromkeys((*alone, *met)))


def _allow(held: Held) -> tuple[str, ...]:
    """What the deciding rule allows."""
    return () if held.decider is None or held.decider.allow is None else held.decider.allow


def _effects(held: Held, catalog: Catalog) -> Effects:
    """What the rules ask together; a request that names its model gets that one at its own effort."""
    forbidden = {rule.name: frozenset(expand(catalog, rule.forbid)) for rule in held.restricting}
    asked = added_up(held.restricting, forbidden)
    return replace(asked, effort=None) if held.pinned else asked


def _kept(models: Sequence[str], catalog: Catalog, asked: Effects) -> tuple[str, ...]:
    """The models that restrictions leave, at the effort that is asked for."""
    kept = [name for name in models if refusal(name, catalog, asked) is None]
    return tuple(dict.fromkeys(_at_effort(name, catalog, asked.effort) for name in kept))


def _at_effort(name: str, catalog: Catalog, effort: str | None) -> str:
    """The model's variant of that effort, where it has one that is not its own already."""
    card = catalog.models[name]
    variant = f"{name}@{effort}"
    takes = effort is not None and effort in card.efforts and effort != card.effort and "@" not in name
    return variant if takes and variant in catalog.models else name


def _shut(models: Sequence[str], catalog: Catalog, asked: Effects) -> list[Shut]:
    """The models that restrictions shut out."""
    reasons = {name: refusal(name, catalog, asked) for name in models}
    return [Shut(name, why) for name, why in reasons.items() if why is not None]


class _Left:
    """Expands names and keeps what the scope leaves."""

    def __init__(self, catalog: Catalog, scope: Scope) -> None:
        self._catalog = catalog
        self._named = scope.only or ()
        self._only = None if scope.only is None else set(expand(catalog, scope.only))
        self._without = set(expand(catalog, scope.without))

    @property
    def own(self) -> tuple[str, ...]:
        """Models that a run starts on this machine and that --models names outright: every rule allows them.

        They cost nothing and send nothing anywhere; what rules ask besides (`forbid`, tiers) still holds.
        """
        return tuple(name for name in self._named if name in self._catalog.models and is_own(self._catalog, name))

    def of(self, names: Sequence[str]) -> tuple[str, ...]:
        """The models of `names` that are left."""
        models = expand(self._catalog, names)
        return tuple(model for model in models if model not in self._without and self._has(model))

    def _has(self, model: str) -> bool:
        """Whether --models names it, or nothing."""
        return self._only is None or model in self._only


def _escalation(held: Held, catalog: Catalog) -> tuple[str, ...]:
    """Where a failed gate may go; a rule about data never leaves the models it allows unless it says so itself."""
    rule = held.decider
    if rule is None or rule.allow is None:
        return ()
    if rule.escalate:
        return rule.escalate
    if is_about_data(rule) or _ESCALATION not in catalog.aliases:
        return rule.allow
    return (_ESCALATION,)


def _pins(requests: pl.DataFrame, left: _Left) -> dict[str, tuple[str, ...]]:
    """What rows name, with the line in the error when nobody knows it."""
    pins = {}
    named = requests.filter(pl.col("model").is_not_null()).unique("model", keep="first", maintain_order=True)
    for name, line, custom_id in named.select("model", "line", "custom_id").iter_rows():
        try:
            pins[name] = left.of((name,))
        except SettingsError as error:
            message = f"line {line} (`{custom_id}`), field `model`: {error.message}"
            free = "`--ignore-models` lets the plan choose"
            raise JobFileError(message, hint=f"{error.hint} {free}" if error.hint else free) from error
    return pins


def refuse_unruled(requests: pl.LazyFrame, census: pl.DataFrame) -> None:
    """SettingsError when no rule says which models may answer some of `requests`, which `census` has counted."""
    count = int(census["requests"].filter(census["rule"].is_null()).sum())
    if count:
        raise _no_rule(requests.filter(pl.col("rule").is_null()).head(1).collect(), count)


def _no_rule(unmatched: pl.DataFrame, count: int) -> SettingsError:
    """The first request that no rule is for."""
    first = unmatched.row(0, named=True)
    which = "no rule" if int(first["held"].replace("/", "0")) == 0 else "no rule with `allow`"
    message = (
        f"{which} holds for {count_requests(count)}, the first on line {first['line']} (`{first['custom_id']}`: "
        f"task type `{first['task_type']}`, importance `{first['importance']}`, modality `{first['modality']}`)"
    )
    return SettingsError(message, hint="add a last rule without `match` to `rules`: it holds for all that is left")


def allows(policy: Policy, model: str) -> pl.Expr:
    """Whether a request (by its `rule` and its pin in `model`) may use `model`."""
    rules = [rule for rule, models in policy.allowed.items() if model in models]
    pins = [pin for pin, models in policy.pins.items() if model in models]
    shut = [rule for rule, models in policy.bound.items() if model not in models]
    by_rule = pl.col("rule").is_in(rules)
    by_pin = is_pinned() & ~pl.col("rule").is_in(shut) & pl.col("model").is_in(pins).fill_null(value=False)
    return by_rule | by_pin


def allowed_models(policy: Policy, request: pl.DataFrame) -> tuple[str, ...]:
    """The models that a request (a frame of one row, with its `rule`) may use."""
    return tuple(name for name in policy.models() if request.select(allows(policy, name)).item())


def named_models(catalog: Catalog, settings: Settings) -> tuple[str, ...]:
    """Every model that the settings speak of: by an alias, a rule or as the baseline."""
    rules = [name for rule in every_rule(settings) for name in (*(rule.allow or ()), *rule.escalate)]
    return expand(catalog, dict.fromkeys((*rules, *catalog.aliases, settings.objective.baseline)))


def _keeps_briefly(asked: Effects) -> bool:
    """Whether what is handed in would be kept for too long.

    Anthropic keeps results of batches for 29 days and names batches as not eligible for zero retention, OpenAI keeps
    files for 30 unless told otherwise and stores background responses (their documents of 2026-11).
    """
    days = asked.max_retention_days
    return asked.keeps_nothing or (days is not None and days < _KEPT_DAYS)


def rule_problem(policy: Policy) -> pl.Expr:
    """What the `rule` of a request has against a quote (its `quality`, `service_tier`): a word of PROBLEMS, or null."""
    floors = policy.floors()
    tiers = {rule: asked.service_tiers for rule, asked in policy.effects.items() if asked.service_tiers is not None}
    brief = [rule for rule, asked in policy.effects.items() if _keeps_briefly(asked)]
    rule, tier = pl.col("rule"), pl.col("service_tier").cast(pl.String)
    worse = [(rule == name) & (pl.col("quality") < least) for name, least in floors.items()]
    wrong = [(rule == name) & ~tier.is_in([str(each) for each in open_]) for name, open_ in tiers.items()]
    return (
        pl.when(pl.any_horizontal(pl.lit(value=False), *wrong))
        .then(pl.lit("rule_tier"))
        .when(rule.is_in(brief) & tier.is_in(sorted(HANDED_IN)))
        .then(pl.lit("kept"))
        .when(pl.any_horizontal(pl.lit(value=False), *worse))
        .then(pl.lit("rule_quality"))
    )
