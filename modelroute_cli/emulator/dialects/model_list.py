"""GET /models in the words of each dialect: the emulator plays any model and lists those it has been asked for."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

_EPOCH = datetime.fromtimestamp(0, UTC).isoformat().replace("+00:00", "Z")
_CONTEXT_TOKENS, _OUTPUT_TOKENS = 1_000_000, 65_536


def model_list(provider: str, headers: Mapping[str, str], names: Sequence[str]) -> bytes:
    """The body, in Anthropic's or Gemini's words where the headers or the provider's name say so, else in OpenAI's."""
    if "anthropic-version" in headers:
        return msgspec.json.encode(_anthropic(names))
    if "x-goog-api-key" in headers or provider in {"google", "gemini"}:
        return msgspec.json.encode(_gemini(names))
    entries = [{"id": name, "object": "model", "created": 0, "owned_by": provider} for name in names]
    return msgspec.json.encode({"object": "list", "data": entries})


def _anthropic(names: Sequence[str]) -> dict[str, object]:
    """One page that is the last."""
    entries = [{"type": "model", "id": name, "display_name": name, "created_at": _EPOCH} for name in names]
    ends = {"first_id": names[0] if names else None, "last_id": names[-1] if names else None}
    return {"data": entries, "has_more": False, **ends}


def _gemini(names: Sequence[str]) -> dict[str, object]:
    """With the bounds that clients read."""
    bounds = {"inputTokenLimit": _CONTEXT_TOKENS, "outputTokenLimit": _OUTPUT_TOKENS}
    can = {"supportedGenerationMethods": ["generateContent"]}
    return {"models": [{"name": f"models/{name}", "displayName": name, **bounds, **can} for name in names]}
