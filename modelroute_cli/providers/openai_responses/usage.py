"""Tokens as the Responses format reports them, in the words of base.schema.Usage."""

from modelroute_cli.base.schema import Usage
from modelroute_cli.providers import loose_json as loose


def read_usage(usage: object) -> Usage | None:
    """The tokens to bill, None when the provider did not say.

    Cached and written tokens are part of the input, reasoning is part of the output. Where they cannot be, the dearer
    reading is taken: they are added, and so is what the total holds beyond input and output.
    """
    given, written = loose.count(loose.child(usage, "input_tokens")), loose.count(loose.child(usage, "output_tokens"))
    if given is None or written is None:
        return None
    read, kept = _input(usage, "cached_tokens"), _input(usage, "cache_write_tokens")
    if read + kept > given:
        given += read + kept
    reasoning = loose.count(loose.child(usage, "output_tokens_details", "reasoning_tokens")) or 0
    outside = max(0, (loose.count(loose.child(usage, "total_tokens")) or 0) - given - written)
    written += outside if reasoning <= written + outside else reasoning
    return Usage(
        input_tokens=given,
        output_tokens=written,
        cache_read_tokens=read,
        cache_write_tokens=kept,
        reasoning_tokens=max(reasoning, outside),
        image_tokens=min(_input(usage, "image_tokens"), given),
        audio_tokens=min(_input(usage, "audio_tokens"), given),
    )


def _input(usage: object, name: str) -> int:
    """One part of the input; 0 (dearer, for what was cached) when not said."""
    return loose.count(loose.child(usage, "input_tokens_details", name)) or 0
