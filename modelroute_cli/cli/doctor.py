"""`modelroute doctor`: is everything there that a run needs; offline, and without showing any key."""

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from importlib import metadata

from msgspec import Struct

from modelroute_cli import __version__
from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.cards import Catalog, Provider
from modelroute_cli.catalog.library import expand
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.flags import DoctorFlags
from modelroute_cli.cli.workspace import Workspace, open_workspace
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.screen import Column, Line, Screen, table

_COLUMNS = (Column("Provider", right=False), Column("Key", right=False), Column("Needed by", right=False, drop=1))


class KeyState(Struct, frozen=True, kw_only=True):
    """Whether the variables of a provider are set; their values are never read into this."""

    provider: str
    needs: tuple[str, ...]
    missing: tuple[str, ...]
    aliases: tuple[str, ...]


class EndingModel(Struct, frozen=True, kw_only=True):
    """A model of an alias whose provider has announced its end."""

    model: str
    shutdown: str
    days_left: int


class DoctorSummary(Struct, frozen=True, kw_only=True):
    """What was found."""

    kind: str
    version: str
    price_library: str
    keys: tuple[KeyState, ...]
    origins: Mapping[str, str]
    ending: tuple[EndingModel, ...]


def doctor(flags: DoctorFlags, console: Console) -> ExitCode:
    """Say what is there and what is missing; missing keys are no error here."""
    summary = doctor_summary(open_workspace(flags.config, None, {}), os.environ)
    if flags.as_json:
        console.say(to_json(summary))
    else:
        console.show(_screen(summary, console.width))
    return ExitCode.OK


def doctor_summary(space: Workspace, env: Mapping[str, str]) -> DoctorSummary:
    """Keys by provider, settings that are not the defaults, the price library, models near their end."""
    used = expand(space.catalog, space.catalog.aliases)
    return DoctorSummary(
        kind="doctor",
        version=__version__,
        price_library=f"genai-prices {metadata.version('genai-prices')}",
        keys=tuple(_key_state(provider, space.catalog, env) for provider in space.catalog.providers.values()),
        origins={key: origin for key, origin in space.settings.origins.items() if origin != "defaults"},
        ending=tuple(_ending(space.catalog, used, space.at)),
    )


def _key_state(provider: Provider, catalog: Catalog, env: Mapping[str, str]) -> KeyState:
    """Which variables a provider wants, which of them are not set, and which aliases send to it."""
    own = [] if provider.auth == "none" or provider.api_key_command else [provider.api_key_env or ""]
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
    )


def _ending(catalog: Catalog, names: Iterable[str], at: datetime) -> Iterable[EndingModel]:
    """Models with an announced end."""
    for name in names:
        shutdown = catalog.models[name].shutdown
        if shutdown:
            left = (date.fromisoformat(shutdown) - at.date()).days
            yield EndingModel(model=name, shutdown=shutdown, days_left=left)


def _screen(summary: DoctorSummary, width: int | None) -> Screen:
    """What was found, as text."""
    title, *rows = table(
        _COLUMNS, [(key.provider, _key_text(key), ", ".join(key.aliases)) for key in summary.keys], width
    )
    return (
        Line(f"modelroute {summary.version}, prices from {summary.price_library}"),
        Line(),
        Line(title, "bold"),
        *(Line(text) for text in rows),
        Line(),
        *(Line(f"{key} from {origin}") for key, origin in summary.origins.items()),
        *(() if summary.origins else (Line("all settings are the defaults"),)),
        *(Line(f"{item.model} ends on {item.shutdown}, in {item.days_left} days") for item in summary.ending),
    )


def _key_text(key: KeyState) -> str:
    """Which variables are set and which are not."""
    if not key.needs:
        return "none needed"
    return ", ".join(f"{name} {'not set' if name in key.missing else 'set'}" for name in key.needs)
