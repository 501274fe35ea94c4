"""Whether an account may be reached the way its settings say: no keys in them, no clear text over a network."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.cards import Catalog, Provider

_ENV_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_KEY_HEADERS = {"authorization", "api-key", "x-api-key", "x-goog-api-key", "x-portkey-api-key", "proxy-authorization"}
_KEY_SUFFIXES = ("-api-key", "-authorization", "-token", "-secret")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal")
_KEYRING = re.compile(r"[^\s/][^\n]*/[^/\s]+")
_DECIDED = frozenset({
    "background",
    "best_of",
    "contents",
    "input",
    "max_completion_tokens",
    "max_output_tokens",
    "max_tokens",
    "messages",
    "model",
    "n",
    "service_tier",
    "stream",
    "system",
})  # fmt: skip
_KEY_NAME = re.compile(
    r"(?:^|[-_])(?:api[-_]?key|access[-_]?key|(?:access|auth|bearer)[-_]?token|authorization|password|secret)$",
    re.IGNORECASE,
)
_KEY_VALUE = re.compile(
    r"(?:Bearer|Basic)\s+\S{6,}|(?:sk|pk|rk|gsk|xai|tgp|key|pplx|hf|nvapi|csk)[-_][A-Za-z0-9._-]{10,}|AIza[\w-]{10,}",
    re.IGNORECASE,
)


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
    """SettingsError when the URL is no safe endpoint, a key stands where everyone can read it, a header is none."""
    where = f"{origin}: provider `{provider.name}`"
    _check_url(provider.base_url, where)
    _check_key_names(provider, where)
    _check_keyring(provider, where)
    _check_headers(provider, where)
    _check_extra_body(provider, where)
    held = sorted(name for name, value in provider.headers.items() if _carries_key(name, value, provider))
    if held:
        message = f"{where} has a key in `headers`: `{held[0]}`"
        raise SettingsError(message, hint="name its environment variable in `api_key_env` or `key_headers`")


def _carries_key(header: str, value: str, provider: Provider) -> bool:
    """Whether a header is one in which keys travel, or its value looks like a key."""
    name = header.lower()
    own = provider.auth == "header" and name == provider.auth_header.lower()
    return own or name in _KEY_HEADERS or name.endswith(_KEY_SUFFIXES) or _KEY_VALUE.match(value) is not None


def _check_headers(provider: Provider, where: str) -> None:
    """Names that HTTP takes and values of one line; a value is not repeated, it may be what nobody shall see."""
    fields = {f"headers.{name}": name for name in provider.headers}
    fields |= {f"key_headers.{name}": name for name in provider.key_headers}
    fields |= {"auth_header": provider.auth_header, "upstream_header": provider.upstream_header or "x"}
    for field, name in fields.items():
        if not _HEADER_NAME.fullmatch(name):
            message = f"{where}: `{field}` is no name of a header"
            raise SettingsError(message, hint="write its name alone, such as `api-key`")
    for name, value in provider.headers.items():
        if not value.isprintable():
            message = f"{where}: `headers.{name}` holds a line break or another control character"
            raise SettingsError(message, hint="write it on one line")


def _check_extra_body(provider: Provider, where: str) -> None:
    """Nothing that each request decides itself, and no key: what stands there is written into plans."""
    decided = sorted(_DECIDED & provider.extra_body.keys())
    if decided:
        message = f"{where} sets `{decided[0]}` in `extra_body`, which each request decides itself"
        raise SettingsError(message, hint="take it out: model, turns, limit and service tier are the plan's")
    if "models" in provider.extra_body:
        message = (
            f"{where} sets `models` in `extra_body`: what it turns to by itself has prices and tokens no cap knows"
        )
        raise SettingsError(
            message, hint="name them in an alias or in a rule's `escalate`: the run turns to them itself"
        )
    held = next(_keys_in(provider.extra_body, "extra_body"), None)
    if held:
        message = f"{where}: `{held}` looks like a key"
        raise SettingsError(message, hint="keys travel in headers: name its environment variable in `key_headers`")


def _keys_in(value: object, path: str) -> Iterator[str]:
    """The places inside a JSON value whose name or text looks like a key."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            inside = f"{path}.{name}"
            yield from [inside] if _KEY_NAME.search(name) else _keys_in(inner, inside)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _keys_in(inner, f"{path}[{place}]")
    elif isinstance(value, str) and _KEY_VALUE.match(value):
        yield path


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


def check_keyring(place: str | None, where: str) -> None:
    """SettingsError where a place in the keyring is not written as `service/username`."""
    if place is not None and not _KEYRING.fullmatch(place):
        message = f"{where} is no place in a keyring"
        raise SettingsError(message, hint="write it as `service/username`, as in `keyring set service username`")


def _check_keyring(provider: Provider, where: str) -> None:
    """A place in the keyring, and no second source beside it."""
    check_keyring(provider.api_key_keyring, f"{where}: `api_key_keyring`")
    if provider.api_key_keyring and provider.api_key_command:
        message = f"{where} has both `api_key_command` and `api_key_keyring`"
        raise SettingsError(message, hint="leave one of them")
