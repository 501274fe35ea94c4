"""Tokens as each provider of Chat Completions reports them: the same numbers, counted and named its own way."""

from datetime import UTC, datetime

from genai_prices import Usage as PricedUsage
from genai_prices import calc_price

from modelroute_cli.emulator.dialects.base import Heading
from modelroute_cli.emulator.ledger import Usage

Fields = dict[str, object]


def usage_fields(usage: Usage, heading: Heading) -> Fields:
    """The `usage` of an answer."""
    match heading.provider:
        case "deepseek":
            return _openai(usage) | _hits(usage)
        case "mistral":
            return _mistral(usage)
        case "openrouter":
            return _openai(usage) | _cost(usage, heading)
        case "xai":
            return _thinking_outside(usage)
        case "groq":
            return _openai(usage) | _times(usage)
        case _:
            return _openai(usage)


def _openai(usage: Usage) -> Fields:
    """Everything that is a part stands inside the prompt or the completion."""
    return _totals(usage.prompt_tokens, usage.completion_tokens) | {
        "prompt_tokens_details": _prompt_details(usage),
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _totals(prompt: int, completion: int) -> Fields:
    """Both sides and their sum."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _prompt_details(usage: Usage) -> Fields:
    """Cached and sound always, what was written and pictures where there are any."""
    rare = {"cache_write_tokens": usage.cache_write_tokens, "image_tokens": usage.image_tokens}
    told: Fields = {"cached_tokens": usage.cached_tokens, "audio_tokens": usage.audio_tokens}
    return told | {name: tokens for name, tokens in rare.items() if tokens}


def _hits(usage: Usage) -> Fields:
    """DeepSeek's own names for cached tokens, beside OpenAI's."""
    missed = usage.prompt_tokens - usage.cached_tokens
    return {"prompt_cache_hit_tokens": usage.cached_tokens, "prompt_cache_miss_tokens": missed}


def _mistral(usage: Usage) -> Fields:
    """Mistral (SDK 3.7, `UsageInfo`) says of the completion only its sum."""
    details = {"prompt_tokens_details": {"cached_tokens": usage.cached_tokens}}
    return _totals(usage.prompt_tokens, usage.completion_tokens) | details


def _thinking_outside(usage: Usage) -> Fields:
    """XAI counts hidden tokens beside the completion; the total holds both (genai-prices' extractor, 2026-11)."""
    visible = usage.completion_tokens - usage.reasoning_tokens
    total = usage.prompt_tokens + usage.completion_tokens
    return _openai(usage) | {"completion_tokens": visible, "total_tokens": total}


def _times(usage: Usage) -> Fields:
    """Seconds that Groq says it took, by tokens."""
    reading, writing = usage.prompt_tokens / 20_000, usage.completion_tokens / 800
    return {"queue_time": 0.01, "prompt_time": reading, "completion_time": writing, "total_time": reading + writing}


def _cost(usage: Usage, heading: Heading) -> Fields:
    """Dollars that OpenRouter charged, by the price library and not by this program's own rate cards.

    A model that the library does not know is charged nothing that is told.
    """
    priced = PricedUsage(
        input_tokens=usage.prompt_tokens,
        cache_read_tokens=usage.cached_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        output_tokens=usage.completion_tokens,
    )
    at = datetime.fromtimestamp(heading.created, UTC)
    model = heading.model.removesuffix(":batch") + (":batch" if heading.service_tier == "batch" else "")
    try:
        price = calc_price(priced, model, provider_id="openrouter", genai_request_timestamp=at)
    except LookupError:
        return {}
    parts = {"prompt": price.input_price, "completions": price.output_price}
    told = {f"upstream_inference_{name}_cost": float(dollars) for name, dollars in parts.items()}
    dollars = float(price.total_price)
    return {"cost": dollars, "is_byok": False, "cost_details": {"upstream_inference_cost": dollars, **told}}
