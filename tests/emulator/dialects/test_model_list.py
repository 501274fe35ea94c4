"""Tests of modelroute_cli.emulator.dialects.model_list."""

import json

import pytest

from modelroute_cli.emulator.dialects.model_list import model_list


def test_openai_s_words_are_the_rule() -> None:
    """As GET /models has them."""
    assert json.loads(model_list("acme", {}, ("m",))) == {
        "object": "list",
        "data": [{"id": "m", "object": "model", "created": 0, "owned_by": "acme"}],
    }


def test_anthropic_is_known_by_its_header() -> None:
    """Pages of models, each with a name to show."""
    assert json.loads(model_list("anthropic", {"anthropic-version": "2026-10-21"}, ("m", "n"))) == {
        "data": [
            {"type": "model", "id": name, "display_name": name, "created_at": "1970-01-01T00:00:00Z"}
            for name in ("m", "n")
        ],
        "has_more": False,
        "first_id": "m",
        "last_id": "n",
    }


@pytest.mark.parametrize(("provider", "headers"), [("google", {}), ("acme", {"x-goog-api-key": "k"})])
def test_gemini_is_known_by_its_key_s_header_or_by_name(provider: str, headers: dict[str, str]) -> None:
    """Models by their resource names."""
    listed = json.loads(model_list(provider, headers, ("m",)))
    assert [model["name"] for model in listed["models"]] == ["models/m"]


@pytest.mark.parametrize("headers", [{}, {"anthropic-version": "2023-06-01"}, {"x-goog-api-key": "k"}])
def test_no_models_is_a_list_too(headers: dict[str, str]) -> None:
    """Before the first request."""
    listed = json.loads(model_list("acme", headers, ()))
    assert listed.get("data", listed.get("models")) == []
