"""Settings whose names stand for nothing, or whose values cannot be, are refused before anything is planned."""

from pathlib import Path

import pytest
from support.catalog_room import catalog_of, default_catalog, default_settings

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.catalog.checks import check_catalog

FILE = "modelroute.yaml"


def test_what_ships_fits() -> None:
    """The defaults pass their own checks and are left as they are."""
    catalog = default_catalog()
    check_catalog(catalog, default_settings())
    assert set(catalog.aliases) == {"cheap", "analysis", "premium", "multimodal", "escalation"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "models: {gpt-5: {provider: opnai}}",
            "model `gpt-5` has the provider `opnai`, which is not known",
            "did you mean `openai`?",
        ),
        (
            "models: {gpt-5: {effort: none}}",
            "model `gpt-5` does not take the effort `none`",
            "it takes `minimal`, `low`, `medium`, `high`; add yours to its `efforts` if that is wrong",
        ),
        (
            "models: {gpt-5: {context_tokens: 0}}",
            "model `gpt-5`: `context_tokens` is `0`, which is no number of tokens",
            "write what the provider or your server allows",
        ),
        (
            "models: {gpt-5: {max_output_tokens: -1}}",
            "model `gpt-5`: `max_output_tokens` is `-1`, which is no number of tokens",
            "write what the provider or your server allows",
        ),
        (
            "models: {gpt-5: {shutdown: soon}}",
            "model `gpt-5`: `shutdown` is `soon`, which is no date",
            "write it as 2026-12-31",
        ),
        (
            "models: {gpt-5: {released: 2025}}",
            "model `gpt-5`: `released` is `2025`, which is no date",
            "write it as 2026-12-31",
        ),
        ("aliases: {cheap: [gpt-6-lna]}", "alias `cheap`: `gpt-6-lna` is no model", "did you mean `gpt-6-luna`?"),
        ("aliases: {all: [zzz]}", "alias `all`: `zzz` is no model", "`modelroute models` lists all"),
        ("aliases: {drafts: [cheap]}", "alias `drafts`: `cheap` is no model", "`modelroute models` lists all"),
        ("aliases: {gpt-5: [gpt-6-sol]}", "alias `gpt-5` has the name of a model", "give the alias another name"),
        ("rules: [{name: a, allow: [chaep]}]", "rule `a`: `chaep` is no model or alias", "did you mean `cheap`?"),
        (
            "rules: [{name: a, allow: [cheap], escalate: [esc]}]",
            "rule `a`: `esc` is no model or alias",
            "`modelroute models` lists all",
        ),
        ("rules: [{name: a, allow: []}]", "rule `a` allows no model", "name models or aliases in its `allow`"),
        (
            "rules: [{name: a, allow: [cheap]}]\naliases: {cheap: []}",
            "rule `a` allows no model",
            "name models or aliases in its `allow`",
        ),
        (
            "rules: [{name: a, allow: [cheap]}, {name: a, allow: [premium]}]",
            "rule `a` stands twice",
            "give each rule its own name",
        ),
        (
            "rules: [{name: '{}', allow: ['x{0}']}]",
            "rule `{}`: `x{0}` is no model or alias",
            "`modelroute models` lists all",
        ),
        ("objective: {baseline: gpt-55}", "`objective.baseline`: `gpt-55` is no model", "did you mean `gpt-5`?"),
        ("prices: {gtp-5: {input: 1, output: 1}}", "`prices.gtp-5`: `gtp-5` is no model", "did you mean `gpt-5`?"),
        (
            "assumptions: {reasoning_tokens: {gtp-5: {email: 1}}}",
            "`assumptions.reasoning_tokens.gtp-5`: `gtp-5` is no model",
            "did you mean `gpt-5`?",
        ),
        (
            "assumptions: {reasoning_tokens: {gpt-5: {emial: 1}}}",
            "`assumptions.reasoning_tokens.gpt-5`: `emial` is no task type",
            "did you mean `email`?",
        ),
        (
            "assumptions: {output_tokens: {emial: {mean: 1, low: 1, high: 1}}}",
            "`assumptions.output_tokens`: `emial` is no task type",
            "did you mean `email`?",
        ),
        (
            "assumptions: {output_tokens: {email: {mean: 9, low: 1, high: 5}}}",
            "`assumptions.output_tokens`: the mean of `email`, 9, is not between 1 and 5",
            "`low` <= `mean` <= `high`",
        ),
        (
            "providers: {openai: {base_url: 'http://example.com/v1'}}",
            "provider `openai`: `base_url` is `http://example.com/v1`: keys and requests would be readable on the way",
            "use https; http is for this machine and private networks only",
        ),
    ],
)
def test_what_does_not_fit_is_named_with_its_file_and_a_hint(
    text: str, message: str, hint: str, tmp_path: Path
) -> None:
    """Each says which file, which entry, and what to type instead."""
    with pytest.raises(SettingsError) as caught:
        catalog_of(f"{text}\n", tmp_path)
    assert (caught.value.message, caught.value.hint) == (f"{FILE}: {message}", hint)


def test_an_unknown_task_type_lists_the_known(tmp_path: Path) -> None:
    """Where nothing is near, all sixteen and `default` are shown."""
    with pytest.raises(SettingsError) as caught:
        catalog_of("assumptions: {reasoning_tokens: {gpt-5: {zzzzz: 1}}}\n", tmp_path)
    assert str(caught.value.hint).startswith("known: `email`, `headline`, ")
    assert str(caught.value.hint).endswith(", `other`, `default`")


@pytest.mark.parametrize(
    "text",
    [
        "assumptions: {reasoning_tokens: {gpt-5: {default: 1150}}}",
        "assumptions: {reasoning_tokens: {deepseek-flash: {email: 0}}}",
        "assumptions: {output_tokens: {default: {mean: 5, low: 5, high: 5}}}",
        "models: {gpt-5: {efforts: [none, low], effort: none}}",
        "rules: [{name: a, allow: [gpt-5, cheap]}]",
        "aliases: {unused: []}",
    ],
)
def test_what_fits_is_taken(text: str, tmp_path: Path) -> None:
    """The checks refuse no more than they must."""
    assert catalog_of(f"{text}\n", tmp_path).models.keys() == default_catalog().models.keys()
