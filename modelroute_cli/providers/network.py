"""How providers are reached: through which proxy, and whose certificates are trusted; verification stays on."""

import os
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.request import getproxies

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


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy; a password goes as a header to it alone."""

    url: str
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proxies:
    """Which proxy leads to which address: by scheme, `all` for both; none for the hosts in `direct`."""

    by_scheme: Mapping[str, Proxy]
    direct: tuple[str, ...]

    def towards(self, scheme: str, host: str) -> Proxy | None:
        """The proxy for an address, None where it is reached directly."""
        if not self.by_scheme or any(_covers(named, host.lower()) for named in self.direct):
            return None
        return self.by_scheme.get(scheme) or self.by_scheme.get("all")


def proxies(network: Network) -> Proxies:
    """How hosts are reached; loopback always directly.

    The proxy of the settings stands in the place of HTTP_PROXY, HTTPS_PROXY and ALL_PROXY; NO_PROXY holds for both.
    """
    said = getproxies()
    by_scheme = {"all": network.proxy} if network.proxy else {name: said.get(name) for name in ("http", "https", "all")}
    direct = (*_LOOPBACK, *network.no_proxy, *(host.strip() for host in said.get("no", "").split(",")))
    if "*" in direct:
        return Proxies({}, ())
    known = {scheme: _proxy(address) for scheme, address in by_scheme.items() if address}
    return Proxies(known, tuple(host.lower() for host in direct if host))


def _proxy(address: str) -> Proxy:
    """A proxy as it is written; SettingsError where it is none, without showing it."""
    try:
        found = httpx.Proxy(address if "://" in address else f"http://{address}")
    except (httpx.InvalidURL, ValueError) as error:
        message = "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY of the environment is no address of a proxy"
        raise SettingsError(message, hint="write it as `http://proxy.acme.com:8080`") from error
    if found.raw_auth is None:
        return Proxy(str(found.url), {})
    word = b64encode(b":".join(found.raw_auth)).decode("ascii")
    return Proxy(str(found.url), {"proxy-authorization": f"Basic {word}"})


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


def _covers(named: str, host: str) -> bool:
    """An address or `localhost` covers itself; a name all below it too, and only those where it begins with a dot."""
    return host == named or (host.endswith(f".{named.removeprefix('.')}") and not _is_address(named))


def _is_address(named: str) -> bool:
    """Whether nothing can be below it."""
    try:
        ip_address(named)
    except ValueError:
        return named == "localhost"
    return True
