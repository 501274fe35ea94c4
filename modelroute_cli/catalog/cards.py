"""What a model can do and where it is reached: model cards, providers, aliases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta, Struct

from modelroute_cli.base.schema import Count, Modality, ServiceTier
from modelroute_cli.catalog.terms import CacheTerms, Region, TierTerms, ZeroRetention

Days = Annotated[int, Meta(ge=0)]


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a provider account allows; None is unknown and is learned from the answers."""

    rpm: Count | None = None
    tpm: Count | None = None  # input and output together
    concurrency: Count | None = None
    rpd: Count | None = None  # a day
    tpd: Count | None = None
    input_tpm: Count | None = None  # where a provider counts input and output apart
    output_tpm: Count | None = None


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
    thinking_budgets: Mapping[str, Count] = {}  # effort -> tokens, where the model is told a number; empty: by name
    sampling: bool = True  # takes temperature and top_p
    stop: bool = True  # takes stop sequences
    tools: bool = True  # can ask for tools to be called
    forced_tools: bool = True  # can be made to call one; where not, it is asked to in words
    no_thinking: Literal["disabled", "between_tools"] = "disabled"  # how Claude is told not to think
    tokenizer: str = "o200k"  # key of data/tokenizers.yaml
    price_provider: str | None = None  # provider id in the price library, None: prices come from settings alone
    price_model: str | None = None  # model id in the price library
    upstream: str | None = None  # provider behind a gateway, for its routing header
    released: str | None = None  # ISO date it was first sold; an older price is asked for in studies only
    shutdown: str | None = None  # ISO date of the provider's announced end
    limits: Limits = Limits()
    limit_group: str | None = None  # models of one account that name the same share their limits
    cache: CacheTerms = CacheTerms()
    cache_with_batch: bool | None = None  # whether cached reads of a batch are sold below its input price
    tiers: Mapping[ServiceTier, TierTerms] = {}  # what differs from the provider's
    regions: tuple[Region, ...] = ()  # this and the next four: empty or None leaves the provider's
    retention_days: Days | None = None
    zero_retention: ZeroRetention | None = None
    trains_on_data: bool | None = None
    data_source: str = ""
    source: str = ""  # where the capabilities were read, and when
    weights: str | None = (
        None  # GGUF file, or the package that brings one, where a run starts the model's server itself
    )


def limits_key(card: ModelCard) -> str:
    """What draws on one limit at an account: a group, else the model on the wire, whatever its efforts are called."""
    return card.limit_group or "/".join(filter(None, (card.upstream, card.model_id)))


class Provider(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an account is reached; one per endpoint, shared by all its models."""

    name: str
    base_url: str
    api_key_env: str | None = None
    api_key_command: str | None = None
    api_key_keyring: str | None = None  # `service/username`
    format: Literal["openai_chat", "openai_responses", "anthropic_messages", "gemini"] = "openai_chat"
    api_version: str | None = None  # sent where the format has a header for it
    auth: Literal["bearer", "header", "none"] = "bearer"
    auth_header: str = "x-api-key"  # that carries the key where `auth` is `header`
    headers: Mapping[str, str] = {}
    key_headers: Mapping[str, str] = {}  # header name -> environment variable that holds its secret value
    upstream_header: str | None = None  # header that names ModelCard.upstream
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    system_role: Literal["system", "developer"] = "system"
    effort_field: Literal["reasoning_effort", "reasoning", "thinking", "none"] = "none"
    seed_field: Literal["seed", "random_seed", "none"] = "none"
    media_parts: Literal["openai", "mistral"] = "openai"  # how sound and documents stand in Chat Completions
    fetches_links: bool = True  # reads pictures and files at an https address; where not, they are sent inline
    extra_body: Mapping[str, object] = {}  # sent with every request, such as OpenRouter's `provider: {zdr: true}`
    check_path: str | None = "/models"  # a GET that costs nothing and wants the key, for `doctor --online`
    reports_cost: bool = False  # usage.cost carries dollars
    prompt_cache_key: bool = False  # takes a word that keeps requests of one beginning together
    limits: Limits = Limits()
    cache_markers: bool = False  # the wire format can mark what the provider shall cache
    tiers: Mapping[ServiceTier, TierTerms] = {}  # what is not standard; a tier without an entry is not used
    regions: tuple[Region, ...] = ()  # where requests are processed; empty: unknown
    retention_days: Days | None = None  # how long requests are kept; None: unknown
    zero_retention: ZeroRetention | None = None  # None: unknown
    trains_on_data: bool | None = None  # None: unknown
    data_source: str = ""  # where the four above were read, and when
    requests_header: Literal["minute", "day"] = "minute"  # what `x-ratelimit-*-requests` counts; Groq: a day
    batch_api: Literal["openai", "anthropic", "gemini", "openrouter", "mistral"] | None = None  # of its batch tier
    max_price: bool = False  # takes the dearest price of an endpoint in `provider.max_price`, as OpenRouter does


_LEAST_OUTPUT_TOKENS = {"openai_responses": 16}  # OpenAI's OpenAPI document of 2026-08-21, `max_output_tokens`


def least_output_tokens(provider: Provider) -> int:
    """The smallest output limit that its wire format takes: a smaller one of a request is raised to it."""
    return _LEAST_OUTPUT_TOKENS.get(provider.format, 1)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All models, providers and aliases after the user's overrides."""

    models: Mapping[str, ModelCard]
    providers: Mapping[str, Provider]
    aliases: Mapping[str, tuple[str, ...]]
