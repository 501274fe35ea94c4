"""Tests of modelroute_cli.emulator.rewire."""

from support.calls import OPENAI, PORTKEY

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
