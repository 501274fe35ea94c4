"""Tests of modelroute_cli.emulator.replay.names."""

import pytest
from msgspec.structs import replace
from support.catalog_room import default_catalog

from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.replay.names import ModelNames


@pytest.mark.parametrize(
    ("provider", "model", "name"),
    [
        ("openai", "gpt-5", "gpt-5"),
        ("openrouter", "anthropic/claude-haiku-5.5", "openrouter/anthropic/claude-haiku-5.5"),
        ("openai", "claude-haiku-5-5", None),
        ("acme", "gpt-5", None),
    ],
)
def test_a_model_is_known_by_its_account_and_its_name_on_the_wire(provider: str, model: str, name: str | None) -> None:
    """The same name at another account is another model, or none."""
    names = ModelNames(default_catalog())
    assert names.of(Asked(provider=provider, model=model, turns=())) == name


@pytest.mark.parametrize(
    ("effort", "name"), [("high", "gpt-5@high"), ("low", "gpt-5"), (None, "gpt-5"), ("minimal", "gpt-5@minimal")]
)
def test_an_effort_that_was_named_is_a_model_of_its_own(effort: str | None, name: str) -> None:
    """Others are the card."""
    names = ModelNames(default_catalog(), ["gpt-5@high", "gpt-5@minimal", "gpt-5"])
    assert names.of(Asked(provider="openai", model="gpt-5", turns=(), effort=effort)) == name


def test_every_card_of_the_catalog_is_found() -> None:
    """By what its requests say."""
    catalog = default_catalog()
    names = ModelNames(catalog)
    for card in catalog.models.values():
        found = names.of(Asked(provider=card.provider, model=card.model_id, turns=(), effort=card.effort))
        assert found is not None
        assert replace(catalog.models[found], name=card.name).model_id == card.model_id
