"""Who is told: addresses and secrets found before a run begins, shown by scheme and host alone."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from modelroute_cli.base.errors import CredentialError
from modelroute_cli.catalog.hook_checks import check_address
from modelroute_cli.catalog.hooks import HookCommand, HookEvent, HookSettings, Webhook, shown_address
from modelroute_cli.execution.hooks.signing import secret_bytes
from modelroute_cli.execution.secret_sources import Lookup, from_command, from_keyring

_PROGRAM = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A webhook, ready to be sent to."""

    key: str  # how an outbox knows it; nothing can be read from it
    name: str  # how it is shown
    events: frozenset[HookEvent]
    timeout_s: float
    url: str = field(repr=False)
    secret: bytes | None = field(repr=False)  # None: it is not signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The user's own program."""

    name: str
    run: tuple[str, ...]
    events: frozenset[HookEvent]
    timeout_s: float
    key: str = _PROGRAM


Receiver = Address | Program


def find_receivers(
    settings: HookSettings, env: Mapping[str, str], lookup: Lookup | None = None
) -> tuple[Receiver, ...]:
    """Everybody who is to be told, webhooks first; CredentialError for an address or a secret that is not there."""
    webhooks = [_address(each, f"hooks.webhooks[{place}]", env, lookup) for place, each in enumerate(settings.webhooks)]
    return (*webhooks, *([] if settings.command is None else [_program(settings.command)]))


def secrets_of(settings: HookSettings) -> frozenset[str]:
    """The environment variables that hold addresses and secrets of webhooks."""
    names = (name for each in settings.webhooks for name in (each.url_env, each.secret_env))
    return frozenset(name for name in names if name)


def _program(command: HookCommand) -> Program:
    return Program(
        name=os.path.basename(command.run[0]),  # noqa: PTH119 - also of a Windows path, as text
        run=command.run,
        events=frozenset(command.events),
        timeout_s=command.timeout_s,
    )


def _address(webhook: Webhook, path: str, env: Mapping[str, str], lookup: Lookup | None) -> Address:
    url = webhook.url or _from_env(webhook.url_env or "", f"`{path}.url_env`", env)
    if webhook.url is None:
        check_address(url, f"`{path}`: the environment variable `{webhook.url_env}`")
    return Address(
        key=hashlib.sha256(url.encode()).hexdigest()[:16],
        name=shown_address(url),
        events=frozenset(webhook.events),
        timeout_s=webhook.timeout_s,
        url=url,
        secret=_secret(webhook, path, env, lookup),
    )


def _secret(webhook: Webhook, path: str, env: Mapping[str, str], lookup: Lookup | None) -> bytes | None:
    """What signs, None where nothing does."""
    if webhook.secret_env is not None:
        setting = f"`{path}.secret_env`"
        return secret_bytes(_from_env(webhook.secret_env, setting, env), setting)
    if webhook.secret_command is not None:
        setting = f"`{path}.secret_command`"
        return secret_bytes(from_command(webhook.secret_command, setting), setting)
    if webhook.secret_keyring is not None:
        setting = f"`{path}.secret_keyring`"
        return secret_bytes(from_keyring(webhook.secret_keyring, setting, lookup), setting)
    return None


def _from_env(name: str, setting: str, env: Mapping[str, str]) -> str:
    value = env.get(name, "").strip()
    if not value:
        message = f"{setting}: environment variable `{name}` is not set"
        raise CredentialError(message, hint=f"`export {name}=...`, or take the webhook out of the settings")
    return value
