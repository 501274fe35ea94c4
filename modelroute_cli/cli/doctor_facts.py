"""What `modelroute doctor` looks at on this machine: keys, dates of prices and cards, disk, extras."""

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from modelroute_cli.catalog.cards import Catalog, Provider
from modelroute_cli.cli.workspace import FOLDER, Workspace
from modelroute_cli.providers.scrub import hide_shapes

_DATE = re.compile(r"\b(20\d\d)-(\d\d)(?:-(\d\d))?\b")
_EXTRAS = {"fast": "toktok", "claude": "ctok", "local": "mistralrs", "keyring": "keyring", "otel": "opentelemetry"}


class KeyState(Struct, frozen=True, kw_only=True):
    """Whether the variables of a provider are set; their values are never read into this."""

    provider: str
    needs: tuple[str, ...]
    missing: tuple[str, ...]
    aliases: tuple[str, ...]
    base_url: str = ""
    format: str = ""
    command: bool = False  # its key comes from a command, which is not run for this
    keyring: str | None = None  # `service/username`: its key comes from there, and is not looked up for this


class Dated(Struct, frozen=True, kw_only=True):
    """The oldest of what is dated, and its age on the day that is asked about."""

    what: str
    model: str
    date: str
    age_days: int


class Disk(Struct, frozen=True, kw_only=True):
    """Where runs are written."""

    folder: str
    writable: bool
    free_bytes: int


class Extra(Struct, frozen=True, kw_only=True):
    """An optional part of the installation."""

    name: str
    installed: bool


def key_state(provider: Provider, catalog: Catalog, env: Mapping[str, str]) -> KeyState:
    """Which variables a provider wants, which of them are not set, and which aliases send to it."""
    elsewhere = provider.api_key_command or provider.api_key_keyring
    own = [] if provider.auth == "none" or elsewhere else [provider.api_key_env or ""]
    needs = [name for name in (*own, *provider.key_headers.values()) if name]
    return KeyState(
        provider=provider.name,
        needs=tuple(needs),
        missing=tuple(name for name in needs if not env.get(name, "").strip()),
        aliases=tuple(
            alias
            for alias, names in catalog.aliases.items()
            if any(catalog.models[name].provider == provider.name for name in names)
        ),
        base_url=hide_shapes(provider.base_url),
        format=provider.format,
        command=provider.auth != "none" and provider.api_key_command is not None,
        keyring=None if provider.auth == "none" else provider.api_key_keyring,
    )


def oldest(space: Workspace, models: Iterable[str]) -> tuple[Dated, ...]:
    """The oldest price and the oldest card among these models; what bears no date is left out."""
    names = tuple(models)
    dates = (_price_dates(space, names), _card_dates(space, names))
    return tuple(
        Dated(what=what, model=model, date=day.isoformat(), age_days=(space.at.date() - day).days)
        for what, found in zip(("price of your own", "card"), dates, strict=True)
        if found
        for day, model in [min(found)]
    )


def _price_dates(space: Workspace, names: Iterable[str]) -> list[tuple[date, str]]:
    """The days that the user's own prices are of; those of the library are of the day that is asked about."""
    own = space.settings.prices
    return [(day, name) for name in names if name in own for day in _days(own[name].date or "")]


def _card_dates(space: Workspace, names: Iterable[str]) -> list[tuple[date, str]]:
    """The days on which capabilities were read."""
    return [(day, name) for name in names for day in _days(space.catalog.models[name].source)]


def _days(text: str) -> list[date]:
    """The dates in a text; a month counts from its first day."""
    written = ("-".join((year, month, day or "01")) for year, month, day in _DATE.findall(text))
    return [date.fromisoformat(day) for day in written if _is_day(day)]


def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def disk() -> Disk:
    """The nearest folder that is there, of the one that runs are written to."""
    there = next(folder for folder in (FOLDER, Path()) if folder.is_dir())
    return Disk(
        folder=str(FOLDER),
        writable=os.access(there, os.W_OK | os.X_OK),
        free_bytes=shutil.disk_usage(there).free,
    )


def extras() -> tuple[Extra, ...]:
    """Which optional parts are installed."""
    return tuple(Extra(name=name, installed=find_spec(module) is not None) for name, module in _EXTRAS.items())
