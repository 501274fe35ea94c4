"""Small lists of models in the shapes that LiteLLM, models.dev and OpenRouter publish (invented prices)."""

import json
from collections.abc import Mapping

from modelroute_cli.catalog.cards import Catalog, Provider
from modelroute_cli.catalog.imports.document import ModelList, read_list
from modelroute_cli.catalog.imports.found import FoundModel

LITELLM = """{
  "sample_spec": {"litellm_provider": "one of https://docs.litellm.ai/docs/providers", "mode": "one of: chat, ..."},
  "nova-1": {
    "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 272000, "max_output_tokens": 128000,
    "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-07,
    "cache_creation_input_token_cost": 0.0, "input_cost_per_token_batches": 6.25e-07,
    "output_cost_per_token_batches": 5e-06, "input_cost_per_token_flex": 6.25e-07,
    "input_cost_per_token_above_200k_tokens": 2.5e-06, "output_cost_per_token_above_200k_tokens": 1.5e-05,
    "supports_vision": true, "supports_response_schema": true, "supports_reasoning": true,
    "supports_none_reasoning_effort": true, "supports_xhigh_reasoning_effort": true,
    "supported_endpoints": ["/v1/chat/completions", "/v1/batch"], "deprecation_date": "2027-04-01"
  },
  "gemini/gemini-7-dash": {
    "litellm_provider": "gemini", "mode": "chat", "max_input_tokens": 1048576, "max_output_tokens": 65536,
    "input_cost_per_token": 1e-07, "output_cost_per_token": 4e-07
  },
  "azure/nova-1": {"litellm_provider": "azure", "mode": "chat", "input_cost_per_token": 1e-06},
  "nova-drawing": {"litellm_provider": "openai", "mode": "image_generation"},
  "nova-thinker": {
    "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
    "output_cost_per_reasoning_token": 3e-06
  },
  "nova-unlimited": {
    "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06
  },
  "nova-unpriced": {"litellm_provider": "openai", "mode": "chat", "max_input_tokens": 1, "max_output_tokens": 1},
  "gpt-5": {
    "litellm_provider": "openai", "mode": "chat", "max_input_tokens": 272000, "max_output_tokens": 128000,
    "input_cost_per_token": 1.5e-06, "output_cost_per_token": 1e-05
  }
}"""

MODELS_DEV = """{
  "openai": {
    "id": "openai", "name": "OpenAI", "env": ["OPENAI_API_KEY"], "npm": "@ai-sdk/openai", "models": {
      "nova-1": {
        "id": "nova-1", "name": "Nova 1", "attachment": true, "reasoning": true, "temperature": false,
        "tool_call": true, "structured_output": true, "release_date": "2026-08-07", "last_updated": "2026-09-01",
        "modalities": {"input": ["text", "image"], "output": ["text"]}, "open_weights": false,
        "cost": {"input": 1.25, "output": 10, "cache_read": 0.125, "context_over_200k": {"input": 2.5, "output": 15}},
        "limit": {"context": 400000, "input": 272000, "output": 128000}
      },
      "nova-old": {
        "id": "nova-old", "status": "deprecated", "modalities": {"input": ["text"], "output": ["text"]},
        "cost": {"input": 1, "output": 2}, "limit": {"context": 1000, "output": 100}
      },
      "nova-embedding": {
        "id": "nova-embedding", "family": "text-embedding", "modalities": {"input": ["text"], "output": ["text"]},
        "cost": {"input": 0.02, "output": 0}, "limit": {"context": 8191, "output": 1536}
      }
    }
  },
  "groq": {
    "id": "groq", "name": "Groq", "models": {
      "llama-4-scout": {
        "id": "llama-4-scout", "reasoning": false, "temperature": true,
        "modalities": {"input": ["text"], "output": ["text"]},
        "cost": {"input": 0.11, "output": 0.34}, "limit": {"context": 131072, "output": 8192}
      }
    }
  }
}"""

OPENROUTER = """{
  "data": [
    {
      "id": "vendor/nova-1", "canonical_slug": "vendor/nova-1", "name": "Vendor: Nova 1", "created": 1788739200,
      "context_length": 400000,
      "architecture": {"modality": "text+image->text", "input_modalities": ["text", "image"],
                       "output_modalities": ["text"], "tokenizer": "GPT", "instruct_type": null},
      "pricing": {"prompt": "0.00000125", "completion": "0.00001", "request": "0", "image": "0",
                  "internal_reasoning": "0.00001", "input_cache_read": "0.000000125",
                  "overrides": [{"min_prompt_tokens": 200000, "prompt": "0.0000025", "completion": "0.000015"},
                                {"utc_start": 100, "utc_end": 400, "prompt": "0.0000015"}]},
      "top_provider": {"context_length": 272000, "max_completion_tokens": 128000, "is_moderated": true},
      "reasoning": {"mandatory": false, "default_enabled": true, "supported_efforts": ["high", "medium", "low"]},
      "supported_parameters": ["max_tokens", "reasoning", "structured_outputs"], "expiration_date": "2027-04-01"
    },
    {
      "id": "vendor/nova-free:free", "context_length": 32768,
      "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
      "pricing": {"prompt": "0", "completion": "0", "image": "0.001"},
      "top_provider": {"context_length": null, "max_completion_tokens": null},
      "supported_parameters": ["temperature"]
    },
    {
      "id": "openrouter/auto", "context_length": 2000000,
      "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
      "pricing": {"prompt": "-1", "completion": "-1"}, "top_provider": {}
    },
    {
      "id": "vendor/asker", "context_length": 1000,
      "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
      "pricing": {"prompt": "0.000001", "completion": "0.000002", "request": "0.005"}, "top_provider": {}
    },
    {
      "id": "vendor/painter", "context_length": 1000,
      "architecture": {"input_modalities": ["text"], "output_modalities": ["image"]},
      "pricing": {"prompt": "0.000001", "completion": "0.000002"}, "top_provider": {}
    },
    {
      "id": "vendor/nova-1:batch", "context_length": 1000,
      "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
      "pricing": {"prompt": "0.000001", "completion": "0.000002"}, "top_provider": {}
    }
  ]
}"""


def read(text: str, name: str = "list.json") -> ModelList:
    """A list from its text."""
    return read_list(text.encode(), name)


def found(text: str, listed: str) -> FoundModel:
    """One model of a list, by the list's own name; UnfitError when it cannot be used."""
    models = read(text)
    (entry,) = [entry for entry in models.entries if entry.listed == listed]
    return models.model(entry)


def one(fields: Mapping[str, object], name: str = "nova-2") -> str:
    """LiteLLM's map with one chat model, of which `fields` say more or other things."""
    usual = {
        "litellm_provider": "openai",
        "mode": "chat",
        "max_input_tokens": 1000,
        "max_output_tokens": 100,
        "input_cost_per_token": 1e-6,
        "output_cost_per_token": 2e-6,
    }
    return json.dumps({name: {**usual, **fields}})


def with_provider(catalog: Catalog, name: str) -> Catalog:
    """The catalog of a user who has one more provider."""
    added = Provider(name=name, base_url=f"https://{name}.example/v1")
    return Catalog(catalog.models, {**catalog.providers, name: added}, catalog.aliases)
