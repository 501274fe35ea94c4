"""Tokens as Gemini reports them, in the words of base.schema.Usage."""

from modelroute_cli.base.schema import Usage
from modelroute_cli.providers import loose_json as loose

_PICTURES = frozenset({"IMAGE", "DOCUMENT"})  # a PDF is read as pictures, and counted under either word
_SOUNDS = frozenset({"AUDIO"})


def read_usage(usage: object) -> Usage | None:
    """The tokens to bill, from `usageMetadata`; None when Google did not say.

    A prompt counts its cached tokens, thoughts stand outside the candidates' count, and a count of 0 is left out of the
    answer. What the total holds beyond the parts is billed as thoughts: the dearer reading.
    """
    prompt = _prompt(usage)
    if prompt is None:
        return None
    thoughts, written = _count(usage, "thoughtsTokenCount"), _count(usage, "candidatesTokenCount")
    read_again, cached = _count(usage, "toolUsePromptTokenCount"), _count(usage, "cachedContentTokenCount")
    thoughts += max(0, _count(usage, "totalTokenCount") - prompt - read_again - thoughts - written)
    given = prompt + read_again if cached <= prompt + read_again else prompt + read_again + cached
    return Usage(
        input_tokens=given,
        output_tokens=written + thoughts,
        cache_read_tokens=cached,
        reasoning_tokens=thoughts,
        image_tokens=min(given, _of_kind(usage, _PICTURES)),
        audio_tokens=min(given, _of_kind(usage, _SOUNDS)),
    )


def _count(usage: object, name: str) -> int:
    """A count, 0 where it is not said."""
    return loose.count(loose.child(usage, name)) or 0


def _prompt(usage: object) -> int | None:
    """Tokens of the prompt, else what the total leaves; None where neither is said."""
    said = loose.count(loose.child(usage, "promptTokenCount"))
    total = loose.count(loose.child(usage, "totalTokenCount"))
    if said is not None or total is None:
        return said
    others = ("candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount")
    rest = total - sum(_count(usage, name) for name in others)
    return rest if rest >= 0 else None


def _of_kind(usage: object, kinds: frozenset[str]) -> int:
    """Tokens of the input that are of some kinds, by the details of the prompt and of what tools gave back."""
    details = (*_details(usage, "promptTokensDetails"), *_details(usage, "toolUsePromptTokensDetails"))
    return sum(_count(part, "tokenCount") for part in details if loose.child(part, "modality") in kinds)


def _details(usage: object, name: str) -> list[object]:
    """One list of counts by kind."""
    return loose.items(loose.child(usage, name))
