"""`modelroute models`: lists that are filtered and sorted, the page of one model, ends that are near."""

from typing import cast

import pytest
from support.cli import Cli

from modelroute_cli.base.errors import ExitCode

OWN = """models:
  house:
    {provider: local, model_id: house, base_model: house, context_tokens: 8000, max_output_tokens: 1000}
prices:
  house: {input: "0", output: "0"}
"""
ENDING = 'models: {gpt-6-luna: {shutdown: "2000-01-01"}, gpt-6-sol: {shutdown: "2999-01-01"}}\n'


def listed(cli: Cli, *arguments: str) -> list[str]:
    """The names of the models, in their order."""
    done = cli("models", *arguments, "--json")
    assert done.code == ExitCode.OK
    return [str(model["name"]) for model in cast("list[dict[str, object]]", done.json["models"])]


@pytest.mark.parametrize(
    ("flags", "some", "none"),
    [
        (("--provider", "deepseek,mistral"), "mistral-small", "gpt-5"),
        (("--tier", "batch"), "gpt-6-luna", "deepseek-flash"),
        (("--modality", "image"), "gemini-3.8-flash", "deepseek-v4-pro"),
        (("--schema",), "gpt-5", "portkey/anthropic/claude-haiku-5-5"),
        (("--max-input-price", "0.15"), "gpt-6-luna", "gpt-5"),
        (("--max-output-price", "2"), "gpt-5-mini", "gpt-5"),
        (("--min-context", "900000"), "gpt-6-sol", "gpt-5"),
        (("--region", "eu"), "mistral-small", "deepseek-flash"),
    ],
)
def test_every_filter_keeps_some_and_takes_others(cli: Cli, flags: tuple[str, ...], some: str, none: str) -> None:
    """What is left out cannot do what was asked."""
    names = listed(cli, *flags)
    assert some in names
    assert none not in names


def test_filters_hold_among_the_named(cli: Cli) -> None:
    """Names and aliases say of which models."""
    assert listed(cli, "cheap", "--tier", "batch", "--max-input-price", "0.05", "--provider", "openai") == [
        "gpt-6-luna"
    ]


def test_a_list_is_sorted_when_asked(cli: Cli) -> None:
    """The cheapest first."""
    assert listed(cli, "gpt-5", "gpt-6-sol", "gpt-6-luna", "--sort", "input") == ["gpt-6-luna", "gpt-5", "gpt-6-sol"]
    assert listed(cli, "gpt-5", "gpt-6-sol", "gpt-6-luna", "--sort", "name") == ["gpt-5", "gpt-6-luna", "gpt-6-sol"]


def test_all_tiers_are_rows(cli: Cli) -> None:
    """One for each that a model is sold at."""
    rows = [line.split()[:2] for line in cli("models", "gpt-5", "--all-tiers").out.splitlines()[1:5]]
    assert rows == [["gpt-5", tier] for tier in ("standard", "flex", "batch", "priority")]


def test_one_name_is_a_page(cli: Cli) -> None:
    """Its prices with their source and date."""
    done = cli("models", "gpt-5")
    assert done.out.startswith("gpt-5: `gpt-5` at openai\n\nPer million tokens")
    assert "\n[1] genai-prices " in done.out
    assert "\ncontext_tokens " in done.out


def test_an_alias_and_several_names_are_a_list(cli: Cli) -> None:
    """Even when the alias holds one model."""
    assert cli("models", "multimodal").out.startswith("Model ")
    assert cli("models", "gpt-5", "gpt-6-sol").out.startswith("Model ")


def test_json_has_everything(cli: Cli) -> None:
    """Tiers with hours and steps, terms, facts with sources; money as decimal strings."""
    (model,) = cast("list[dict[str, object]]", cli("models", "gpt-6-sol", "--json").json["models"])
    tiers = cast("list[dict[str, object]]", model["tiers"])
    assert [tier["service_tier"] for tier in tiers] == [
        "standard",
        "flex",
        "batch",
        "priority",
        "background_2h",
        "background_8h",
    ]
    (short, long) = cast("list[dict[str, object]]", tiers[2]["prices"])
    assert (short["input_per_mtok_usd"], long["above_input_tokens"], long["output_per_mtok_usd"]) == (
        "1",
        272000,
        "7.5",
    )
    facts = cast("list[dict[str, object]]", model["facts"])
    assert {"field", "value", "source", "date"} == set(facts[0])
    assert {"regions", "retention_days", "zero_retention", "shutdown_in_days", "efforts"} <= set(model)


def test_ends_that_are_past_are_marked_and_warned_of(cli: Cli) -> None:
    """The warning goes to stderr, the mark stands in the row."""
    cli.write("modelroute.yaml", ENDING)
    done = cli("models", "gpt-6-luna", "gpt-6-sol")
    assert "2000-01-01 (past)" in done.out
    assert "2999-01-01\n" not in done.err
    assert done.err == ("warning: switched off on 2000-01-01, no request can be sent to it any more: `gpt-6-luna`\n")


def test_a_server_of_ones_own_is_listed_as_free(cli: Cli) -> None:
    """Priced 0 by its owner."""
    cli.write("modelroute.yaml", OWN)
    row = next(line for line in cli("models").out.splitlines() if line.startswith("house "))
    assert row.split()[:4] == ["house", "$0.00", "$0.00", "$0.00"]
    assert "settings: modelroute.yaml" in cli("models", "house").out


def test_a_model_without_a_price_is_listed_with_a_way_out(cli: Cli) -> None:
    """In the list, and on its page."""
    cli.write("modelroute.yaml", OWN.partition("prices:")[0])
    done = cli("models", "--provider", "local")
    assert done.out.splitlines()[2].split()[:4] == ["house", "-", "-", "-"]
    assert done.out.splitlines()[-1] == "house: no price is known; set `prices.house` to use it"
    assert "\nNo price is known; set `prices.house` to use it.\n" in cli("models", "house").out


def test_names_are_whole_on_a_narrow_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns go instead."""
    monkeypatch.setenv("COLUMNS", "60")
    lines = cli("models", "--provider", "openrouter").out.splitlines()
    table = lines[: lines.index("")]
    assert "openrouter/anthropic/claude-sonnet-5.5" in [line.split()[0] for line in table]
    assert max(len(line) for line in table) <= 60


def test_no_model_is_said(cli: Cli) -> None:
    """And is no error."""
    done = cli("models", "--max-input-price", "0.000001", "--provider", "openai")
    assert (done.code, done.out) == (ExitCode.OK, "No model is like that.\n")


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        (
            ("--provider", "opnai"),
            "error: --provider: no provider is named `opnai`\nhint: did you mean `openai`?\n",
        ),
        (
            ("--max-input-price", "cheap"),
            (
                "error: --max-input-price: `cheap` is not an amount of dollars\n"
                "hint: type a plain number, as in `--max-input-price 2.50`\n"
            ),
        ),
        (
            ("gpt-55",),
            "error: no model or alias is named `gpt-55`\nhint: did you mean `gpt-5`?\n",
        ),
    ],
)
def test_wrong_wishes_are_errors(cli: Cli, flags: tuple[str, ...], error: str) -> None:
    """With what to type instead."""
    done = cli("models", *flags)
    assert (done.code, done.out, done.err) == (ExitCode.USAGE, "", error)
