"""How providers are reached: through which proxy, and whose certificates are trusted; verification stays on."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import httpx

from modelroute_cli.base.errors import SettingsError

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, slots=True)
class Network:
    """What the settings say; the environment's proxies and certificates hold where they say nothing."""

    proxy: str | None = field(default=None, repr=False)  # may carry a password
    no_proxy: tuple[str, ...] = ()  # hosts reached directly, with those below them
    ca_file: Path | None = None  # trusted besides the usual authorities


DIRECT = Network()


def make_tls(network: Network, env: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Whose certificates are trusted; SettingsError where a file of certificates cannot be read.

    `SSL_CERT_FILE`, else `SSL_CERT_DIR`, stands in the place of the authorities that come with the program (certifi);
    `ca_file` is trusted besides. `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` belong to other programs and are not read.
    """
    named = next((name for name in _VARIABLES if env.get(name)), None)
    try:
        context = httpx.create_ssl_context()
    except OSError as error:
        message = f"`{named}` names `{env.get(named or '', '')}`, of which no certificates can be read: {_why(error)}"
        raise SettingsError(message, hint="name a PEM file with certificates, or unset it") from error
    if network.ca_file is not None:
        _trust(context, network.ca_file)
    return context


def mounts(network: Network, env: Mapping[str, str] = os.environ) -> dict[str, None]:
    """The hosts that no proxy is used for, as the HTTP library's patterns: loopback always, then those that are named.

    Without a proxy in the settings the library itself reads NO_PROXY, beside the proxies of the environment.
    """
    listed = env.get("no_proxy") or env.get("NO_PROXY") or "" if network.proxy else ""
    named = [host.strip() for host in listed.split(",")]
    return {_pattern(host): None for host in (*_LOOPBACK, *network.no_proxy, *named) if host}


def _trust(context: ssl.SSLContext, path: Path) -> None:
    """Add the certificates of a PEM file."""
    try:
        context.load_verify_locations(cafile=path)
    except OSError as error:
        message = f"`network.ca_file`: of `{path}` no certificates can be read: {_why(error)}"
        raise SettingsError(message, hint="name a PEM file with the certificates of your authority") from error


def _why(error: OSError) -> str:
    """The reason for people; OpenSSL's own words name its source files."""
    return "it holds no PEM certificate" if isinstance(error, ssl.SSLError) else error.strerror or "it is not there"


def _pattern(host: str) -> str:
    """An address or `localhost` itself; a name with all below it; `*` for every host."""
    if host == "*":
        return "all://"
    try:
        version = ip_address(host).version
    except ValueError:
        return f"all://{host}" if host.lower() == "localhost" else f"all://*{host}"
    return f"all://[{host}]" if version == 6 else f"all://{host}"  # noqa: PLR2004 - IPv6 has brackets in a URL
