"""Whether settings and cards fit each other: every name stands for something, every value for what it says."""

from collections.abc import Iterable
from datetime import date

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.schema import TaskType
from modelroute_cli.catalog.cards import Catalog, ModelCard
from modelroute_cli.catalog.endpoints import check_provider
from modelroute_cli.catalog.rule_checks import check_rules
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.catalog.suggest import did_you_mean
from modelroute_cli.catalog.variants import SEPARATOR, base_name, check_effort

_ANY_TASK = "default"
_LIST_THEM = "`modelroute models` lists all"


def check_catalog(catalog: Catalog, settings: Settings) -> None:
    """SettingsError, with the file that says so, at the first name or value that does not fit."""
    for provider in catalog.providers.values():
        check_provider(provider, _origin(settings, f"providers.{provider.name}"))
    for card in catalog.models.values():
        _check_model(catalog, card, f"{_origin(settings, f'models.{card.name}')}: model `{card.name}`")
    _check_efforts(catalog, settings)
    _check_aliases(catalog, settings)
    check_rules(catalog, settings, origin=_origin(settings, "rules"))
    _check_named(catalog, settings)
    _check_assumptions(catalog, settings)
    _check_scoring(catalog, settings)


def _check_model(catalog: Catalog, card: ModelCard, where: str) -> None:
    """The provider exists, the effort is one the model takes, limits are counts and dates are dates."""
    if SEPARATOR in card.name:
        message = f"{where} has `{SEPARATOR}` in its name, which stands before an effort"
        raise SettingsError(message, hint=f"override the card `{base_name(card.name)}`, or give yours another name")
    if card.provider not in catalog.providers:
        message = f"{where} has the provider `{card.provider}`, which is not known"
        raise SettingsError(message, hint=did_you_mean(card.provider, catalog.providers, _known(catalog.providers)))
    if card.effort is not None and card.effort not in card.efforts:
        message = f"{where} does not take the effort `{card.effort}`"
        raise SettingsError(
            message, hint=f"it takes {_listed(card.efforts)}; add yours to its `efforts` if that is wrong"
        )
    for field, tokens in (("context_tokens", card.context_tokens), ("max_output_tokens", card.max_output_tokens)):
        if tokens < 1:
            message = f"{where}: `{field}` is `{tokens}`, which is no number of tokens"
            raise SettingsError(message, hint="write what the provider or your server allows")
    for field, day in (("released", card.released), ("shutdown", card.shutdown)):
        _check_day(f"{where}: `{field}`", day)


def _check_day(where: str, day: str | None) -> None:
    """SettingsError when a date is none."""
    try:
        date.fromisoformat(day or "2000-01-01")
    except ValueError as error:
        message = f"{where} is `{day}`, which is no date"
        raise SettingsError(message, hint="write it as 2026-12-31") from error


def _check_efforts(catalog: Catalog, settings: Settings) -> None:
    """Every `NAME@EFFORT` names an effort that the model takes."""
    named = {f"aliases.{alias}": names for alias, names in catalog.aliases.items()}
    named |= {"rules": tuple(name for rule in settings.rules for name in (*(rule.allow or ()), *rule.escalate))}
    named |= {f"prices.{name}": (name,) for name in settings.prices}
    named |= {f"assumptions.reasoning_tokens.{name}": (name,) for name in settings.assumptions.reasoning_tokens}
    named |= {f"discounts.{name}": (name,) for name in settings.discounts}
    named |= {"objective.baseline": (settings.objective.baseline,)}
    for path, names in named.items():
        for name in names:
            check_effort(catalog.models, name, f"{_origin(settings, path)}: `{path}`: ")


def _check_aliases(catalog: Catalog, settings: Settings) -> None:
    """Every alias holds names of models and hides none."""
    for alias, names in catalog.aliases.items():
        where = f"{_origin(settings, f'aliases.{alias}')}: alias `{alias}`"
        if alias in catalog.models:
            message = f"{where} has the name of a model"
            raise SettingsError(message, hint="give the alias another name")
        _check_known(names, catalog.models, where, "no model")


def _check_named(catalog: Catalog, settings: Settings) -> None:
    """The baseline, every price and every discount are of models (or providers) that exist."""
    named = {"objective.baseline": settings.objective.baseline} | {f"prices.{name}": name for name in settings.prices}
    for path, name in named.items():
        _check_known((name,), catalog.models, f"{_origin(settings, path)}: `{path}`", "no model")
    for name in settings.discounts:
        where = f"{_origin(settings, f'discounts.{name}')}: `discounts.{name}`"
        _check_known((name,), [*catalog.models, *catalog.providers], where, "no model or provider")
    where = f"{_origin(settings, 'caps.providers')}: `caps.providers`"
    _check_known(settings.caps.providers, catalog.providers, where, "no provider")


def _check_scoring(catalog: Catalog, settings: Settings) -> None:
    """The judge is a model or an alias, and the command names a program."""
    judge, command = settings.scoring.judge, settings.scoring.command
    if judge is not None:
        where = f"{_origin(settings, 'scoring.judge')}: `scoring.judge.model`"
        _check_known((judge.model,), [*catalog.models, *catalog.aliases], where, "no model or alias")
        check_effort(catalog.models, judge.model, f"{where}: ")
    if command is not None and not command.run:
        message = f"{_origin(settings, 'scoring.command')}: `scoring.command.run` names no program"
        raise SettingsError(message, hint="write the program and its arguments: `[python3, score.py]`")


def _check_assumptions(catalog: Catalog, settings: Settings) -> None:
    """Assumed tokens are of models (or their weights) and task types that exist, and ranges hold their mean."""
    bases = [card.base_model for card in catalog.models.values()]
    tasks = [*TaskType, _ANY_TASK]
    for name, by_task in settings.assumptions.reasoning_tokens.items():
        path = f"assumptions.reasoning_tokens.{name}"
        where = f"{_origin(settings, path)}: `{path}`"
        _check_known((name,), [*catalog.models, *bases], where, "no model")
        _check_known(by_task, tasks, where, "no task type")
    for task, length in settings.assumptions.output_tokens.items():
        where = f"{_origin(settings, 'assumptions.output_tokens')}: `assumptions.output_tokens`"
        _check_known((task,), tasks, where, "no task type")
        if not length.low <= length.mean <= length.high:
            message = f"{where}: the mean of `{task}`, {length.mean}, is not between {length.low} and {length.high}"
            raise SettingsError(message, hint="`low` <= `mean` <= `high`")


def _check_known(names: Iterable[str], known: Iterable[str], where: str, what: str) -> None:
    """SettingsError for the first name that is not known, with the nearest that is; `NAME@EFFORT` goes by its card."""
    known = list(known)
    for name in names:
        if name not in known and (what == "no task type" or base_name(name) not in known):
            message = f"{where}: `{name}` is {what}"
            otherwise = _known(known) if what in {"no task type", "no provider"} else _LIST_THEM
            raise SettingsError(message, hint=did_you_mean(name, known, otherwise))


def _origin(settings: Settings, path: str) -> str:
    """The source of a setting, or of the first below it that a user wrote."""
    exact = settings.origins.get(path)
    below = (source for key, source in settings.origins.items() if key.startswith(f"{path}.") and source != "defaults")
    return exact or next(below, "defaults")


def _known(names: Iterable[str]) -> str:
    """A hint that lists what is known."""
    return f"known: {_listed(names)}"


def _listed(names: Iterable[str]) -> str:
    """Names as a sentence shows them."""
    return ", ".join(f"`{name}`" for name in names) or "none"
