"""Tokens as Anthropic reports them, in the words of base.schema.Usage."""

from modelroute_cli.base.schema import Usage
from modelroute_cli.providers import loose_json as loose


def read_usage(usage: object) -> Usage | None:
    """The tokens to bill, None when the provider did not say.

    Anthropic's `input_tokens` are those that were neither read from the cache nor written to it: all three together are
    the input (anthropic SDK 2.12, `types/usage.py`). `output_tokens` hold the thoughts. Markers are sent for five
    minutes only, so all writes are of the one kind whose price stands in the rate card.
    """
    fresh, output = loose.count(loose.child(usage, "input_tokens")), loose.count(loose.child(usage, "output_tokens"))
    if fresh is None or output is None:
        return None
    read = loose.count(loose.child(usage, "cache_read_input_tokens")) or 0
    written = loose.count(loose.child(usage, "cache_creation_input_tokens")) or 0
    thoughts = loose.count(loose.child(usage, "output_tokens_details", "thinking_tokens")) or 0
    return Usage(
        input_tokens=fresh + read + written,
        output_tokens=output,
        cache_read_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=min(thoughts, output),
    )
