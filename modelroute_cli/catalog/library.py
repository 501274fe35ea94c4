"""The catalog: shipped cards with the user's overrides, checked as a whole; names and aliases; shutdowns."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import TypeVar, cast

import msgspec
from msgspec import Struct

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.shipped import decoded, shipped_bytes
from modelroute_cli.catalog.cards import Catalog, ModelCard, Provider
from modelroute_cli.catalog.checks import check_catalog
from modelroute_cli.catalog.conform import Spot, conform
from modelroute_cli.catalog.load import parsed
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.catalog.suggest import did_you_mean
from modelroute_cli.catalog.variants import Models, check_effort

_SHUTDOWN_NOTICE_DAYS = 60
_LIST_THEM = "`modelroute models` lists all"

Card = TypeVar("Card", ModelCard, Provider)
Fields = Mapping[str, object]

_CARD_FILES: Mapping[str, tuple[type[Struct], str]] = {
    "models.yaml": (ModelCard, "models"),
    "providers.yaml": (Provider, "providers"),
}


def load_catalog(settings: Settings) -> Catalog:
    """All models and providers after the user's overrides; SettingsError for a name that stands for nothing."""
    providers = _cards(Provider, shipped_providers(), settings.providers, "providers")
    models = _cards(ModelCard, shipped_models(), settings.models, "models")
    catalog = Catalog(Models(models), providers, settings.aliases)
    check_catalog(catalog, settings)
    return catalog


def provider_of(card: ModelCard, settings: Settings) -> Provider:
    """The account that a model is reached through, after the user's overrides; SettingsError when there is none."""
    name = card.provider
    fields = _over(shipped_providers().get(name, {}), settings.providers.get(name, {}))
    return _card(Provider, name, fields, "providers")


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
    return _shipped_cards("models.yaml")


@cache
def shipped_providers() -> Mapping[str, Fields]:
    """Fields of the providers that come with the package, by name."""
    return _shipped_cards("providers.yaml")


def checked_cards(name: str, text: bytes) -> Mapping[str, Fields]:
    """A file of cards as its YAML stands, held against the type of its cards."""
    kind, section = _CARD_FILES[name]
    return cast("Mapping[str, Fields]", conform(parsed(name, text), Mapping[str, kind], Spot(section, (kind,))))  # type: ignore[valid-type]


def _shipped_cards(name: str) -> Mapping[str, Fields]:
    """A file of cards that ships; its packed copy was checked when it was packed."""
    return decoded(name, shipped_bytes(name), dict[str, dict[str, object]], lambda text, _: checked_cards(name, text))


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
    """`override` over `base`, mappings inside merged by key; an empty mapping takes all of them away."""
    merged = dict(base)
    for name, value in override.items():
        below = merged.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping) and value:
            merged[name] = _over(below, value)
        else:
            merged[name] = value
    return merged


def _models_of(catalog: Catalog, name: str) -> tuple[str, ...]:
    """What one name stands for."""
    if name in catalog.models:
        return (name,)
    if name in catalog.aliases:
        return catalog.aliases[name]
    check_effort(catalog.models, name)
    message = f"no model or alias is named `{name}`"
    raise SettingsError(message, hint=did_you_mean(name, [*catalog.models, *catalog.aliases], _LIST_THEM))


def _ended(name: str, end: str) -> SettingsError:
    """A model that is switched off cannot be routed to."""
    return SettingsError(
        f"`{name}` was switched off on {end}: no request can be sent to it",
        hint="take it out of the aliases and rules, or of `--models`; as a baseline it may stay",
    )
