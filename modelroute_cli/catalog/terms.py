"""What holds for a model at its provider besides prices: service tiers, prompt caches, what happens to the data."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from modelroute_cli.base.schema import Count

Region = Literal["us", "eu", "cn", "global", "local"]
ZeroRetention = Literal["always", "on_request", "no"]
Tokens = Annotated[int, Meta(ge=0)]
Percent = Annotated[int, Meta(ge=0, le=100)]


class TierTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one service tier is sold; None is unknown, or no limit of the provider's own."""

    window_s: Count | None = None  # how long an answer may take
    queue_tokens: Count | None = None  # input tokens that may wait at a time
    max_requests: Count | None = None  # requests of one provider batch
    max_bytes: Count | None = None  # of one provider batch as it is sent
    max_batches: Count | None = None  # that may be open at a time
    one_model: bool = True  # whether all requests of a batch go to one model
    typical_s: Count | None = None  # when most answers are there, where somebody has said so
    discount_percent: Percent | None = None  # off the standard price, where the price library has no price of this tier
    source: str = ""


class CacheTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a model's provider caches the beginning of prompts; the prices of it stand in the rate card."""

    kind: Literal["automatic", "marker", "none"] = "none"  # `marker`: only what a request marks is cached
    min_tokens: Tokens = 0  # shorter beginnings are never cached
    block_tokens: Count = 1  # cached lengths are whole multiples of it, from `min_tokens` on
    ttl_s: Count = 300  # how long it is kept after its last use, at least
    cold_requests: Count = 1  # how many requests of one beginning are billed in full before the others hit
    source: str = ""
