"""Tokens as OpenAI-compatible providers report them, in the words of base.schema.Usage."""

from collections.abc import Mapping

from modelroute_cli.base.schema import Usage
from modelroute_cli.providers import loose_json as loose


def read_usage(usage: object) -> Usage | None:
    """The tokens to bill, None when the provider did not say.

    Where providers differ, the dearer reading is taken: cache tokens that exceed the prompt are outside it (Anthropic's
    count), what `total_tokens` holds beyond prompt and completion is reasoning outside the completion (xAI, Gemini).
    Portkey passes Anthropic's count on under OpenAI's names; there the total tells that the cache tokens are outside.
    """
    told, inside = _counts(usage), _counts(loose.child(usage, "prompt_tokens_details"))
    prompt, completion = _prompt(told), _completion(told)
    if prompt is None or completion is None:
        return None
    cached = inside.get("cached_tokens") or told.get("prompt_cache_hit_tokens", 0)
    written = inside.get("cache_write_tokens") or told.get("cache_creation_input_tokens", 0)
    if cached + written > prompt or _counts_cache_apart(told, prompt + completion + cached + written):
        prompt += cached + written
    reasoning = _counts(loose.child(usage, "completion_tokens_details")).get("reasoning_tokens", 0)
    outside = _outside(told.get("total_tokens", 0), prompt + completion, completion, reasoning)
    return Usage(
        input_tokens=prompt,
        output_tokens=completion + outside,
        cache_read_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=max(reasoning, outside),
        image_tokens=min(inside.get("image_tokens", 0), prompt),
        audio_tokens=min(inside.get("audio_tokens", 0), prompt),
    )


def _counts(fields: object) -> dict[str, int]:
    """The fields of an object that are numbers of tokens."""
    if not isinstance(fields, dict):
        return {}
    return {name: count for name, value in fields.items() if (count := loose.count(value)) is not None}


def _prompt(told: Mapping[str, int]) -> int | None:
    """Input tokens, also under the newer name."""
    return told.get("prompt_tokens", told.get("input_tokens"))


def _completion(told: Mapping[str, int]) -> int | None:
    """Output tokens, else what the total leaves."""
    named = told.get("completion_tokens", told.get("output_tokens"))
    if named is not None:
        return named
    total, prompt = told.get("total_tokens"), _prompt(told)
    return None if total is None or prompt is None or total < prompt else total - prompt


def _counts_cache_apart(told: Mapping[str, int], whole: int) -> bool:
    """Whether Anthropic's names stand beside a total that holds its cache tokens besides the prompt."""
    named = told.get("cache_read_input_tokens") or told.get("cache_creation_input_tokens")
    return bool(named) and told.get("total_tokens") == whole


def _outside(total: int, named: int, completion: int, reasoning: int) -> int:
    """Reasoning tokens that are billed beyond the completion; `named` is what prompt and completion make."""
    rest = max(0, total - named)
    return reasoning if reasoning > completion + rest else rest
