"""Tests of modelroute_cli.cli.network: what the settings say of the network, as the transport wants it."""

from pathlib import Path

import pytest

from modelroute_cli.catalog.load import load_settings
from modelroute_cli.cli.network import network_of
from modelroute_cli.providers.network import Network


def _network(folder: Path, env: dict[str, str]) -> Network:
    return network_of(load_settings(folder, None, env, {}))


def test_nothing_set_leaves_all_to_the_environment(tmp_path: Path) -> None:
    """The defaults change nothing."""
    assert _network(tmp_path, {}) == Network()


def test_a_proxy_and_hosts_without_it(tmp_path: Path) -> None:
    """From the project's file, or a variable."""
    (tmp_path / "modelroute.yaml").write_text("network: {no_proxy: [acme.com]}")
    env = {"MODELROUTE_NETWORK__PROXY": "http://p.acme.com:3128"}
    assert _network(tmp_path, env) == Network("http://p.acme.com:3128", ("acme.com",))


def test_certificates_lie_beside_the_file_that_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own settings are elsewhere than the project."""
    home, project = tmp_path / "home", tmp_path / "project"
    (home / ".config" / "modelroute").mkdir(parents=True)
    project.mkdir()
    (home / ".config" / "modelroute" / "settings.yaml").write_text("network: {ca_file: acme.pem}")
    monkeypatch.chdir(project)
    monkeypatch.setenv("HOME", str(home))
    found = _network(project, {"HOME": str(home)})
    assert found.ca_file == home / ".config" / "modelroute" / "acme.pem"


def test_a_variable_names_certificates_from_here(tmp_path: Path) -> None:
    """It lies nowhere itself."""
    assert _network(tmp_path, {"MODELROUTE_NETWORK__CA_FILE": "acme.pem"}).ca_file == Path("acme.pem")
    assert _network(tmp_path, {"MODELROUTE_NETWORK__CA_FILE": "/etc/acme.pem"}).ca_file == Path("/etc/acme.pem")
