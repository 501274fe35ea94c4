"""Programs of the user's own see nothing that opens anything."""

from dataclasses import replace

import pytest
from support.catalog_room import default_catalog, default_settings

from modelroute_cli.catalog.audit import AuditSettings
from modelroute_cli.catalog.hooks import HookSettings, Webhook
from modelroute_cli.cli.bare_env import bare_env
from modelroute_cli.execution.keys import Credentials


def test_keys_addresses_and_secrets_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the names that settings have for them, and a key in whatever variable; all else is as it was."""
    webhook = Webhook(url_env="CHAT", secret_env="SIGNS")  # noqa: S106 - names
    settings = replace(
        default_settings(), hooks=HookSettings(webhooks=(webhook,)), audit=AuditSettings(key_env="CHAIN")
    )
    hidden = {"OPENAI_API_KEY": "a", "CHAT": "b", "SIGNS": "c", "CHAIN": "d", "WRAPPED": "x sk-own"}
    kept = {"HTTPS_PROXY": "http://proxy.acme.com", "MAIL_PASSWORD": "its own"}
    for name, value in {**hidden, **kept}.items():
        monkeypatch.setenv(name, value)
    env = bare_env(settings, default_catalog().providers, {"openai": Credentials("sk-own")})
    assert hidden.keys() & env.keys() == set()
    assert {name: env[name] for name in kept} == kept
