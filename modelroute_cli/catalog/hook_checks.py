"""Whether `hooks` can be followed: one safe address a receiver, one source of its secret; no address is repeated."""

import re
from urllib.parse import SplitResult, urlsplit

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.endpoints import check_keyring, is_loopback
from modelroute_cli.catalog.hooks import Webhook, shown_address
from modelroute_cli.catalog.settings import Settings

_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NEW_SECRET = "make one with `python -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())'`"  # noqa: S105 - a hint


def check_hooks(settings: Settings) -> Settings:
    """The settings themselves; SettingsError, with the file that says so, at the first receiver that is none."""
    for place, webhook in enumerate(settings.hooks.webhooks):
        source = settings.origins.get("hooks.webhooks", "defaults")
        _check(webhook, f"{source}: `hooks.webhooks[{place}]`")
    _check_once(settings)
    command = settings.hooks.command
    if command is not None and not command.run:
        message = f"{settings.origins.get('hooks.command.run', 'defaults')}: `hooks.command.run` names no program"
        raise SettingsError(message, hint="write the program and its arguments: `[python3, tell.py]`")
    return settings


def _check_once(settings: Settings) -> None:
    """SettingsError where a receiver is there twice: it would hear everything twice, under the same ids."""
    known: set[tuple[str | None, str | None]] = set()
    for place, webhook in enumerate(settings.hooks.webhooks):
        address = (webhook.url, webhook.url_env)
        if address in known:
            message = f"{settings.origins.get('hooks.webhooks', 'defaults')}: `hooks.webhooks[{place}]` is there twice"
            raise SettingsError(message, hint="list all its events in one of them")
        known.add(address)


def _check(webhook: Webhook, where: str) -> None:
    if (webhook.url is None) == (webhook.url_env is None):
        message = f"{where} needs either `url` or `url_env`"
        raise SettingsError(message, hint="`url_env` names the environment variable that holds the address")
    if webhook.url is not None:
        check_address(webhook.url, where)
    secrets = [each for each in (webhook.secret_env, webhook.secret_command, webhook.secret_keyring) if each]
    if len(secrets) > 1:
        message = f"{where} has more than one of `secret_env`, `secret_command` and `secret_keyring`"
        raise SettingsError(message, hint="leave one of them")
    for name, value in (("url_env", webhook.url_env), ("secret_env", webhook.secret_env)):
        if value is not None and not _ENV_NAME.fullmatch(value):
            message = f"{where}: `{name}` is not the name of an environment variable"
            raise SettingsError(message, hint=f"put the value into the environment; {_NEW_SECRET}")
    check_keyring(webhook.secret_keyring, f"{where}: `secret_keyring`")


def check_address(url: str, where: str) -> None:
    """SettingsError where an address is not https, http on this machine excepted, or carries a user."""
    parts = _parts(url)
    if parts is None or not parts.hostname or parts.scheme not in {"http", "https"}:
        message = f"{where} has no address of the web"
        raise SettingsError(message, hint="write it as `https://host/path`")
    if parts.username or parts.password:
        message = f"{where} has a user or a password in its address"
        raise SettingsError(message, hint="let the receiver check signatures: `secret_env`")
    if parts.scheme == "http" and not is_loopback(url):
        message = f"{where} is `{shown_address(url)}`: what is told could be read on the way"
        raise SettingsError(message, hint="use https; http is for this machine alone")


def _parts(url: str) -> SplitResult | None:
    """The parts of an address, None where it is none."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is the check: a port that is no number raises
    except ValueError:
        return None
    return parts if url.isprintable() and " " not in url else None
