"""Tests of modelroute_cli.emulator.dialects.routes."""

from modelroute_cli.emulator.dialects.routes import BASES, PATHS


def test_every_dialect_has_one_path() -> None:
    """Four formats."""
    assert [(path, dialect.name) for path, dialect in PATHS] == [
        ("/chat/completions", "chat"),
        ("/responses", "responses"),
        ("/messages", "messages"),
        ("/models/{model:[^:]+}:generateContent", "gemini"),
    ]


def test_a_base_names_the_provider() -> None:
    """With the version that providers have, the one that Google has, or none."""
    assert BASES == ("/{provider}/v1", "/{provider}/v1beta", "/{provider}")
