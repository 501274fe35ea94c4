"""Another library's reading of the same answers: genai-prices extracts usage by each provider's own rules."""

import json
from dataclasses import dataclass

import pytest
from genai_prices.data_snapshot import get_snapshot
from matrix.cells import Case
from matrix.listing import EVERY
from matrix.page import cells_of

ROWS = {row.name: row for row in EVERY}


@dataclass(frozen=True, slots=True)
class Known:
    """How the library names a provider and a format of it."""

    name: str
    provider: str
    flavor: str


KNOWN = (
    Known("OpenAI, Chat Completions", "openai", "chat"),
    Known("OpenAI, Responses", "openai", "responses"),
    Known("Anthropic", "anthropic", "default"),
    Known("Google Gemini", "google", "default"),
    Known("DeepSeek", "deepseek", "chat"),
    Known("OpenRouter", "openrouter", "chat"),
    Known("Azure OpenAI", "azure", "chat"),
    Known("Mistral", "mistral", "default"),
    Known("Groq", "groq", "default"),
    Known("xAI", "x-ai", "responses"),
    Known("xAI, Chat Completions", "x-ai", "chat"),
)


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
def test_our_reading_of_usage_is_the_library_s(known: Known) -> None:
    """Input with its cached parts, output with its thoughts: token for token."""
    body = json.loads(ROWS[known.name].shapes[Case.TEXT].body)
    provider = get_snapshot().find_provider("", known.provider, None)
    _, theirs = provider.extract_usage(body, api_flavor=known.flavor)
    ours = cells_of(known.name)[Case.TEXT].came.usage
    assert ours is not None
    assert (ours.input_tokens, ours.output_tokens) == (theirs.input_tokens, theirs.output_tokens)
    assert (ours.cache_read_tokens, ours.cache_write_tokens) == (
        theirs.cache_read_tokens or 0,
        theirs.cache_write_tokens or 0,
    )
