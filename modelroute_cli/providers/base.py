"""The protocols of this room: a wire format turns calls into bytes and back, a transport moves them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from modelroute_cli.base.errors import UsageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import Request, ToolCall, Usage
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.providers.file_body import FileBody


@dataclass(frozen=True, slots=True)
class PriceLimit:
    """The most that an endpoint behind a gateway may charge, in pico-dollars per token; dearer ones are not used."""

    input_pusd: PicoUSD
    output_pusd: PicoUSD


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One attempt, as it is to be sent."""

    request: Request
    card: ModelCard
    provider: Provider
    max_tokens: int  # output limit, reasoning included; always sent
    service_tier: str = "standard"
    key: str | None = field(repr=False)  # the API key, None where the provider takes none
    secrets: Mapping[str, str] = field(repr=False)  # values of Provider.key_headers, by header name
    client_id: str  # names the attempt in X-Client-Request-Id
    prefix: int | None = None  # the beginning it shares with other requests, the same in every run
    prefix_chars: int = 0  # how much of its text, as jobs.sent_text writes it, is that beginning
    price_limit: PriceLimit | None = None  # sent where the provider takes one


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRequest:
    """Bytes to send; `headers` holds secrets and is never logged or shown."""

    url: str = field(repr=False)  # its query or user may be a secret
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    method: Literal["POST", "GET", "DELETE"] = "POST"
    file: FileBody | None = None  # sent in the place of `body`
    save: Path | None = None  # where the body of a success is written, in the place of being held

    def content(self) -> bytes:
        """The whole body, read at once."""
        return self.body if self.file is None else self.file.read()


@dataclass(frozen=True, slots=True, kw_only=True)
class WireResponse:
    """What came back; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes  # empty where it was saved
    received_at: datetime | None = None  # by the local clock, UTC; None where nobody looked


class FailureKind(StrEnum):
    """Why an attempt gave no answer; what to do about it is decided in execution.retry."""

    TRANSIENT = "transient"  # 408, 409, 5xx, connection refused: try again
    RATE_LIMITED = "rate_limited"  # 429 that passes: wait, never counts as a try
    QUOTA = "quota"  # 429 that does not pass soon (per day, long Retry-After)
    TIER = "tier"  # the service tier has no capacity or is not sold: the standard one, on the same model
    ACCOUNT = "account"  # 401, 402, 403, insufficient quota: stop this provider
    REQUEST = "request"  # 400, 404, 413, 422: this request on this model will never do
    UNKNOWN = "unknown"  # sent, but no answer came: possibly billed
    MALFORMED = "malformed"  # 200 with something that is no answer: possibly billed
    UNUSABLE = "unusable"  # an error after the work was done, and billed: this request on this model will not do


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSignal:
    """What the rate headers of an answer say; None is unknown."""

    limit_requests: int | None = None
    remaining_requests: int | None = None
    reset_requests_s: float | None = None
    limit_tokens: int | None = None
    remaining_tokens: int | None = None
    reset_tokens_s: float | None = None
    limit_input_tokens: int | None = None  # where a provider counts input and output apart
    remaining_input_tokens: int | None = None
    reset_input_tokens_s: float | None = None
    limit_output_tokens: int | None = None
    remaining_output_tokens: int | None = None
    reset_output_tokens_s: float | None = None
    limit_requests_day: int | None = None  # where the header counts a day
    remaining_requests_day: int | None = None
    reset_requests_day_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A 200 that carries an answer, however bad; gates judge it."""

    text: str
    finish_reason: str  # stop, length, content_filter, refusal, tool_calls, or the provider's own word
    refusal: str | None
    usage: Usage | None  # None: the provider did not say; the reservation stays counted
    model_served: str | None
    service_tier: str | None = None  # that served, in our words; None: the provider does not say
    reported_cost_pusd: PicoUSD | None  # what the provider says it charged
    emulated: bool
    rate: RateSignal
    reasoning: str | None = None  # thoughts or their summary, where the provider shows them; never part of `text`
    tool_calls: tuple[ToolCall, ...] = ()
    request_id: str | None = None  # the provider's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An attempt without an answer."""

    kind: FailureKind
    status: int | None
    message: str  # for people: no key, no URL query, at most 300 characters
    retry_after_s: float | None
    rate: RateSignal
    emulated: bool = False
    final: bool = False  # the request itself cannot be sent, to no model
    request_id: str | None = None  # the provider's own
    no_retry: bool = False  # the provider says that the same again will not do
    billed: bool = False  # it reports usage beside the error


Reply = Answer | Failure


class UnsendableError(UsageError):
    """A request that a wire format cannot carry; raised before anything is sent, so it costs nothing."""


class WireFormat(Protocol):
    """One provider language, stateless."""

    def encode(self, call: Call) -> WireRequest:
        """The call as bytes; UnsendableError when this format cannot carry it."""
        ...

    def decode(self, response: WireResponse, call: Call) -> Reply:
        """The bytes as an answer or a failure; never raises on what a provider may send."""
        ...


class TransportError(Exception):
    """The exchange broke; `sent` tells whether the request may have reached the provider."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.message = message
        self.sent = sent


class Transport(Protocol):
    """Moves bytes; knows nothing of formats."""

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Send and read the whole answer within `timeout_s` in total; TransportError when that fails.

        A GET that is to be saved follows one redirect to https, without any header of the request.
        """
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...
