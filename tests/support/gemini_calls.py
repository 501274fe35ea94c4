"""Google as a provider, and its models, for tests of the Gemini format."""

from typing import Literal

from modelroute_cli.catalog.cards import ModelCard, Provider

GOOGLE = Provider(
    name="google",
    base_url="https://generativelanguage.googleapis.com/v1beta",
    api_key_env="GEMINI_API_KEY",
    format="gemini",
    auth="header",
    auth_header="x-goog-api-key",
    seed_field="seed",
    fetches_links=False,
)
BUDGETS = {"low": 1024, "medium": 8192, "high": 24576}


def gemini_card(
    model_id: str = "gemini-3.8-flash",
    *,
    effort: str | None = "low",
    response_schema: Literal["native", "json_object", "none"] = "native",
    sampling: bool = False,
) -> ModelCard:
    """A model of one million tokens at `google`, that thinks by level."""
    return ModelCard(
        name=model_id,
        provider="google",
        model_id=model_id,
        base_model=model_id,
        context_tokens=1_048_576,
        max_output_tokens=65_536,
        effort=effort,
        response_schema=response_schema,
        sampling=sampling,
    )
