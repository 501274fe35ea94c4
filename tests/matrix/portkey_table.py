"""What Portkey's gateway forwards and what it drops: measured by tests/conformance, printed into docs/providers.md."""

from dataclasses import dataclass

DRESSES = ("openai", "anthropic", "deepseek")


@dataclass(frozen=True, slots=True)
class Forwarded:
    """One field of a chat request, and the name under which it arrives at each provider; None where it never does."""

    field: str
    openai: str | None
    anthropic: str | None
    deepseek: str | None

    def at(self, dress: str) -> str | None:
        """Its name at one of `DRESSES`."""
        return {"openai": self.openai, "anthropic": self.anthropic, "deepseek": self.deepseek}[dress]


FIELDS = (
    Forwarded("model", "model", "model", "model"),
    Forwarded("messages", "messages", "messages", "messages"),
    Forwarded("max_completion_tokens", "max_completion_tokens", "max_tokens", "max_tokens"),
    Forwarded("response_format", "response_format", None, "response_format"),
    Forwarded("temperature", "temperature", "temperature", "temperature"),
    Forwarded("top_p", "top_p", "top_p", "top_p"),
    Forwarded("stop", "stop", "stop_sequences", "stop"),
    Forwarded("seed", "seed", None, None),
    Forwarded("tools", "tools", "tools", None),
    Forwarded("tool_choice", "tool_choice", "tool_choice", None),
    Forwarded("reasoning_effort", "reasoning_effort", None, None),
    Forwarded("thinking", None, "thinking", None),
    Forwarded("service_tier", "service_tier", None, None),
    Forwarded("prompt_cache_key", "prompt_cache_key", None, None),
    Forwarded("prompt_cache_options", None, None, None),
    Forwarded("background_options", None, None, None),
    Forwarded("metadata", "metadata", None, None),
    Forwarded("stream", "stream", "stream", "stream"),
)

HEADERS_DROPPED = ("x-client-request-id", "idempotency-key")
"""Request headers that never reach the provider."""

ANSWER_DROPPED = {
    "openai": (),
    "anthropic": ("thoughts and how many tokens they took", "the service tier"),
    "deepseek": ("thoughts and how many tokens they took", "what was read from the cache", "the system fingerprint"),
}
"""What of an answer never reaches us, beside the headers, which all do."""
