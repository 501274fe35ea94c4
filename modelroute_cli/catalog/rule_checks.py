"""Whether rules fit the catalog and can be kept at all: names that exist, and a model left for each by itself."""

from collections.abc import Iterable

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.gate_checks import gate_faults
from modelroute_cli.catalog.restrictions import DATA_POLICY, added_up, every_rule, refusal, restricts
from modelroute_cli.catalog.settings import Match, Rule, Settings
from modelroute_cli.catalog.suggest import did_you_mean

JOINT = " + "
"""Stands between the names of rules that hold together; no name has it inside."""

_LIST_THEM = "`modelroute models` lists all"


def check_rules(catalog: Catalog, settings: Settings, origin: str) -> None:
    """SettingsError for a name twice, a model that nobody knows, a match that never holds, a rule that leaves nothing.

    `origin` is where the rules are written; those of `data_policy` say so in their names.
    """
    seen: set[str] = set()
    for rule in every_rule(settings):
        of_policy = rule.name.startswith(f"{DATA_POLICY}.") and rule not in settings.rules
        where = f"`{rule.name}`" if of_policy else f"{origin}: rule `{rule.name}`"
        _check_name(rule, where, seen)
        seen.add(rule.name)
        _check_models(catalog, rule, where)
        _check_match(rule.match, where)
        _check_gates(catalog, rule, where)
        _check_effort(catalog, rule, where)
        _check_some_left(catalog, rule, where)


def _check_name(rule: Rule, where: str, seen: set[str]) -> None:
    """Every rule has a name of its own that can be joined to others."""
    if rule.name in seen:
        message = f"{where} stands twice"
        raise SettingsError(message, hint="give each rule its own name")
    if JOINT in rule.name or not rule.name.strip():
        message = f"{where}: a name may not be blank or hold `{JOINT}`, which joins the names of rules"
        raise SettingsError(message, hint="name it otherwise")


def _check_models(catalog: Catalog, rule: Rule, where: str) -> None:
    """The models that a rule names exist, and it does something."""
    for name in (*(rule.allow or ()), *rule.escalate, *rule.forbid):
        _check_known(catalog, name, where)
    if rule.allow is None and not restricts(rule):
        message = f"{where} says nothing"
        raise SettingsError(message, hint="name models or aliases in its `allow`, or restrict them, as by `forbid`")
    if rule.allow is None and rule.escalate:
        message = f"{where} has `escalate` without `allow`"
        raise SettingsError(message, hint="a rule that only restricts lets another one say where a failed gate may go")


def _check_known(catalog: Catalog, name: str, where: str) -> None:
    """A name is that of a model or an alias."""
    if name not in catalog.models and name not in catalog.aliases:
        message = f"{where}: `{name}` is no model or alias"
        raise SettingsError(message, hint=did_you_mean(name, [*catalog.models, *catalog.aliases], _LIST_THEM))


def _check_match(match: Match, where: str) -> None:
    """A span of tokens is one, and a metadata field has values."""
    span = match.input_tokens
    if span is not None and span.min is not None and span.max is not None and span.min > span.max:
        message = f"{where}: `input_tokens` begins at {span.min} and ends at {span.max}, so it never holds"
        raise SettingsError(message, hint="`min` is not more than `max`")
    for name, values in match.metadata.items():
        if not values:
            message = f"{where}: `metadata.{name}` names no value, so it never holds"
            raise SettingsError(message, hint=f"list its values: `{name}: [spring]`")
    if match.excluded is not None:
        _check_not(match.excluded, where)


def _check_not(excluded: Match, where: str) -> None:
    """What must not hold says something."""
    if excluded == Match():
        message = f"{where}: `not` without a field excludes every request"
        raise SettingsError(message, hint="say below `not` what must not hold, or leave it out")
    _check_match(excluded, where)


def _check_gates(catalog: Catalog, rule: Rule, where: str) -> None:
    """No gate is one that no answer passes, or that cannot be applied."""
    if rule.gates is not None and rule.gates.judge is not None:
        _check_known(catalog, rule.gates.judge.model, f"{where}: `gates.judge`")
    for fault in gate_faults(rule.gates) if rule.gates is not None else ():
        message = f"{where}: `gates.{fault.field}`: {fault.message}"
        raise SettingsError(message, hint=fault.hint)


def _check_effort(catalog: Catalog, rule: Rule, where: str) -> None:
    """Some model takes the effort."""
    known = dict.fromkeys(effort for card in catalog.models.values() for effort in card.efforts)
    if rule.effort is not None and rule.effort not in known:
        message = f"{where}: no model takes the effort `{rule.effort}`"
        raise SettingsError(message, hint=did_you_mean(rule.effort, known, "`modelroute models NAME` lists a model's"))


def _check_some_left(catalog: Catalog, rule: Rule, where: str) -> None:
    """Some model is left by the rule alone."""
    allowed = _models(catalog, catalog.models if rule.allow is None else rule.allow)
    if not allowed:
        message = f"{where} allows no model"
        raise SettingsError(message, hint="name models or aliases in its `allow`")
    effects = added_up((rule,), {rule.name: frozenset(_models(catalog, rule.forbid))})
    reasons = {name: refusal(name, catalog, effects) for name in allowed}
    if None in reasons.values():
        return
    name, why = next(iter(reasons.items()))
    message = f"{where} leaves no model: `{name}`: {why}{_and_more(len(reasons) - 1)}"
    raise SettingsError(
        message,
        hint="loosen the rule, or state under `providers` what your contract says "
        "(`regions`, `retention_days`, `zero_retention`, `trains_on_data`)",
    )


def _and_more(count: int) -> str:
    """How many others are out as well."""
    return f", and {count} more" if count else ""


def _models(catalog: Catalog, names: Iterable[str]) -> tuple[str, ...]:
    """Model names of names and aliases, in order, each once."""
    found = (each for name in names for each in ((name,) if name in catalog.models else catalog.aliases[name]))
    return tuple(dict.fromkeys(found))
