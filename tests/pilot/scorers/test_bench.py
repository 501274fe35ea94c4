"""Who may judge a pilot."""

import pytest
from support.catalog_room import default_catalog

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.pilot.scorers.bench import family_of, find_judge

CATALOG = default_catalog()
WRITERS = ("deepseek-flash", "gpt-6-luna")


def with_alias(*models: str) -> Catalog:
    """The catalog with an alias `bench`."""
    return Catalog(models=CATALOG.models, providers=CATALOG.providers, aliases={**CATALOG.aliases, "bench": models})


def test_a_judge_of_another_family_judges_without_a_word() -> None:
    """It wrote nothing."""
    found = find_judge("claude-opus-5-5", CATALOG, WRITERS, "gpt-5")
    assert (found.name, found.warnings) == ("claude-opus-5-5", ())


def test_a_judge_of_the_family_of_the_baseline_is_warned_of() -> None:
    """It may prefer its words."""
    found = find_judge("gpt-6-sol", CATALOG, WRITERS, "gpt-5")
    assert found.name == "gpt-6-sol"
    (warning,) = found.warnings
    assert warning == (
        "the judge `gpt-6-sol` is of the family of the baseline `gpt-5` and may prefer its words: name one of another "
        "family, or check it against labels from people"
    )


def test_of_an_alias_one_of_another_family_is_first() -> None:
    """Also where it stands last; what writes is passed over."""
    catalog = with_alias("gpt-6-luna", "gpt-6-sol", "claude-opus-5-5")
    assert find_judge("bench", catalog, WRITERS, "gpt-5").name == "claude-opus-5-5"
    assert find_judge("bench", catalog, WRITERS, "claude-haiku-5-5").name == "gpt-6-sol"


@pytest.mark.parametrize("named", ["deepseek-flash", "gpt-5", "gpt-6-luna@low"])
def test_no_model_judges_its_own_words(named: str) -> None:
    """Neither those of a candidate nor the baseline's, whatever its effort is called."""
    with pytest.raises(SettingsError) as caught:
        find_judge(named, CATALOG, WRITERS, "gpt-5")
    assert caught.value.message == (
        f"the judge `{named}` writes answers in this pilot itself, and no model judges its own words"
    )
    assert caught.value.hint == "name a model of other weights as judge, or leave it out with `--exclude`"


def test_the_same_weights_at_another_provider_are_no_other_judge() -> None:
    """Its base model is what counts."""
    twins = [card.name for card in CATALOG.models.values() if card.base_model == "gpt-5" and card.name != "gpt-5"]
    for name in twins:
        with pytest.raises(SettingsError, match="no model judges its own words"):
            find_judge(name, CATALOG, WRITERS, "gpt-5")


@pytest.mark.parametrize(
    ("base_model", "family"),
    [
        ("gpt-6-sol", "gpt"),
        ("o3-mini", "gpt"),
        ("claude-opus-5-5", "claude"),
        ("Mistral-Small", "mistral"),
        ("42", "42"),
    ],
)
def test_a_family_is_how_weights_are_called(base_model: str, family: str) -> None:
    """The first word of the name."""
    assert family_of(base_model) == family
