"""What a list of models says of one: a model that can be used, or why it cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from modelroute_cli.base.schema import Modality, ServiceTier

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPrice:
    """Dollars per million tokens at one service tier; a cache price that is None costs what input costs."""

    input: Decimal
    output: Decimal
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundModel:
    """One model as a list has it, in our words; `tiers` are the service tiers other than standard.

    `notes` say where the list knows more than a settings file can.
    """

    provider: str
    model_id: str
    price: FoundPrice
    tiers: Mapping[ServiceTier, FoundPrice]
    context_tokens: int
    max_output_tokens: int
    modalities: tuple[Modality, ...]
    schema: bool
    thinks: bool
    efforts: tuple[str, ...] = ()
    sampling: bool
    released: str | None = None
    shutdown: str | None = None
    step_tokens: int | None = None  # input above it costs more than `price` says
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of a list: its provider by our name where we have one, its id, and what else stands there."""

    listed: str  # as the list names it
    provider: str
    model_id: str
    fields: Json


class UnfitError(Exception):
    """Why an entry cannot be used; never leaves this package."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One model that was not taken, and why."""

    listed: str
    reason: str
