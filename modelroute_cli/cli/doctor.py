"""`modelroute doctor`: is everything there that a run needs; without showing any key, and offline unless asked."""

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from importlib import metadata

from msgspec import Struct

from modelroute_cli import __version__
from modelroute_cli.base.errors import ExitCode
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.doctor_facts import Dated, Disk, Extra, KeyState, disk, extras, key_state, oldest
from modelroute_cli.cli.doctor_online import Reached, reach, reached_text
from modelroute_cli.cli.flags import DoctorFlags
from modelroute_cli.cli.network import network_of
from modelroute_cli.cli.workspace import Workspace, open_workspace
from modelroute_cli.report.json_out import to_json
from modelroute_cli.report.screen import Column, Line, Screen, plural
from modelroute_cli.report.tables import table_screen

_KEYS = (Column("Provider", right=False), Column("Key", right=False), Column("Needed by", right=False, drop=1))
_PLACES = (Column("Provider", right=False), Column("Format", right=False), Column("Address", right=False))
_REACHED = (Column("Provider", right=False), Column("Online", right=False))
_GIB = 2**30


class EndingModel(Struct, frozen=True, kw_only=True):
    """A model of an alias whose provider has announced its end."""

    model: str
    shutdown: str
    days_left: int


class DoctorSummary(Struct, frozen=True, kw_only=True):
    """What was found; `online` is None where nobody was asked."""

    kind: str
    version: str
    price_library: str
    keys: tuple[KeyState, ...]
    origins: Mapping[str, str]  # of settings that are not the defaults
    defaults: tuple[str, ...]  # names of those that are
    ending: tuple[EndingModel, ...]
    oldest: tuple[Dated, ...]  # price and card among the models of aliases
    disk: Disk
    extras: tuple[Extra, ...]
    online: tuple[Reached, ...] | None = None


def doctor(flags: DoctorFlags, console: Console) -> ExitCode:
    """Say what is there and what is missing; missing keys are no error here, keys that are refused online are."""
    summary = doctor_summary(open_workspace(flags.config, None, {}), os.environ, online=flags.online)
    if flags.as_json:
        console.say(to_json(summary))
    else:
        console.show(_screen(summary, console.width))
    refused = any(item.state == "refused" for item in summary.online or ())
    return ExitCode.CREDENTIALS if refused else ExitCode.OK


def doctor_summary(space: Workspace, env: Mapping[str, str], *, online: bool = False) -> DoctorSummary:
    """Keys by provider, origins of settings, dates, models near their end, this machine; the network only if asked."""
    used = expand(space.catalog, space.catalog.aliases)
    origins = space.settings.origins
    return DoctorSummary(
        kind="doctor",
        version=__version__,
        price_library=f"genai-prices {metadata.version('genai-prices')}",
        keys=tuple(key_state(provider, space.catalog, env) for provider in space.catalog.providers.values()),
        origins={key: origin for key, origin in origins.items() if origin != "defaults"},
        defaults=tuple(key for key, origin in origins.items() if origin == "defaults"),
        ending=tuple(_ending(space.catalog, used, space.at)),
        oldest=oldest(space, used),
        disk=disk(),
        extras=extras(),
        online=_online(space, used, env) if online else None,
    )


def _online(space: Workspace, used: Iterable[str], env: Mapping[str, str]) -> tuple[Reached, ...]:
    """What the providers of these models answer."""
    names = dict.fromkeys(space.catalog.models[name].provider for name in used)
    return reach([space.catalog.providers[name] for name in names], env, network_of(space.settings))


def _ending(catalog: Catalog, names: Iterable[str], at: datetime) -> Iterable[EndingModel]:
    """Models with an announced end."""
    for name in names:
        shutdown = catalog.models[name].shutdown
        if shutdown:
            left = (date.fromisoformat(shutdown) - at.date()).days
            yield EndingModel(model=name, shutdown=shutdown, days_left=left)


def _screen(summary: DoctorSummary, width: int | None) -> Screen:
    """What was found, as text."""
    return (
        Line(f"modelroute {summary.version}, prices from {summary.price_library}"),
        Line(),
        *_table(_KEYS, [(key.provider, _key_text(key), ", ".join(key.aliases)) for key in summary.keys], width),
        *_table(_PLACES, [(key.provider, key.format, key.base_url) for key in summary.keys if key.aliases], width),
        *_table(_REACHED, [(item.provider, reached_text(item)) for item in summary.online or ()], width),
        *(Line(f"{key} from {origin}") for key, origin in summary.origins.items()),
        Line(_defaults_text(summary)),
        *(Line(f"{item.model} ends on {item.shutdown}, in {item.days_left} days") for item in summary.ending),
        *(Line(_dated_text(item)) for item in summary.oldest),
        _disk_line(summary.disk),
        Line(f"extras: {', '.join(_extra_text(item) for item in summary.extras)}"),
    )


def _table(columns: tuple[Column, ...], rows: list[tuple[str, ...]], width: int | None) -> Screen:
    """A table with its title bold and a blank line behind it; nothing where it has no rows."""
    if not rows:
        return ()
    return (*table_screen(columns, rows, width), Line())


def _key_text(key: KeyState) -> str:
    """Which variables are set and which are not."""
    command = ["from a command"] if key.command else [f"from the keyring ({key.keyring})"] if key.keyring else []
    named = [f"{name} {'not set' if name in key.missing else 'set'}" for name in key.needs]
    return ", ".join([*command, *named]) or "none needed"


def _defaults_text(summary: DoctorSummary) -> str:
    """How many settings nobody changed; `--json` names them."""
    if not summary.origins:
        return "all settings are the defaults"
    return f"{plural(len(summary.defaults), 'other setting')} as they come"


def _dated_text(item: Dated) -> str:
    return f"the oldest {item.what} of a model in use is of {item.date} ({item.model}), {item.age_days} days ago"


def _disk_line(found: Disk) -> Line:
    """Where runs go, and whether they can."""
    free = f"{found.free_bytes / _GIB:.1f} GiB free"
    if not found.writable:
        return Line(f"runs cannot be written to {found.folder}: no permission here, {free}", "error")
    return Line(f"runs are written to {found.folder}, {free}")


def _extra_text(item: Extra) -> str:
    return f"{item.name} {'installed' if item.installed else 'not installed'}"
