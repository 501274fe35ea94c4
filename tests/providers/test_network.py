"""Tests of modelroute_cli.providers.network: a real proxy and an authority made for the test, on loopback."""

import asyncio
import ssl
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from support.raw_server import Proxy, RawServer, answers, raw

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.providers.base import TransportError, WireRequest
from modelroute_cli.providers.network import Network, make_tls, proxies
from modelroute_cli.providers.transport import make_transport

HOST = "provider.example"
KEY = "sk-planted-network-key"
PASSWORD = "proxy-planted-password"  # noqa: S105 - invented here
_CLEARED = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own network settings."""
    for name in _CLEARED:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@dataclass(frozen=True)
class Authority:
    """An authority of one's own, as companies have them, with a server's certificate by it."""

    file: Path
    server: ssl.SSLContext


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Made for these tests."""
    made, server = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert(HOST).configure_cert(server)
    file = tmp_path_factory.mktemp("authority") / "acme.pem"
    made.cert_pem.write_to_path(file)
    return Authority(file, server)


@dataclass(frozen=True)
class Met:
    """What came back (the body, or why nothing did), what the proxy was asked, and what the provider saw."""

    told: str
    asked: tuple[bytes, ...]
    seen: tuple[bytes, ...]


async def _send(url: str, network: Network) -> str:
    transport = make_transport(2, network=network)
    try:
        request = WireRequest(url=url, headers={"authorization": f"Bearer {KEY}"}, body=b"{}")
        return (await transport.send(request, 5.0)).body.decode()
    except TransportError as error:
        return "it was sent" if error.sent else error.message
    finally:
        await transport.close()


async def _through(
    url: str, tls: ssl.SSLContext | None, wants: bytes, monkeypatch: pytest.MonkeyPatch | None, network: Network
) -> Met:
    async with RawServer(answers(raw(b"fine")), tls) as provider:
        proxy = Proxy(provider.port, wants)
        async with RawServer(proxy.serve, reads=False) as listening:
            place = f"127.0.0.1:{listening.port}"
            if monkeypatch is not None:
                monkeypatch.setenv("HTTPS_PROXY", f"http://anna:{PASSWORD}@{place}")
                monkeypatch.setenv("HTTP_PROXY", f"http://anna:{PASSWORD}@{place}")
            else:
                network = Network(f"http://{place}", network.no_proxy, network.ca_file)
            told = await _send(url, network)
    return Met(told, tuple(proxy.asked), tuple(provider.seen))


def met(
    url: str,
    network: Network | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    wants: bytes = b"",
    env: pytest.MonkeyPatch | None = None,
) -> Met:
    """One POST through a proxy: that of the settings, or with `env` that of the environment, with a password."""
    return asyncio.run(_through(url, tls, wants, env, network or Network()))


def test_the_settings_proxy_is_used_for_plain_addresses() -> None:
    """It is asked for the whole address."""
    found = met(f"http://{HOST}/v1")
    assert (found.told, len(found.asked)) == ("fine", 1)
    assert found.asked[0].startswith(f"POST http://{HOST}/v1 HTTP/1.1\r\n".encode())


def test_a_tunnel_leads_to_a_provider_of_one_s_own_authority(authority: Authority) -> None:
    """CONNECT, then TLS with the provider itself: the proxy never sees the key."""
    found = met(f"https://{HOST}/v1", Network(ca_file=authority.file), tls=authority.server)
    assert found.told == "fine"
    assert found.asked[0].startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n".encode())
    assert KEY.encode() not in found.asked[0]
    assert KEY.encode() in found.seen[0]


def test_an_authority_that_is_not_trusted_gets_no_key(authority: Authority) -> None:
    """A proxy that opens TLS itself is refused, unless its authority is named."""
    found = met(f"https://{HOST}/v1", tls=authority.server)
    assert found.told == f"no connection to `{HOST}`: its certificate or TLS was refused"
    assert found.seen == ()


def test_a_certificate_for_another_host_is_refused(authority: Authority) -> None:
    """The authority is trusted, the host is not the one it vouches for."""
    found = met("https://other.example/v1", Network(ca_file=authority.file), tls=authority.server)
    assert found.told == "no connection to `other.example`: its certificate or TLS was refused"


def test_the_environment_s_authorities_are_trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """`SSL_CERT_FILE`, as every OpenSSL program reads it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert met(f"https://{HOST}/v1", tls=authority.server).told == "fine"


def test_the_environment_s_proxy_gets_its_password(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in the address, and is sent to the proxy alone."""
    word = b64encode(f"anna:{PASSWORD}".encode())
    wants = b"Proxy-Authorization: Basic " + word
    found = met(
        f"https://{HOST}/v1", Network(ca_file=authority.file), tls=authority.server, wants=wants, env=monkeypatch
    )
    assert found.told == "fine"
    assert word not in found.seen[0]


def test_a_proxy_that_refuses_is_named_without_its_password(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """407 is no answer of the provider; nothing was sent to it."""
    found = met(f"https://{HOST}/v1", tls=authority.server, wants=b"another password", env=monkeypatch)
    assert found.told == f"no connection to `{HOST}`: the proxy answered 407"
    assert found.seen == ()


def test_loopback_is_direct_whatever_the_settings_say() -> None:
    """The emulator and servers of one's own."""

    async def direct() -> str:
        async with RawServer(answers(raw(b"direct"))) as server:
            return await _send(f"{server.url}/v1", Network("http://127.0.0.1:9"))

    assert asyncio.run(direct()) == "direct"


@pytest.mark.parametrize("network", [Network(no_proxy=("nowhere.invalid",)), Network(no_proxy=("invalid",))])
def test_hosts_of_no_proxy_are_reached_directly(network: Network) -> None:
    """Here nobody is there: the proxy is not asked."""
    found = met("http://nowhere.invalid/v1", network)
    assert (found.told, found.asked) == ("no connection to `nowhere.invalid`: its name was not found", ())


def test_no_proxy_of_the_environment_holds_for_the_settings_proxy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names with all below them, addresses, and `*` for all."""
    monkeypatch.setenv("NO_PROXY", "acme.com, .corp.example,10.0.0.7, ::2,localhost")
    settings = proxies(Network("http://p.example"))
    direct = ("127.0.0.1", "localhost", "::1", "acme.com", "api.ACME.com", "api.corp.example", "10.0.0.7", "::2")
    assert {host: settings.towards("https", host) for host in direct} == dict.fromkeys(direct)
    others = ("notacme.com", "corp.example", "1.10.0.0.7", "sub.localhost", "provider.example")
    assert {host: found.url for host in others if (found := settings.towards("https", host))} == dict.fromkeys(
        others, "http://p.example"
    )
    assert proxies(Network()).towards("https", "provider.example") is None
    monkeypatch.setenv("NO_PROXY", "*")
    assert proxies(Network("http://p.example")).towards("https", "provider.example") is None


def test_an_environment_s_proxy_that_is_none_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may carry a password."""
    monkeypatch.setenv("HTTPS_PROXY", f"ftp://anna:{PASSWORD}@p.example")
    with pytest.raises(SettingsError) as caught:
        proxies(Network())
    assert caught.value.message == "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY of the environment is no address of a proxy"


def test_a_proxy_is_not_in_a_repr() -> None:
    """It may carry a password."""
    assert PASSWORD not in repr(Network(f"http://anna:{PASSWORD}@p.example"))


def test_a_file_of_certificates_that_is_not_there_is_an_error_of_the_settings(tmp_path: Path) -> None:
    """Never a run without it."""
    with pytest.raises(SettingsError) as caught:
        make_tls(Network(ca_file=tmp_path / "gone.pem"), {})
    where = f"`network.ca_file`: of `{tmp_path / 'gone.pem'}` no certificates can be read"
    assert caught.value.message == f"{where}: No such file or directory"
    assert caught.value.hint == "name a PEM file with the certificates of your authority"


def test_a_file_that_holds_no_certificate_is_an_error_of_the_settings(tmp_path: Path) -> None:
    """OpenSSL's own words name its source files."""
    (tmp_path / "text.pem").write_text("not a certificate")
    with pytest.raises(SettingsError) as caught:
        make_tls(Network(ca_file=tmp_path / "text.pem"), {})
    assert caught.value.message.endswith("no certificates can be read: it holds no PEM certificate")


def test_an_environment_variable_that_names_no_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is wrong, not the settings."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at-all.pem")
    with pytest.raises(SettingsError) as caught:
        make_tls(Network(), {"SSL_CERT_FILE": "/nowhere/at-all.pem"})
    assert caught.value.message == (
        "`SSL_CERT_FILE` names `/nowhere/at-all.pem`, of which no certificates can be read: No such file or directory"
    )


def test_certificates_are_always_verified(authority: Authority) -> None:
    """There is no switch against it."""
    context = make_tls(Network(ca_file=authority.file), {})
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
