"""One row of the results: what one request ended as."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from modelroute_cli.base.schema import ToolCall


class Hidden(Struct, frozen=True, kw_only=True):
    """What was replaced in the request whose answer counts, and which placeholders came back."""

    values: dict[str, int]  # by kind, each value once
    lost: int  # placeholders that the answer does not hold: it need not mention all
    unknown: int  # placeholders that were never given out, and stay in the answer


class ResultRow(Struct, frozen=True, kw_only=True):
    """What one request ended as; money in exact dollars. Tokens are those of the answer, money and attempts of all."""

    custom_id: str
    status: Literal["accepted", "failed", "unsent"]
    output: str | None
    model: str | None  # asked; None when nothing was answered
    model_served: str | None
    service_tier: str | None
    input_tokens: int | None
    output_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None
    cost_usd: str
    held_usd: str  # possibly billed: attempts whose outcome is unknown
    attempts: int
    escalated: bool
    verdict: str | None  # `pass`, or the gate that failed
    reason: str  # why it failed or what a gate found; empty when accepted
    planned_model: str
    planned_cost_usd: str
    duplicate_of: str | None  # custom_id of the request that was answered for both
    emulated: bool
    tool_calls: tuple[ToolCall, ...] = ()  # calls of tools that the answer asks for
    reasoning: str | None = None  # thoughts or their summary, where the provider shows them
    request_id: str | None = None  # the provider's own, for its support
    pilot: bool = False  # whether the answer was given when quality was measured, before the run
    redacted: Hidden | UnsetType = UNSET  # where something was replaced before the request was sent
