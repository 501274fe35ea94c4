"""Whether an account may be reached the way its settings say: no keys in them, no clear text over a network."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.cards import Catalog, Provider

_ENV_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_KEY_HEADERS = {"authorization", "api-key", "x-api-key", "x-goog-api-key", "x-portkey-api-key", "proxy-authorization"}
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal")


def is_started(provider: Provider) -> bool:
    """Whether a run starts this server itself: its address has port 0, which stands for any free one."""
    return _split(provider.base_url, provider.name).port == 0


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = _split(url, "base_url").hostname or ""
    return host == "localhost" or host.endswith(".localhost") or _address_is(host, "is_loopback")


def is_own(catalog: Catalog, name: str) -> bool:
    """Whether a model answers from a server that a run starts on this machine."""
    return is_started(catalog.providers[catalog.models[name].provider])


def check_provider(provider: Provider, origin: str) -> None:
    """SettingsError when the URL is no safe endpoint or a key stands where everyone can read it."""
    where = f"{origin}: provider `{provider.name}`"
    _check_url(provider.base_url, where)
    _check_key_names(provider, where)
    held = sorted(name for name in provider.headers if name.lower() in _KEY_HEADERS)
    if held:
        message = f"{where} has a key in `headers`: `{held[0]}`"
        raise SettingsError(message, hint="name its environment variable in `api_key_env` or `key_headers`")


def _check_url(url: str, where: str) -> None:
    """An absolute https URL, or http to a host that is local; the URL is repeated only when it holds no secret."""
    parts = _split(url, where)
    if parts.username or parts.password or parts.query or parts.fragment:
        message = f"{where}: `base_url` has a user, a key or a query in it"
        raise SettingsError(message, hint="keys go into `api_key_env`, extra values into `headers`")
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname and _is_local(parts.hostname):
        return
    message = f"{where}: `base_url` is `{url}`: keys and requests would be readable on the way"
    raise SettingsError(message, hint="use https; http is for this machine and private networks only")


def _split(url: str, where: str) -> SplitResult:
    """The URL's parts."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is the check: a port that is no number raises
    except ValueError as error:
        message = f"{where}: `base_url` is no URL"
        raise SettingsError(message, hint="write it as https://host/v1") from error
    return parts


def _is_local(host: str) -> bool:
    """Loopback, a private address, or a name that no public DNS knows."""
    if host == "localhost" or host.endswith(_LOCAL_SUFFIXES):
        return True
    return _address_is(host, "is_private") or ("." not in host and ":" not in host)


def _address_is(host: str, kind: str) -> bool:
    """Whether the host is an address of that kind; False for a name."""
    try:
        return bool(getattr(ip_address(host), kind))
    except ValueError:
        return False


def _check_key_names(provider: Provider, where: str) -> None:
    """Fields that name environment variables hold names; what they hold is not repeated, it may be the key itself."""
    named = {"api_key_env": provider.api_key_env}
    named |= {f"key_headers.{header}": name for header, name in provider.key_headers.items()}
    for field, name in named.items():
        if name is not None and not _ENV_NAME.match(name):
            message = f"{where}: `{field}` is not the name of an environment variable"
            raise SettingsError(message, hint="put the key into the environment and its variable's name here")
