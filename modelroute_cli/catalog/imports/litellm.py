"""LiteLLM's model map (`model_prices_and_context_window.json`): one object, a model a name, dollars per token."""

import re
from collections.abc import Iterator
from decimal import Decimal

from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.imports.found import Entry, FoundModel, FoundPrice, Json, UnfitError
from modelroute_cli.catalog.imports.values import PER_TOKEN, day, flag, modalities, tokens, usd_per_mtok, words

TITLE = "LiteLLM's model map"
_SAMPLE = "sample_spec"  # explains the fields, is no model
_PROVIDERS = {"gemini": "google", "codestral": "mistral", "together_ai": "together"}
_TIERS = {"batch": "_batches", "flex": "_flex", "priority": "_priority"}
_STEP = re.compile(r"(?:input|output)_cost_per_token_above_([0-9]{1,5})k_tokens")
_CHAT = "/v1/chat/completions"
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_ALWAYS_TAKEN = {"low", "medium", "high"}


def is_map(document: Json) -> bool:
    """Whether a JSON object looks like this list."""
    return any(isinstance(item, dict) and "litellm_provider" in item for item in document.values())


def entries(document: Json) -> Iterator[Entry]:
    """Every model; the id is what goes over the wire, without LiteLLM's own prefix."""
    for name, fields in document.items():
        theirs = fields.get("litellm_provider") if isinstance(fields, dict) else None
        if name != _SAMPLE and isinstance(fields, dict) and isinstance(theirs, str):
            yield Entry(name, _PROVIDERS.get(theirs, theirs), name.removeprefix(f"{theirs}/"), fields)


def model(entry: Entry) -> FoundModel:
    """One chat model; UnfitError says why it is none that can be used."""
    fields = entry.fields
    _check_chat(entry)
    price = _price(fields, "")
    if price is None:
        message = "no price"
        raise UnfitError(message)
    _check_reasoning(fields, price)
    context, output = tokens(fields, "max_input_tokens", "max_tokens"), tokens(fields, "max_output_tokens")
    if context is None or output is None:
        message = "no limits of its input and output"
        raise UnfitError(message)
    thinks = flag(fields, "supports_reasoning") is True
    return FoundModel(
        provider=entry.provider,
        model_id=entry.model_id,
        price=price,
        tiers={tier: found for tier in ServiceTier if (found := _tier(fields, tier)) is not None},
        context_tokens=context,
        max_output_tokens=output,
        modalities=modalities(("image",) if flag(fields, "supports_vision") else (), image=True),
        schema=flag(fields, "supports_response_schema") is True,
        thinks=thinks,
        efforts=_efforts(fields),
        sampling=flag(fields, "supports_sampling_params") is not False and not thinks,
        shutdown=day(fields, "deprecation_date"),
        step_tokens=_step(fields),
    )


def _check_chat(entry: Entry) -> None:
    """UnfitError for what is not called through chat completions, and for a fine-tune's base price."""
    endpoints = words(entry.fields, "supported_endpoints")
    if entry.fields.get("mode") != "chat" or (endpoints and _CHAT not in endpoints):
        message = "not chat"
        raise UnfitError(message)
    if entry.model_id.startswith("ft:"):
        message = "the price of fine-tuned models, not a model"
        raise UnfitError(message)


def _tier(fields: Json, tier: ServiceTier) -> FoundPrice | None:
    """The price at a tier that is sold apart."""
    suffix = _TIERS.get(tier.value)
    return None if suffix is None else _price(fields, suffix)


def _price(fields: Json, suffix: str) -> FoundPrice | None:
    """One tier's price; None where input or output has none. A cache price of 0 means that none is known."""
    given, made = _usd(fields, f"input_cost_per_token{suffix}"), _usd(fields, f"output_cost_per_token{suffix}")
    if given is None or made is None:
        return None
    return FoundPrice(
        input=given,
        output=made,
        cache_read=_usd(fields, f"cache_read_input_token_cost{suffix}") or None,
        cache_write=_usd(fields, f"cache_creation_input_token_cost{suffix}") or None,
    )


def _usd(fields: Json, key: str) -> Decimal | None:
    return usd_per_mtok(fields, key, PER_TOKEN)


def _check_reasoning(fields: Json, price: FoundPrice) -> None:
    """UnfitError when thinking costs more than the answer: our prices know one output price."""
    reasoning = _usd(fields, "output_cost_per_reasoning_token")
    if reasoning is not None and reasoning > price.output:
        message = "reasoning tokens cost more than output"
        raise UnfitError(message)


def _efforts(fields: Json) -> tuple[str, ...]:
    """The efforts that the map names; none where it does not say whether thinking can be switched off."""
    listed = words(fields, "reasoning_effort_levels")
    if listed:
        return tuple(effort for effort in _EFFORTS if effort in listed)
    if flag(fields, "supports_none_reasoning_effort") is None:
        return ()
    return tuple(
        effort for effort in _EFFORTS if effort in _ALWAYS_TAKEN or flag(fields, f"supports_{effort}_reasoning_effort")
    )


def _step(fields: Json) -> int | None:
    """The input above which a request costs more."""
    steps = [int(found[1]) * 1000 for key in fields if (found := _STEP.fullmatch(key))]
    return min(steps, default=None)
