"""What a model can do and where it is reached: model cards, providers, aliases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from modelroute_cli.base.schema import Modality


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a provider account allows; None is unknown and is learned from the answers."""

    rpm: int | None = None
    tpm: int | None = None
    concurrency: int | None = None


class ModelCard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model at one provider: what can be sent to it and what it needs."""

    name: str  # what users type: `gpt-6-luna`, `openrouter/openai/gpt-6-luna`
    provider: str
    model_id: str  # what goes over the wire
    base_model: str  # the same weights' own name, the key of the quality table
    context_tokens: int
    max_output_tokens: int
    modalities: tuple[Modality, ...] = (Modality.TEXT,)
    response_schema: Literal["native", "json_object", "none"] = "none"
    efforts: tuple[str, ...] = ()  # what the model accepts, weakest first
    effort: str | None = None  # what is sent; None sends nothing and the provider's default holds
    thinking: Literal["none", "optional", "always"] = "none"
    sampling: bool = True  # takes temperature and top_p
    tokenizer: str = "o200k"  # key of data/tokenizers.yaml
    price_provider: str | None = None  # provider id in the price library, None: prices come from settings alone
    price_model: str | None = None  # model id in the price library
    upstream: str | None = None  # provider behind a gateway, for its routing header
    released: str | None = None  # ISO date it was first sold; an older price is asked for in studies only
    shutdown: str | None = None  # ISO date of the provider's announced end
    limits: Limits = Limits()
    source: str = ""  # where the capabilities were read, and when


class Provider(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an account is reached; one per endpoint, shared by all its models."""

    name: str
    base_url: str
    api_key_env: str | None = None
    api_key_command: str | None = None
    format: Literal["openai_chat"] = "openai_chat"
    auth: Literal["bearer", "none"] = "bearer"
    headers: Mapping[str, str] = {}
    key_headers: Mapping[str, str] = {}  # header name -> environment variable that holds its secret value
    upstream_header: str | None = None  # header that names ModelCard.upstream
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    system_role: Literal["system", "developer"] = "system"
    effort_field: Literal["reasoning_effort", "reasoning", "thinking", "none"] = "none"
    reports_cost: bool = False  # usage.cost carries dollars
    prompt_cache_key: bool = False  # takes a word that keeps requests of one beginning together
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Catalog:
    """All models, providers and aliases after the user's overrides."""

    models: Mapping[str, ModelCard]
    providers: Mapping[str, Provider]
    aliases: Mapping[str, tuple[str, ...]]
