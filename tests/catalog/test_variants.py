"""`NAME@EFFORT` is the model of that name at that effort, wherever a model is named."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.catalog_room import catalog_of, default_catalog, default_settings, settings_of

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.library import expand, load_catalog
from modelroute_cli.catalog.prices import resolve
from modelroute_cli.catalog.variants import Models, base_name, check_effort

MODELS = default_catalog().models
PAIRS = [(name, effort) for name, card in MODELS.items() for effort in card.efforts]


@given(st.sampled_from(PAIRS))
def test_each_effort_of_each_card_can_be_named(pair: tuple[str, str]) -> None:
    """The variant is the card with another effort and its own name; nothing else differs."""
    name, effort = pair
    variant = MODELS[f"{name}@{effort}"]
    assert variant == msgspec.structs.replace(MODELS[name], name=f"{name}@{effort}", effort=effort)
    assert variant.base_model == MODELS[name].base_model


def test_variants_are_found_and_not_listed() -> None:
    """A list of models shows cards alone."""
    assert "gpt-6-sol@high" in MODELS
    assert [name for name in MODELS if "@" in name] == []
    assert len(MODELS) == len(list(MODELS))


@pytest.mark.parametrize(
    "name", ["gpt-6-sol@turbo", "gpt-7@high", "gpt-6-sol@", "@high", "portkey/anthropic/claude-sonnet-5-5@high", ""]
)
def test_what_no_card_takes_is_no_model(name: str) -> None:
    """An effort, a card, or both that are not there."""
    assert name not in MODELS
    assert MODELS.get(name) is None


@pytest.mark.parametrize(
    ("name", "base"), [("gpt-6-sol@high", "gpt-6-sol"), ("gpt-6-sol", "gpt-6-sol"), ("a/b@low", "a/b"), ("", "")]
)
def test_the_base_is_what_stands_before_the_effort(name: str, base: str) -> None:
    """A name without an effort is its own."""
    assert base_name(name) == base


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        (
            "gpt-5@none",
            "`gpt-5` does not take the effort `none`",
            "it can be named as `gpt-5@minimal`, `gpt-5@low`, `gpt-5@medium`, `gpt-5@high`",
        ),
        (
            "portkey/anthropic/claude-sonnet-5-5@low",
            "`portkey/anthropic/claude-sonnet-5-5` does not take the effort `low`",
            "it takes none: name it `portkey/anthropic/claude-sonnet-5-5`",
        ),
    ],
)
def test_a_wrong_effort_is_told_the_right_ones(name: str, message: str, hint: str) -> None:
    """The error lists the names that could be typed instead."""
    with pytest.raises(SettingsError) as caught:
        expand(default_catalog(), [name])
    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize("name", ["gpt-5", "gpt-5@low", "nothing", "nothing@low"])
def test_only_a_wrong_effort_is_refused_for_its_effort(name: str) -> None:
    """What is no card at all is somebody else's error."""
    check_effort(MODELS, name)


def test_variants_stand_beside_names_and_aliases() -> None:
    """`--models premium,gpt-6-sol@high` are three models."""
    assert expand(default_catalog(), ["premium", "gpt-6-sol@high"]) == (
        "gpt-6-sol",
        "claude-sonnet-5-5",
        "gpt-6-sol@high",
    )


def test_settings_may_name_variants(tmp_path: Path) -> None:
    """Aliases, rules, the baseline, prices and assumptions take them."""
    text = (
        "aliases: {premium: [gpt-6-sol@high]}\n"
        "rules: [{name: all, allow: [premium, gpt-5@low]}]\n"
        "objective: {baseline: gpt-5@high}\n"
        'prices: {gpt-6-sol@max: {input: "1", output: "2"}}\n'
        "assumptions: {reasoning_tokens: {gpt-6-sol@high: {default: 900}}}\n"
    )
    assert catalog_of(text, tmp_path).aliases["premium"] == ("gpt-6-sol@high",)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("aliases: {premium: [gpt-6-sol@turbo]}", "`aliases.premium`"),
        ("rules: [{name: a, allow: [gpt-6-sol@turbo]}]", "`rules`"),
        ("rules: [{name: a, allow: [cheap], escalate: [gpt-6-sol@turbo]}]", "`rules`"),
        ("objective: {baseline: gpt-6-sol@turbo}", "`objective.baseline`"),
        ("prices: {gpt-6-sol@turbo: {input: 1, output: 2}}", "`prices.gpt-6-sol@turbo`"),
        (
            "assumptions: {reasoning_tokens: {gpt-6-sol@turbo: {email: 1}}}",
            "`assumptions.reasoning_tokens.gpt-6-sol@turbo`",
        ),
    ],
)
def test_a_wrong_effort_in_settings_names_its_place(text: str, where: str, tmp_path: Path) -> None:
    """File and key, before anything is planned."""
    with pytest.raises(SettingsError) as caught:
        catalog_of(f"{text}\n", tmp_path)
    assert caught.value.message == f"modelroute.yaml: {where}: `gpt-6-sol` does not take the effort `turbo`"


def test_no_card_is_named_like_a_variant(tmp_path: Path) -> None:
    """Else nobody could tell the two apart."""
    with pytest.raises(SettingsError) as caught:
        catalog_of(
            "models: {gpt-6-sol@high: {provider: openai, model_id: x, base_model: x, "
            "context_tokens: 9, max_output_tokens: 9}}\n",
            tmp_path,
        )
    assert caught.value.message == (
        "modelroute.yaml: model `gpt-6-sol@high` has `@` in its name, which stands before an effort"
    )
    assert caught.value.hint == "override the card `gpt-6-sol`, or give yours another name"


def test_a_variant_costs_what_its_card_costs(tmp_path: Path) -> None:
    """From the price list, from the user's price of the card, and from one of its own."""
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    plain, variant = MODELS["gpt-6-sol"], MODELS["gpt-6-sol@high"]
    assert resolve(variant, default_settings(), at).steps == resolve(plain, default_settings(), at).steps
    assert resolve(variant, default_settings(), at).model == "gpt-6-sol@high"
    own = settings_of("prices: {gpt-6-sol: {input: 1, output: 3}, gpt-6-sol@max: {input: 2, output: 6}}\n", tmp_path)
    models = load_catalog(own).models
    paid = [resolve(models[name], own, at).steps[0].rate.input_pusd for name in ("gpt-6-sol@high", "gpt-6-sol@max")]
    assert paid == [1_000_000, 2_000_000]


def test_models_are_equal_when_their_cards_are() -> None:
    """A catalog can be compared with another."""
    assert Models(dict(MODELS)) == MODELS
    assert Models({}) != MODELS
