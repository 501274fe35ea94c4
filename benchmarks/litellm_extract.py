"""Takes out of LiteLLM's model map what a test compares our catalog with: `litellm_extract.py MAP VERSION`.

MAP is `model_prices_and_context_window.json` of LiteLLM (MIT), packed with gzip or not. What is written to
tests/support/litellm_extract.json are the fields on prices, limits and capabilities of the shipped models that the map
knows under their provider's own name; numbers keep the map's digits.
"""

import gzip
import json
import re
import sys
from pathlib import Path

from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.load import load_settings

PLACE = Path(__file__).parents[1] / "tests" / "support" / "litellm_extract.json"
LICENCE = "LiteLLM's model map; Copyright (c) 2023 Berri AI; MIT licence: https://github.com/BerriAI/litellm/blob/main/LICENSE"
_PREFIXES = {"openai": "", "anthropic": "", "google": "gemini/", "deepseek": "deepseek/", "mistral": "mistral/"}
_PRICES = re.compile(
    r"(input_cost_per_token|output_cost_per_token|cache_read_input_token_cost|cache_creation_input_token_cost)"
    r"(_above_\d+k_tokens)?(_batches|_flex|_priority)?"
)
_FACTS = ("max_input_tokens", "max_output_tokens", "supports_vision", "supports_response_schema", "deprecation_date")


def main(arguments: list[str]) -> None:
    """Write the extract of the map at the first argument, which is of the version at the second."""
    path, version = arguments
    found = extract(Path(path).read_bytes())
    document = {"licence": LICENCE, "version": version, "models": found}
    PLACE.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{len(found)} models written to {PLACE.name}")


def extract(data: bytes) -> dict[str, dict[str, object]]:
    """The fields of every shipped model that the map knows, by our name; numbers with a point as texts."""
    text = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    listed = json.loads(text, parse_float=lambda digits: digits)
    settings = load_settings(Path("/nonexistent"), None, {}, {})
    return {card.name: taken for card in load_catalog(settings).models.values() if (taken := _taken(card, listed))}


def _taken(card: ModelCard, listed: dict[str, dict[str, object]]) -> dict[str, object]:
    """The fields of one card's model; none where the map does not know it."""
    prefix = _PREFIXES.get(card.provider)
    fields = listed.get(f"{prefix}{card.model_id}", {}) if prefix is not None else {}
    return {name: value for name, value in fields.items() if name in _FACTS or _PRICES.fullmatch(name)}


if __name__ == "__main__":
    main(sys.argv[1:])
