"""The catalog: shipped cards with the user's overrides, checked as a whole; names and aliases; shutdowns."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import TypeVar, cast

import msgspec
from msgspec import Struct

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.cards import Catalog, ModelCard, Provider
from modelroute_cli.catalog.conform import Spot, conform
from modelroute_cli.catalog.endpoints import check_provider
from modelroute_cli.catalog.load import shipped
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.catalog.suggest import did_you_mean

_SHUTDOWN_NOTICE_DAYS = 60
_LIST_THEM = "`modelroute models` lists all"

Card = TypeVar("Card", ModelCard, Provider)
Fields = Mapping[str, object]


def load_catalog(settings: Settings) -> Catalog:
    """All models and providers after the user's overrides; SettingsError for a name that stands for nothing."""
    providers = _cards(Provider, shipped_providers(), settings.providers, "providers")
    models = _cards(ModelCard, shipped_models(), settings.models, "models")
    for provider in providers.values():
        check_provider(provider, _origin(settings, f"providers.{provider.name}"))
    catalog = Catalog(models, providers, settings.aliases)
    _check_models(catalog, settings)
    _check_aliases(catalog, settings)
    _check_rules(catalog, settings)
    _check_named(catalog, settings)
    return catalog


def expand(catalog: Catalog, names: Iterable[str]) -> tuple[str, ...]:
    """Model names for names and aliases, in order, each once; SettingsError with a suggestion for an unknown one."""
    found: dict[str, None] = {}
    for name in names:
        found.update(dict.fromkeys(_models_of(catalog, name)))
    return tuple(found)


def check_shutdowns(catalog: Catalog, names: Iterable[str], on: date) -> tuple[str, ...]:
    """Warnings for models that end within 60 days of `on`; SettingsError for one that has ended by then.

    `names` are models that requests are sent to: a baseline may be past its end.
    """
    warnings = []
    for name in names:
        end = catalog.models[name].shutdown
        days = (date.fromisoformat(end) - on).days if end else _SHUTDOWN_NOTICE_DAYS + 1
        if days <= 0:
            raise _ended(name, str(end))
        if days <= _SHUTDOWN_NOTICE_DAYS:
            warnings.append(f"`{name}` is switched off on {end}, in {days} {'day' if days == 1 else 'days'}")
    return tuple(warnings)


@cache
def shipped_models() -> Mapping[str, Fields]:
    """Fields of the model cards that come with the package, by name."""
    return cast(
        "Mapping[str, Fields]", conform(shipped("models.yaml"), Mapping[str, ModelCard], Spot("models", (ModelCard,)))
    )


@cache
def shipped_providers() -> Mapping[str, Fields]:
    """Fields of the providers that come with the package, by name."""
    kind = Mapping[str, Provider]
    return cast("Mapping[str, Fields]", conform(shipped("providers.yaml"), kind, Spot("providers", (Provider,))))


def _cards(
    kind: type[Card], base: Mapping[str, Fields], overrides: Mapping[str, Fields], section: str
) -> dict[str, Card]:
    """Every card of one kind, the user's fields over the shipped ones."""
    names = dict.fromkeys([*base, *overrides])
    return {name: _card(kind, name, _over(base.get(name, {}), overrides.get(name, {})), section) for name in names}


def _card(kind: type[Card], name: str, fields: Fields, section: str) -> Card:
    """One card; SettingsError that names the fields a new one lacks."""
    missing = [field for field in _required(kind) if field not in fields]
    if missing:
        listed = ", ".join(f"`{field}`" for field in missing)
        message = f"`{section}.{name}` is new and lacks {listed}"
        raise SettingsError(
            message, hint=f"add {listed}, or correct the name to override a card that ships; {_LIST_THEM}"
        )
    return msgspec.convert({**fields, "name": name}, kind)


def _required(kind: type[Struct]) -> list[str]:
    """Fields that a card cannot do without, its name excepted."""
    return [field.name for field in msgspec.structs.fields(kind) if field.required and field.name != "name"]


def _over(base: Fields, override: Fields) -> dict[str, object]:
    """`override` over `base`, mappings inside merged by key."""
    merged = dict(base)
    for name, value in override.items():
        below = merged.get(name)
        merged[name] = _over(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _models_of(catalog: Catalog, name: str) -> tuple[str, ...]:
    """What one name stands for."""
    if name in catalog.models:
        return (name,)
    if name in catalog.aliases:
        return catalog.aliases[name]
    message = f"no model or alias is named `{name}`"
    raise SettingsError(message, hint=did_you_mean(name, [*catalog.models, *catalog.aliases], _LIST_THEM))


def _check_models(catalog: Catalog, settings: Settings) -> None:
    """Every model's provider exists, its effort is one it takes, and its dates are dates."""
    for card in catalog.models.values():
        where = f"{_origin(settings, f'models.{card.name}')}: model `{card.name}`"
        if card.provider not in catalog.providers:
            message = f"{where} has the provider `{card.provider}`, which is not known"
            raise SettingsError(
                message, hint=did_you_mean(card.provider, catalog.providers, _listed(catalog.providers))
            )
        if card.effort is not None and card.effort not in card.efforts:
            message = f"{where} does not take the effort `{card.effort}`"
            raise SettingsError(message, hint=f"it takes {_listed(card.efforts)}; `efforts` adds one")
        for field, day in (("released", card.released), ("shutdown", card.shutdown)):
            _check_day(f"{where}: `{field}`", day)


def _check_day(where: str, day: str | None) -> None:
    """SettingsError when a date is none."""
    try:
        date.fromisoformat(day or "2000-01-01")
    except ValueError as error:
        message = f"{where} is `{day}`, which is no date"
        raise SettingsError(message, hint="write it as 2026-12-31") from error


def _check_aliases(catalog: Catalog, settings: Settings) -> None:
    """Every alias holds names of models and hides none."""
    for alias, names in catalog.aliases.items():
        where = f"{_origin(settings, f'aliases.{alias}')}: alias `{alias}`"
        if alias in catalog.models:
            message = f"{where} has the name of a model"
            raise SettingsError(message, hint="give the alias another name")
        for name in names:
            if name not in catalog.models:
                message = f"{where} holds `{name}`, which is no model"
                raise SettingsError(message, hint=did_you_mean(name, catalog.models, _LIST_THEM))


def _check_rules(catalog: Catalog, settings: Settings) -> None:
    """Every rule has its own name and allows models that exist."""
    origin = _origin(settings, "rules")
    seen: set[str] = set()
    for rule in settings.rules:
        where = f"{origin}: rule `{rule.name}`"
        if rule.name in seen:
            message = f"{where} stands twice"
            raise SettingsError(message, hint="give each rule its own name")
        seen.add(rule.name)
        _check_expands(catalog, rule.escalate, where)
        if not _check_expands(catalog, rule.allow, where):
            message = f"{where} allows no model"
            raise SettingsError(message, hint="name models or aliases in `allow`")


def _check_expands(catalog: Catalog, names: tuple[str, ...], where: str) -> tuple[str, ...]:
    """The models of a rule's names; the error says which rule."""
    try:
        return expand(catalog, names)
    except SettingsError as error:
        message = f"{where}: {error.message}"
        raise SettingsError(message, hint=error.hint) from error


def _check_named(catalog: Catalog, settings: Settings) -> None:
    """The baseline and every price are of models that exist."""
    named = {"objective.baseline": settings.objective.baseline} | {f"prices.{name}": name for name in settings.prices}
    for path, name in named.items():
        if name not in catalog.models:
            message = f"{_origin(settings, path)}: `{path}` is of `{name}`, which is no model"
            raise SettingsError(message, hint=did_you_mean(name, catalog.models, _LIST_THEM))


def _origin(settings: Settings, path: str) -> str:
    """The source of a setting or of the first one below it."""
    exact = settings.origins.get(path)
    below = (source for key, source in settings.origins.items() if key.startswith(f"{path}.") and source != "defaults")
    return exact or next(below, "defaults")


def _ended(name: str, end: str) -> SettingsError:
    """A model that is switched off cannot be routed to."""
    return SettingsError(
        f"`{name}` was switched off on {end}: no request can be sent to it",
        hint="take it out of the aliases and rules, or of `--models`; as a baseline it may stay",
    )


def _listed(names: Iterable[str]) -> str:
    """Names as a sentence shows them."""
    return ", ".join(f"`{name}`" for name in names) or "none"
