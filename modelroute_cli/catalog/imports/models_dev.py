"""models.dev's `api.json`: one object a provider, its models inside, dollars per million tokens."""

from collections.abc import Iterator
from decimal import Decimal

from modelroute_cli.catalog.imports.found import Entry, FoundModel, FoundPrice, Json, UnfitError
from modelroute_cli.catalog.imports.values import (
    PER_MTOK,
    day,
    flag,
    modalities,
    section,
    tokens,
    usd_per_mtok,
    words,
)

TITLE = "models.dev"
_NAMES = {"togetherai": "together", "azure-openai": "azure"}
_STEP_200K = "context_over_200k"


def is_map(document: Json) -> bool:
    """Whether a JSON object looks like this list."""
    return any(isinstance(item, dict) and isinstance(item.get("models"), dict) for item in _providers(document))


def entries(document: Json) -> Iterator[Entry]:
    """Every model of every provider."""
    for provider in _providers(document):
        name = provider.get("id") if isinstance(provider, dict) else None
        if isinstance(provider, dict) and isinstance(name, str):
            for model_id, fields in section(provider, "models").items():
                if isinstance(fields, dict):
                    yield Entry(f"{name}/{model_id}", _NAMES.get(name, name), model_id, fields)


def model(entry: Entry) -> FoundModel:
    """One chat model; UnfitError says why it is none that can be used."""
    fields, limit, kinds = entry.fields, section(entry.fields, "limit"), section(entry.fields, "modalities")
    price = _price(section(fields, "cost"))
    _check(entry, price, words(kinds, "output"))
    context, output = tokens(limit, "input", "context"), tokens(limit, "output")
    if context is None or output is None:
        message = "no limits of its input and output"
        raise UnfitError(message)
    return FoundModel(
        provider=entry.provider,
        model_id=entry.model_id,
        price=price,
        tiers={},
        context_tokens=context,
        max_output_tokens=output,
        modalities=modalities(words(kinds, "input"), image=True),
        schema=flag(fields, "structured_output") is True,
        thinks=flag(fields, "reasoning") is True,
        sampling=flag(fields, "temperature") is True,
        released=day(fields, "release_date"),
        step_tokens=_step(section(fields, "cost")),
    )


def _providers(document: Json) -> list[object]:
    """The providers, which stood under a name of their own in 2025."""
    return list((section(document, "providers") or document).values())


def _price(cost: Json) -> FoundPrice:
    """The standard price; UnfitError where there is none. A cache price of 0 means that none is known."""
    given, made = _usd(cost, "input"), _usd(cost, "output")
    if given is None or made is None:
        message = "no price"
        raise UnfitError(message)
    return FoundPrice(
        input=given,
        output=made,
        cache_read=_usd(cost, "cache_read") or None,
        cache_write=_usd(cost, "cache_write") or None,
    )


def _usd(cost: Json, key: str) -> Decimal | None:
    return usd_per_mtok(cost, key, PER_MTOK)


def _check(entry: Entry, price: FoundPrice, made: tuple[str, ...]) -> None:
    """UnfitError for what does not write text, is gone, or bills thinking at a higher price."""
    if "text" not in made or "embedding" in str(entry.fields.get("family", "")):
        message = "not chat"
        raise UnfitError(message)
    if entry.fields.get("status") == "deprecated":
        message = "deprecated"
        raise UnfitError(message)
    reasoning = _usd(section(entry.fields, "cost"), "reasoning")
    if reasoning is not None and reasoning > price.output:
        message = "reasoning tokens cost more than output"
        raise UnfitError(message)


def _step(cost: Json) -> int | None:
    """The input above which a request costs more."""
    tiers = cost.get("tiers")
    steps = [_tier_start(tier) for tier in tiers if isinstance(tier, dict)] if isinstance(tiers, list) else []
    if section(cost, _STEP_200K):
        steps.append(200_000)
    return min((step for step in steps if step is not None), default=None)


def _tier_start(tier: Json) -> int | None:
    """Where one of the `tiers` begins: `{"tier": {"type": "context", "size": 200000}, ...}`."""
    return tokens(section(tier, "tier"), "size")
