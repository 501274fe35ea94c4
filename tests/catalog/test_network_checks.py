"""Tests of modelroute_cli.catalog.network_checks: a proxy is an address, and no settings file holds its password."""

from pathlib import Path

import pytest

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.catalog.settings import NetworkSettings


def _loaded(folder: Path, text: str, env: dict[str, str] | None = None) -> NetworkSettings:
    (folder / "modelroute.yaml").write_text(text)
    return load_settings(folder, None, env or {}, {}).network


@pytest.mark.parametrize("proxy", ["http://proxy.acme.com:8080", "https://10.0.0.1", "http://[::1]:3128/"])
def test_an_address_is_taken(proxy: str, tmp_path: Path) -> None:
    """A scheme of the web, a host, a port."""
    assert _loaded(tmp_path, f'network: {{proxy: "{proxy}", no_proxy: [acme.com], ca_file: a.pem}}') == NetworkSettings(
        proxy=proxy, no_proxy=("acme.com",), ca_file="a.pem"
    )


@pytest.mark.parametrize(
    "proxy", ["proxy.acme.com:8080", "socks5://p", "http://", "http://p:port", "http://p/path", "http://p?x=secret"]
)
def test_what_is_no_address_is_refused_without_being_shown(proxy: str, tmp_path: Path) -> None:
    """It may hold a secret."""
    with pytest.raises(SettingsError) as caught:
        _loaded(tmp_path, f'network: {{proxy: "{proxy}"}}')
    assert caught.value.message == "modelroute.yaml: `network.proxy` is no address of a proxy"
    assert caught.value.hint == "write it as `http://proxy.acme.com:8080`"


def test_a_password_is_refused_without_being_shown(tmp_path: Path) -> None:
    """Wherever the setting comes from; the environment's own variable takes it."""
    with pytest.raises(SettingsError) as caught:
        _loaded(tmp_path, "", {"MODELROUTE_NETWORK__PROXY": "http://anna:hush@proxy.acme.com"})
    message = "MODELROUTE_NETWORK__PROXY: `network.proxy` holds a user or a password, which no settings file may"
    assert caught.value.message == message
    assert caught.value.hint == "put the whole address into the environment variable `HTTPS_PROXY`"


def test_a_proxy_of_the_wrong_type_is_not_shown_either(tmp_path: Path) -> None:
    """The types are checked before the address is."""
    with pytest.raises(SettingsError) as caught:
        _loaded(tmp_path, "network: {proxy: [http://anna:hush@p]}")
    assert "hush" not in caught.value.message


def test_verification_has_no_switch(tmp_path: Path) -> None:
    """Not even under the names that other programs give it."""
    for name in ("verify", "insecure", "ssl_verify"):
        with pytest.raises(SettingsError, match=f"unknown key `{name}` in `network`"):
            _loaded(tmp_path, f"network: {{{name}: false}}")
