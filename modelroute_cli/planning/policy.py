"""Which models each request may use: the first rule that holds, the request's own pin, --models and --exclude."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.errors import JobFileError, SettingsError
from modelroute_cli.base.frames import Frame
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand
from modelroute_cli.catalog.settings import Match, Rule, Settings
from modelroute_cli.planning.figures import count_requests

PINNED = "pinned"
"""The rule of a request that names its own model; it is never escalated to another."""

_ESCALATION = "escalation"
_MATCHED = ("task_type", "importance", "modality", "data_class", "tenant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the command line leaves: only these models (None: all), without those; names or aliases."""

    only: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Model names by rule and by what rows pin, in the order of preference among equals."""

    allowed: Mapping[str, tuple[str, ...]]  # rule -> models
    pins: Mapping[str, tuple[str, ...]]  # what a row names -> models
    escalations: Mapping[str, tuple[str, ...]]  # rule -> models a failed gate may go to, in order of trying

    def models(self) -> tuple[str, ...]:
        """Every model that some request may use."""
        named = [name for models in (*self.allowed.values(), *self.pins.values()) for name in models]
        return tuple(dict.fromkeys(named))


def make_policy(requests: pl.DataFrame, catalog: Catalog, settings: Settings, scope: Scope) -> Policy:
    """The rules as model names; SettingsError for a name nobody knows, JobFileError for one that a row pins."""
    _refuse_reserved(settings.rules)
    left = _Left(catalog, scope)
    allowed = {rule.name: left.of(rule.allow) for rule in settings.rules}
    escalations = {rule.name: left.of(_escalation(rule, catalog)) for rule in settings.rules}
    return Policy(allowed, _pins(requests, left), {**escalations, PINNED: ()})


class _Left:
    """Expands names and keeps what the scope leaves."""

    def __init__(self, catalog: Catalog, scope: Scope) -> None:
        self._catalog = catalog
        self._only = None if scope.only is None else set(expand(catalog, scope.only))
        self._without = set(expand(catalog, scope.without))

    def of(self, names: Sequence[str]) -> tuple[str, ...]:
        """The models of `names` that are left."""
        models = expand(self._catalog, names)
        return tuple(model for model in models if model not in self._without and self._has(model))

    def _has(self, model: str) -> bool:
        """Whether --models names it, or nothing."""
        return self._only is None or model in self._only


def _refuse_reserved(rules: Sequence[Rule]) -> None:
    """The name of the rule that requests make for themselves is taken."""
    if any(rule.name == PINNED for rule in rules):
        message = f"a rule may not be named `{PINNED}`: that is the rule of requests that name their model"
        raise SettingsError(message, hint="rename it in `rules`")


def _escalation(rule: Rule, catalog: Catalog) -> tuple[str, ...]:
    """Where a failed gate may go; a rule about data never leaves the models it allows unless it says so itself."""
    if rule.escalate:
        return rule.escalate
    if rule.match.data_class or _ESCALATION not in catalog.aliases:
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


def with_rule(requests: Frame, rules: Sequence[Rule]) -> Frame:
    """`requests` with the name of the `rule` that holds; null where none does."""
    first = pl.coalesce(
        *(pl.when(holds(rule.match)).then(pl.lit(rule.name)) for rule in rules), pl.lit(None, pl.String)
    )
    pinned = pl.when(pl.col("model").is_not_null()).then(pl.lit(PINNED))
    return requests.with_columns(pl.coalesce(pinned, first).alias("rule"))


def refuse_unruled(requests: pl.LazyFrame, census: pl.DataFrame) -> None:
    """SettingsError when no rule holds for some of `requests` (with their `rule`), which `census` has counted."""
    count = int(census["requests"].filter(census["rule"].is_null()).sum())
    if count:
        raise _no_rule(requests.filter(pl.col("rule").is_null()).head(1).collect(), count)


def holds(match: Match) -> pl.Expr:
    """Whether every field that the match sets has one of its values."""
    fields = {name: getattr(match, name) for name in _MATCHED}
    tests = [
        pl.col(name).cast(pl.String).is_in([str(value) for value in values]).fill_null(value=False)
        for name, values in fields.items()
        if values
    ]
    return pl.all_horizontal(pl.lit(value=True), *tests)


def _no_rule(unmatched: pl.DataFrame, count: int) -> SettingsError:
    """The first request that no rule is for."""
    first = unmatched.row(0, named=True)
    message = (
        f"no rule holds for {count_requests(count)}, the first on line {first['line']} (`{first['custom_id']}`: "
        f"task type `{first['task_type']}`, importance `{first['importance']}`, modality `{first['modality']}`)"
    )
    return SettingsError(message, hint="add a last rule without `match` to `rules`: it holds for all that is left")


def allows(policy: Policy, model: str) -> pl.Expr:
    """Whether a request (by its `rule` and its pin in `model`) may use `model`."""
    rules = [rule for rule, models in policy.allowed.items() if model in models]
    pins = [pin for pin, models in policy.pins.items() if model in models]
    by_rule = pl.col("rule").is_in(rules)
    by_pin = (pl.col("rule") == PINNED) & pl.col("model").is_in(pins).fill_null(value=False)
    return by_rule | by_pin


def policy_warnings(census: pl.DataFrame, rules: Sequence[Rule]) -> tuple[str, ...]:
    """What rows say that nothing looks at."""
    found = []
    private = int(census["requests"].filter(census["data_class"].is_not_null()).sum())
    if private and not any(rule.match.data_class for rule in rules):
        found.append(
            f"{count_requests(private)} with a `data_class`, but no rule looks at it: "
            "add one with `match: {data_class: [...]}` to keep them on models you trust"
        )
    due = int(census["requests"].filter(census["has_deadline"]).sum())
    if due:
        found.append(f"{count_requests(due)} with a `deadline`: all requests go at the standard tier at once")
    return tuple(found)
