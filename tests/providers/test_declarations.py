"""The providers that ship, by what each of them is sent for one and the same request."""

import json
from typing import Any

import pytest
from support.asked import IMAGES, LINKED_IMAGES
from support.calls import make_call, make_card
from support.catalog_room import CONFIGS, NOWHERE, default_catalog

from modelroute_cli.base.schema import Request, Tool
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.providers.base import UnsendableError
from modelroute_cli.providers.formats import format_for

ASKED = Request(
    custom_id="r",
    system="s",
    prompt="u",
    tools=(Tool(name="find"),),
    tool_choice="find",
    temperature=0.5,
    seed=7,
    stop=("END",),
)
ALWAYS = {"model", "messages", "input", "tools", "tool_choice", "temperature", "stop", "stream", "instructions"}
CHAT = {
    "openai": {"max_completion_tokens": 700, "reasoning_effort": "low", "service_tier": "default", "seed": 7},
    "deepseek": {"max_tokens": 700, "thinking": {"type": "enabled"}, "reasoning_effort": "low"},
    "openrouter": {"max_completion_tokens": 700, "reasoning": {"effort": "low"}, "seed": 7},
    "portkey": {"max_completion_tokens": 700, "reasoning_effort": "low", "seed": 7},
    "mistral": {"max_tokens": 700, "reasoning_effort": "low", "random_seed": 7},
    "groq": {"max_completion_tokens": 700, "reasoning_effort": "low", "seed": 7},
    "together": {"max_tokens": 700, "reasoning_effort": "low", "seed": 7},
    "xai": {"max_output_tokens": 700, "reasoning": {"effort": "low"}, "store": False},
    "ollama": {"max_tokens": 700, "reasoning_effort": "low", "seed": 7},
    "vllm": {"max_tokens": 700, "reasoning_effort": "low", "seed": 7},
    "llama_cpp": {"max_tokens": 700, "seed": 7},
    "local": {"max_tokens": 700, "seed": 7},
}
ADDRESSES = {
    "openai": "https://api.openai.com/v1/chat/completions",
    "deepseek": "https://api.deepseek.com/chat/completions",
    "openrouter": "https://openrouter.ai/api/v1/chat/completions",
    "portkey": "https://api.portkey.ai/v1/chat/completions",
    "mistral": "https://api.mistral.ai/v1/chat/completions",
    "groq": "https://api.groq.com/openai/v1/chat/completions",
    "together": "https://api.together.xyz/v1/chat/completions",
    "xai": "https://api.x.ai/v1/responses",
    "ollama": "http://127.0.0.1:11434/v1/chat/completions",
    "vllm": "http://127.0.0.1:8000/v1/chat/completions",
    "llama_cpp": "http://127.0.0.1:8080/v1/chat/completions",
}
FETCHING = {"openai", "openrouter", "portkey", "mistral", "groq", "together", "xai", "vllm"}


def body(request: Request, provider: Provider) -> dict[str, Any]:
    """The body that a provider gets."""
    read: dict[str, Any] = json.loads(format_for(provider).encode(make_call(request, provider, card())).body)
    return read


def card() -> ModelCard:
    """A model that takes everything."""
    return make_card("m", effort="low")


@pytest.mark.parametrize("name", CHAT)
def test_each_provider_gets_its_own_words(name: str) -> None:
    """Limit, effort, seed and tier, beside what all are sent alike."""
    sent = body(ASKED, default_catalog().providers[name])
    assert {field: value for field, value in sent.items() if field not in ALWAYS} == CHAT[name]


@pytest.mark.parametrize("name", ADDRESSES)
def test_each_provider_has_its_address(name: str) -> None:
    """The path is the format's."""
    provider = default_catalog().providers[name]
    assert format_for(provider).encode(make_call(ASKED, provider, card())).url == ADDRESSES[name]


@pytest.mark.parametrize("name", CHAT)
def test_a_picture_by_its_address_goes_only_where_it_is_fetched(name: str) -> None:
    """Where no document says that a provider fetches it, it is not sent."""
    provider = default_catalog().providers[name]
    body(Request(custom_id="r", prompt="u", images=IMAGES[:1]), provider)
    linked = Request(custom_id="r", prompt="u", images=LINKED_IMAGES[:1])
    if name in FETCHING:
        assert LINKED_IMAGES[0] in json.dumps(body(linked, provider))
        return
    with pytest.raises(UnsendableError):
        body(linked, provider)


def test_every_server_of_one_s_own_stays_at_home() -> None:
    """Rules that ask for a region or for nothing kept may use them."""
    providers = default_catalog().providers
    mine = {name: providers[name] for name in ("ollama", "vllm", "llama_cpp", "local")}
    assert {(provider.regions, provider.zero_retention, provider.auth) for provider in mine.values()} == {
        (("local",), "always", "none")
    }


def test_azure_gets_its_key_in_its_own_header() -> None:
    """The deployment's name is the model's, and no other header carries the key."""
    catalog = load_catalog(load_settings(NOWHERE, CONFIGS / "azure.yaml", {}, {}))
    luna = catalog.models["azure/luna"]
    wire = format_for(catalog.providers["azure"]).encode(make_call(ASKED, catalog.providers["azure"], luna, key="k"))
    sent = json.loads(wire.body)
    assert wire.url == "https://my-resource.openai.azure.com/openai/v1/chat/completions"
    assert [name for name, value in wire.headers.items() if "k" in value.split()] == ["api-key"]
    assert (sent["model"], sent["max_completion_tokens"], sent["messages"][0]["role"]) == ("my-luna", 700, "developer")
    assert {"temperature", "stop"}.isdisjoint(sent)
