"""OpenRouter's list of models (`/api/v1/models`): a list under `data`, dollars per token as texts.

Fields by its OpenAPI document of 2026-08-22.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from modelroute_cli.catalog.imports.found import Entry, FoundModel, FoundPrice, Json, UnfitError
from modelroute_cli.catalog.imports.values import (
    PER_TOKEN,
    day,
    flag,
    modalities,
    section,
    tokens,
    usd_per_mtok,
    words,
)

TITLE = "OpenRouter's list of models"
_PROVIDER = "openrouter"
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_UNITS = ("prompt", "completion", "input_cache_read", "input_cache_write")


def is_map(document: Json) -> bool:
    """Whether a JSON object looks like this list."""
    data = document.get("data")
    return isinstance(data, list) and any(isinstance(item, dict) and "pricing" in item for item in data)


def entries(document: Json) -> Iterator[Entry]:
    """Every model."""
    data = document.get("data")
    for fields in data if isinstance(data, list) else []:
        if isinstance(fields, dict) and isinstance(fields.get("id"), str):
            yield Entry(fields["id"], _PROVIDER, fields["id"], fields)


def model(entry: Entry) -> FoundModel:
    """One chat model; UnfitError says why it is none that can be used."""
    fields, pricing = entry.fields, section(entry.fields, "pricing")
    kinds, top = section(fields, "architecture"), section(fields, "top_provider")
    _check(entry, words(kinds, "output_modalities"))
    price = _price(pricing)
    context = tokens(top, "context_length") or tokens(fields, "context_length")
    if context is None:
        message = "no limits of its input and output"
        raise UnfitError(message)
    pays_pictures = bool(_usd(pricing, "image"))
    return FoundModel(
        provider=entry.provider,
        model_id=entry.model_id,
        price=price,
        tiers={},
        context_tokens=context,
        max_output_tokens=tokens(top, "max_completion_tokens") or context,
        modalities=modalities(words(kinds, "input_modalities"), image=not pays_pictures),
        schema="structured_outputs" in words(fields, "supported_parameters"),
        thinks=_thinks(fields),
        efforts=_efforts(fields),
        sampling="temperature" in words(fields, "supported_parameters"),
        released=_created(fields),
        shutdown=day(fields, "expiration_date"),
        step_tokens=_step(pricing),
        notes=_notes(pricing, pays_pictures=pays_pictures),
    )


def _check(entry: Entry, made: tuple[str, ...]) -> None:
    """UnfitError for what does not write text or is sold in OpenRouter's batches alone."""
    if "text" not in made:
        message = "not chat"
        raise UnfitError(message)
    if entry.model_id.endswith(":batch"):
        message = "for OpenRouter's batches alone"
        raise UnfitError(message)


def _price(pricing: Json) -> FoundPrice:
    """The price of the dearest hour; UnfitError where there is none, or where more than tokens is paid for."""
    if _usd(pricing, "request"):
        message = "each request has a price of its own"
        raise UnfitError(message)
    given, made, read, written = (_dearest(pricing, unit) for unit in _UNITS)
    if given is None or made is None:
        message = "no price"
        raise UnfitError(message)
    if (_usd(pricing, "internal_reasoning") or 0) > made:
        message = "reasoning tokens cost more than output"
        raise UnfitError(message)
    return FoundPrice(input=given, output=made, cache_read=read or None, cache_write=written or None)


def _usd(pricing: Json, key: str) -> Decimal | None:
    return usd_per_mtok(pricing, key, PER_TOKEN)


def _overrides(pricing: Json) -> list[Json]:
    """The prices that hold under a condition."""
    found = pricing.get("overrides")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _dearest(pricing: Json, unit: str) -> Decimal | None:
    """The highest price of a day, whatever the hour; prices by length stand apart."""
    by_hour = [item for item in _overrides(pricing) if "min_prompt_tokens" not in item]
    known = [price for item in (pricing, *by_hour) if (price := _usd(item, unit)) is not None]
    return max(known, default=None)


def _step(pricing: Json) -> int | None:
    """The input above which a request costs more."""
    starts = [tokens(item, "min_prompt_tokens") for item in _overrides(pricing)]
    return min((start for start in starts if start is not None), default=None)


def _thinks(fields: Json) -> bool:
    return "reasoning" in words(fields, "supported_parameters")


def _efforts(fields: Json) -> tuple[str, ...]:
    """The efforts it lists, and `none` where thinking is not mandatory."""
    reasoning = section(fields, "reasoning")
    listed = words(reasoning, "supported_efforts")
    can_stop = bool(listed) and flag(reasoning, "mandatory") is False
    return tuple(effort for effort in _EFFORTS if effort in listed or (can_stop and effort == "none"))


def _created(fields: Json) -> str | None:
    """The day it was first listed."""
    seconds = fields.get("created")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds < 2**33:
        return None
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _notes(pricing: Json, *, pays_pictures: bool) -> tuple[str, ...]:
    """What the price leaves out or takes high."""
    hours = any("utc_start" in item for item in _overrides(pricing))
    notes = {"the price of the dearest hour": hours, "pictures have a price of their own: text alone": pays_pictures}
    return tuple(note for note, holds in notes.items() if holds)
