"""Tests of modelroute_cli.emulator.rewire."""

from support.calls import OPENAI, PORTKEY
from support.catalog_room import default_catalog

from modelroute_cli.emulator.rewire import rewire


def test_a_rewired_provider_keeps_its_manner_and_loses_its_keys() -> None:
    """The same adapter quirks run; nothing secret leaves."""
    wired = rewire(PORTKEY, "http://127.0.0.1:5000/")
    assert wired.base_url == "http://127.0.0.1:5000/portkey/v1"
    assert (wired.auth, wired.api_key_env, wired.api_key_command, wired.key_headers) == ("none", None, None, {})
    assert (wired.upstream_header, wired.headers) == (PORTKEY.upstream_header, PORTKEY.headers)


def test_the_original_is_untouched() -> None:
    """A value is replaced, never changed."""
    rewire(OPENAI, "http://127.0.0.1:5000")
    assert OPENAI.base_url == "https://api.openai.com/v1"


def test_every_shipped_provider_keeps_its_format() -> None:
    """The emulator speaks all of them at one kind of address, so nothing else about a provider changes."""
    for name, provider in default_catalog().providers.items():
        wired = rewire(provider, "http://127.0.0.1:5000")
        assert wired.base_url == f"http://127.0.0.1:5000/{name}/v1"
        kept = ("format", "api_version", "headers", "max_tokens_field", "extra_body", "tiers", "check_path")
        assert [getattr(wired, field) for field in kept] == [getattr(provider, field) for field in kept]
