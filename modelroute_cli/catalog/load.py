"""Settings found and merged: flags > environment > project file > user file > defaults; each origin is kept."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache, reduce
from pathlib import Path
from typing import cast

import msgspec
from msgspec import Struct

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.shipped import decoded, shipped_bytes
from modelroute_cli.catalog.audit import AuditSettings
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.conform import Spot, conform
from modelroute_cli.catalog.hook_checks import check_hooks
from modelroute_cli.catalog.hooks import HookSettings
from modelroute_cli.catalog.marking import ResultSettings
from modelroute_cli.catalog.network_checks import check_network
from modelroute_cli.catalog.price_checks import check_own_prices, spelled_out
from modelroute_cli.catalog.privacy_checks import check_privacy
from modelroute_cli.catalog.processing import ProcessingSettings
from modelroute_cli.catalog.scoring import ScoringSettings
from modelroute_cli.catalog.settings import (
    Assumptions,
    CapSettings,
    DataPolicy,
    Discount,
    EmulatorSettings,
    HistorySettings,
    ImageSettings,
    JobSettings,
    NetworkSettings,
    Objective,
    Price,
    PrivacySettings,
    Rule,
    RunSettings,
    Settings,
)
from modelroute_cli.catalog.telemetry import TelemetrySettings
from modelroute_cli.catalog.tenants import ChargebackSettings, TenantSettings
from modelroute_cli.catalog.trees import Branch, Leaf, Place, Tree, from_flags, merge, nested

PROJECT_FILE = "modelroute.yaml"
_USER_FILE = Path("modelroute") / "settings.yaml"
_PREFIX = "MODELROUTE_"
_CONFIG = "MODELROUTE_CONFIG"
_HISTORY = "MODELROUTE_HISTORY"
_AUDIT_KEY = "MODELROUTE_AUDIT_KEY"  # a key, no setting
_PLAIN = "MODELROUTE_PLAIN"  # how screens are written
_NO_SETTINGS = frozenset({_CONFIG, _HISTORY, _AUDIT_KEY, _PLAIN})
_PLANNING = (
    "aliases",
    "rules",
    "models",
    "prices",
    "discounts",
    "providers",
    "assumptions",
    "privacy",
    "data_policy",
)


class SettingsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every section that a settings file may have; cards are overridden field by field."""

    objective: Objective
    aliases: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    models: Mapping[str, ModelCard]
    prices: Mapping[str, Price]
    discounts: Mapping[str, Discount]
    providers: Mapping[str, Provider]
    assumptions: Assumptions
    job: JobSettings
    images: ImageSettings
    run: RunSettings
    emulator: EmulatorSettings
    data_policy: DataPolicy
    privacy: PrivacySettings
    network: NetworkSettings
    caps: CapSettings
    scoring: ScoringSettings
    history: HistorySettings
    tenants: TenantSettings
    chargeback: ChargebackSettings
    audit: AuditSettings
    hooks: HookSettings
    telemetry: TelemetrySettings
    results: ResultSettings
    processing: ProcessingSettings


def load_settings(cwd: Path, config: Path | None, env: Mapping[str, str], flags: Mapping[str, object]) -> Settings:
    """The settings that hold in `cwd`; `config` stands for the project's file.

    `flags` are dotted names with values already typed (`objective.min_quality`), None meaning not given.
    SettingsError names file, line and key of what is wrong.
    """
    layers = (
        shipped("defaults.yaml"),
        *_user_layer(cwd, env),
        *_project_layer(cwd, config, env),
        *_env_layers(env),
        from_flags(flags, Place("the command line")),
    )
    return check_hooks(check_network(check_privacy(_settings(reduce(merge, layers)))))


def settings_digest(settings: Settings) -> str:
    """`sha256:` + hex over the parts that decide which plan is made, the objective excepted."""
    parts = {name: getattr(settings, name) for name in _PLANNING}
    canonical = msgspec.json.encode(parts, order="deterministic")
    return f"sha256:{hashlib.sha256(canonical).hexdigest()}"


@cache
def shipped(name: str) -> Branch:
    """A data file of the package, read once."""
    return decoded(name, shipped_bytes(name), Branch, lambda text, _: parsed(name, text))


def parsed(name: str, text: bytes) -> Branch:
    """A data file of the package as its YAML stands."""
    return _read_yaml(text.decode("utf-8"), name.removesuffix(".yaml"))


def _read_yaml(text: str, source: str) -> Branch:
    from modelroute_cli.catalog.documents import read_yaml  # noqa: PLC0415 - without a settings file nothing is YAML

    return read_yaml(text, source)


def _read_value(text: str, variable: str) -> Tree:
    from modelroute_cli.catalog.documents import read_yaml_value  # noqa: PLC0415 - few set variables

    return read_yaml_value(text, Place(variable))


def _settings(tree: Branch) -> Settings:
    """The merged tree as settings."""
    tree = spelled_out(tree)
    values = cast("dict[str, object]", conform(tree, SettingsFile, Spot(cards=(ModelCard, Provider))))
    check_own_prices(tree)
    return Settings(
        objective=msgspec.convert(values["objective"], Objective),
        aliases=msgspec.convert(values["aliases"], dict[str, tuple[str, ...]]),
        rules=msgspec.convert(values["rules"], tuple[Rule, ...]),
        models=msgspec.convert(values["models"], dict[str, dict[str, object]]),
        prices=msgspec.convert(values["prices"], dict[str, Price]),
        discounts=msgspec.convert(values["discounts"], dict[str, Discount]),
        providers=msgspec.convert(values["providers"], dict[str, dict[str, object]]),
        assumptions=msgspec.convert(values["assumptions"], Assumptions),
        job=msgspec.convert(values["job"], JobSettings),
        images=msgspec.convert(values["images"], ImageSettings),
        privacy=msgspec.convert(values["privacy"], PrivacySettings),
        run=msgspec.convert(values["run"], RunSettings),
        emulator=msgspec.convert(values["emulator"], EmulatorSettings),
        data_policy=msgspec.convert(values["data_policy"], DataPolicy),
        network=msgspec.convert(values["network"], NetworkSettings),
        caps=msgspec.convert(values["caps"], CapSettings),
        scoring=msgspec.convert(values["scoring"], ScoringSettings),
        tenants=msgspec.convert(values["tenants"], TenantSettings),
        chargeback=msgspec.convert(values["chargeback"], ChargebackSettings),
        history=msgspec.convert(values["history"], HistorySettings),
        audit=msgspec.convert(values["audit"], AuditSettings),
        hooks=msgspec.convert(values["hooks"], HookSettings),
        telemetry=msgspec.convert(values["telemetry"], TelemetrySettings),
        results=msgspec.convert(values["results"], ResultSettings),
        processing=msgspec.convert(values["processing"], ProcessingSettings),
        origins=dict(_origins(tree, "")),
    )


def _origins(tree: Tree, path: str) -> Iterator[tuple[str, str]]:
    """Dotted name and source of each value; a list counts as one value."""
    if isinstance(tree, Branch):
        for name, item in tree.items.items():
            yield from _origins(item, f"{path}.{name}" if path else name)
    else:
        yield path, tree.place.source


def _user_layer(cwd: Path, env: Mapping[str, str]) -> tuple[Branch, ...]:
    """The user's own file, if there is one."""
    home = env.get("HOME")
    base = env.get("XDG_CONFIG_HOME") or (str(Path(home) / ".config") if home else None)
    path = Path(base) / _USER_FILE if base else None
    return (_read(path, cwd, env),) if path is not None and path.is_file() else ()


def _project_layer(cwd: Path, config: Path | None, env: Mapping[str, str]) -> tuple[Branch, ...]:
    """The file that was named, else the project's, if there is one."""
    named = config or (Path(env[_CONFIG]) if env.get(_CONFIG) else None)
    path = cwd / named if named is not None else _find_project(cwd, env)
    return (_read(path, cwd, env),) if path is not None else ()


def _find_project(cwd: Path, env: Mapping[str, str]) -> Path | None:
    """The nearest `modelroute.yaml` from `cwd` up to the repository or the home folder; outside both, only in `cwd`.

    Above them a folder may belong to someone else, whose settings must not decide what is run here.
    """
    home = Path(env["HOME"]) if env.get("HOME") else None
    folders: list[Path] = []
    for folder in (cwd, *cwd.parents):
        folders.append(folder)
        if (folder / ".git").exists() or folder == home:
            return next((path for path in (item / PROJECT_FILE for item in folders) if path.is_file()), None)
    return cwd / PROJECT_FILE if (cwd / PROJECT_FILE).is_file() else None


def _read(path: Path, cwd: Path, env: Mapping[str, str]) -> Branch:
    """One settings file; SettingsError when it cannot be read or is no text."""
    shown = _shown(path, cwd, env)
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        message = f"no settings file `{shown}`"
        raise SettingsError(message, hint="`modelroute init` writes one") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        message = f"settings file `{shown}` cannot be read: {reason}"
        raise SettingsError(message) from error
    return _read_yaml(text, shown)


def _shown(path: Path, cwd: Path, env: Mapping[str, str]) -> str:
    """A path as the user would write it from `cwd`."""
    if path.is_relative_to(cwd):
        return str(path.relative_to(cwd))
    home = env.get("HOME")
    if home and path.is_relative_to(home):
        return str(Path("~") / path.relative_to(home))
    return str(path)


def _env_layers(env: Mapping[str, str]) -> Iterator[Branch]:
    """One layer for each `MODELROUTE_SECTION__KEY`; an empty value is not given."""
    if env.get(_HISTORY):
        yield _history_layer(env[_HISTORY])
    for name in sorted(env):
        if name.startswith(_PREFIX) and name not in _NO_SETTINGS and env[name]:
            path = name.removeprefix(_PREFIX).lower().split("__")
            _check_env_name(name, path[0])
            yield nested(path, _read_value(env[name], name))


def _history_layer(text: str) -> Branch:
    """`MODELROUTE_HISTORY`, the short form of two settings: a file, or `off`."""
    place, is_off = Place(_HISTORY), text == "off"
    kept = nested(["history", "keep"], Leaf(not is_off, text, place))
    return kept if is_off else merge(kept, nested(["history", "file"], Leaf(text, text, place)))


def _check_env_name(name: str, section: str) -> None:
    """SettingsError for a variable that names no section, with the likely spelling."""
    sections = SettingsFile.__struct_fields__
    if section in sections:
        return
    begun = next((item for item in sections if section.startswith(f"{item}_")), None)
    likely = f"{_PREFIX}{begun.upper()}__{section.removeprefix(f'{begun}_').upper()}" if begun else None
    message = f"environment variable `{name}` is no setting"
    hint = (
        f"did you mean `{likely}`?"
        if likely
        else f"names are `{_PREFIX}SECTION__KEY`, as `MODELROUTE_RUN__CONCURRENCY`"
    )
    raise SettingsError(message, hint=hint)
