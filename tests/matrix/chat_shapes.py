"""What providers of OpenAI's Chat Completions format send, each with its own usage, errors and headers.

Sources: the response types of the official SDKs (openai 3.54, openrouter 1.3.84, mistralai 3.7, groq 1.7, together 3.1,
portkey-ai 2.3.4) and the providers' documents; where a shape was only read about, its provider's page says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matrix.cells import Case, Shapes
from support.scripted import Scripted, of_json

Json = Mapping[str, object]

OPENAI_USAGE: Json = {
    "prompt_tokens": 1000,
    "completion_tokens": 50,
    "total_tokens": 1050,
    "prompt_tokens_details": {"cached_tokens": 600, "cache_write_tokens": 100, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 20, "audio_tokens": 0},
}
PLAIN_USAGE: Json = {"prompt_tokens": 1000, "completion_tokens": 50, "total_tokens": 1050}
NOTHING = Scripted(headers={"content-type": "application/json"}, body=b"")
HOLDS = Scripted(holds=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One provider's way of the format."""

    usage: Json = field(default_factory=lambda: OPENAI_USAGE)
    more: Json = field(default_factory=dict)  # other fields of an answer
    stop_word: str = "stop"
    refusal: Json = field(default_factory=lambda: {"finish_reason": "stop", "refusal": "I cannot help with that."})
    limited: Scripted
    broken: Scripted
    auth: Scripted
    error_in_200: Scripted

    def shapes(self) -> Shapes:
        """What it sends in each case."""
        return {
            Case.TEXT: self._answer({"content": "Earl Grey."}),
            Case.SCHEMA: self._answer({"content": '{"subject": "Earl Grey"}'}),
            Case.TOOLS: self._answer({"content": None, "tool_calls": [_CALL]}, "tool_calls"),
            Case.IMAGE: self._answer({"content": "Earl Grey."}),
            Case.REFUSAL: self._refused(),
            Case.TRUNCATED: self._answer({"content": "Earl"}, "length"),
            Case.EMPTY: self._answer({"content": ""}),
            Case.LIMITED: self.limited,
            Case.BROKEN: self.broken,
            Case.AUTH: self.auth,
            Case.TIMEOUT: HOLDS,
            Case.ERROR_IN_200: self.error_in_200,
            Case.NOTHING: NOTHING,
        }

    def _answer(self, message: Json, finish: str | None = None) -> Scripted:
        choice = {"index": 0, "finish_reason": finish or self.stop_word, "message": {"role": "assistant", **message}}
        return of_json({**_HEAD, "choices": [choice], "usage": self.usage, **self.more}, x_request_id="req_1")

    def _refused(self) -> Scripted:
        said = dict(self.refusal)
        finish = str(said.pop("finish_reason"))
        return self._answer({"content": None, **said}, finish)


def error(status: int, said: Json | str, **headers: str) -> Scripted:
    """An error as OpenAI nests it."""
    return of_json({"error": said}, status, **headers)


def in_200(said: Json | str) -> Scripted:
    """The same inside a success."""
    return of_json({"error": said})


_HEAD: Json = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_795_000_000, "model": "a-model"}
_CALL: Json = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "look_up", "arguments": '{"subject": "Earl Grey"}'},
}
