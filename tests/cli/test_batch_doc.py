"""docs/batch.md says of each provider what its card says."""

import re
from pathlib import Path

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.providers.batches.formats import batch_api_for

TEXT = (Path(__file__).parents[2] / "docs" / "batch.md").read_text(encoding="utf-8")
NAMES = {
    "openai": "OpenAI",
    "groq": "Groq",
    "anthropic": "Anthropic",
    "google": "Google (Gemini)",
    "mistral": "Mistral",
    "openrouter": "OpenRouter",
}


def _providers() -> dict[str, Provider]:
    catalog = load_catalog(load_settings(Path("/"), None, {}, {}))
    batch = ServiceTier.BATCH
    return {
        name: each for name, each in catalog.providers.items() if batch in each.tiers and batch_api_for(each, batch)
    }


def _row(name: str) -> list[str]:
    """The cells of a provider's row, without its name."""
    [row] = [line for line in TEXT.splitlines() if line.startswith(f"| {NAMES[name]} |")]
    return [cell.strip() for cell in row.strip("|").split("|")][1:]


def test_every_provider_whose_batches_are_handed_in_has_a_row() -> None:
    """And no other."""
    assert sorted(_providers()) == sorted(NAMES)


def test_the_limits_of_the_table_are_those_of_the_cards() -> None:
    """Requests, bytes, window, and whether a batch may hold several models."""
    for name, provider in _providers().items():
        _, requests, size, models, window, *_ = _row(name)
        terms = provider.tiers[ServiceTier.BATCH]
        assert requests.startswith("no limit" if terms.max_requests is None else f"{terms.max_requests:,}")
        assert (
            int(float(re.sub(r"(\d+) ([MG])B.*", r"\1e\2", size).replace("M", "6").replace("G", "9")))
            == terms.max_bytes
        )
        assert models == ("one" if terms.one_model else "any")
        assert window.startswith("24 h")
        assert terms.window_s == 86_400


def test_what_is_kept_back_before_a_deadline_is_the_default() -> None:
    """In seconds."""
    assert f"`run.batch_reserve_s` ({RunSettings().batch_reserve_s:.0f} seconds)" in TEXT


def test_every_command_in_it_is_one() -> None:
    """As typed."""
    commands = set(re.findall(r"^    modelroute (\w+)", TEXT, flags=re.MULTILINE))
    assert commands == {"plan", "run", "status", "cancel"}
