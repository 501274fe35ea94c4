"""Tokens as OpenAI-compatible providers report them, in the words of base.schema.Usage."""

from modelroute_cli.base.schema import Usage
from modelroute_cli.providers import loose_json as loose


def read_usage(usage: object) -> Usage | None:
    """The tokens to bill, None when the provider did not say.

    Where providers differ, the dearer reading is taken: cache tokens that exceed the prompt are outside it (Anthropic's
    count), what `total_tokens` holds beyond prompt and completion is reasoning outside the completion (xAI, Gemini).
    Portkey passes Anthropic's count on under OpenAI's names; there the total tells that the cache tokens are outside.
    """
    prompt, completion = _prompt(usage), _completion(usage)
    if prompt is None or completion is None:
        return None
    cached, written = _cached(usage), _cache_written(usage)
    if cached + written > prompt or _counts_cache_apart(usage, prompt + completion + cached + written):
        prompt += cached + written
    outside = _outside(usage, prompt, completion)
    return Usage(
        input_tokens=prompt,
        output_tokens=completion + outside,
        cache_read_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=max(_reasoning(usage), outside),
        image_tokens=_part(usage, "image_tokens", prompt),
        audio_tokens=_part(usage, "audio_tokens", prompt),
    )


def _prompt(usage: object) -> int | None:
    """Input tokens, also under the newer name."""
    count = loose.count(loose.child(usage, "prompt_tokens"))
    return loose.count(loose.child(usage, "input_tokens")) if count is None else count


def _completion(usage: object) -> int | None:
    """Output tokens, else what the total leaves."""
    for name in ("completion_tokens", "output_tokens"):
        count = loose.count(loose.child(usage, name))
        if count is not None:
            return count
    total, prompt = loose.count(loose.child(usage, "total_tokens")), _prompt(usage)
    return None if total is None or prompt is None or total < prompt else total - prompt


def _cached(usage: object) -> int:
    """Input tokens read from the cache, by OpenAI's or DeepSeek's name; 0 (dearer) when not said."""
    inside = loose.count(loose.child(usage, "prompt_tokens_details", "cached_tokens"))
    return inside or loose.count(loose.child(usage, "prompt_cache_hit_tokens")) or 0


def _cache_written(usage: object) -> int:
    """Input tokens written to the cache, billed on their own by some models."""
    inside = loose.count(loose.child(usage, "prompt_tokens_details", "cache_write_tokens"))
    return inside or loose.count(loose.child(usage, "cache_creation_input_tokens")) or 0


def _part(usage: object, name: str, prompt: int) -> int:
    """The part of the prompt that is pictures or sound, no more than all of it; 0 when not said."""
    return min(loose.count(loose.child(usage, "prompt_tokens_details", name)) or 0, prompt)


def _counts_cache_apart(usage: object, whole: int) -> bool:
    """Whether Anthropic's names stand beside a total that holds its cache tokens besides the prompt."""
    named = (loose.count(loose.child(usage, f"cache_{kind}_input_tokens")) for kind in ("read", "creation"))
    return any(named) and loose.count(loose.child(usage, "total_tokens")) == whole


def _reasoning(usage: object) -> int:
    """Hidden tokens as reported."""
    return loose.count(loose.child(usage, "completion_tokens_details", "reasoning_tokens")) or 0


def _outside(usage: object, prompt: int, completion: int) -> int:
    """Reasoning tokens that are billed beyond the completion."""
    total = loose.count(loose.child(usage, "total_tokens")) or 0
    rest = max(0, total - prompt - completion)
    reasoning = _reasoning(usage)
    return reasoning if reasoning > completion + rest else rest
