"""What Gemini's generateContent sends, as the types of the official SDK (google-genai 3.4) have it."""

from collections.abc import Mapping, Sequence

from matrix.cells import Case, Shapes
from matrix.chat_shapes import HOLDS, NOTHING
from support.scripted import Scripted, of_json

Json = Mapping[str, object]

_USAGE: Json = {
    "promptTokenCount": 1000,
    "cachedContentTokenCount": 600,
    "candidatesTokenCount": 30,
    "thoughtsTokenCount": 20,
    "totalTokenCount": 1050,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1000}],
}
_CALL: Json = {"functionCall": {"id": "call_1", "name": "look_up", "args": {"subject": "Earl Grey"}}}
_RETRY: Json = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "2s"}
_QUOTA: Json = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    "violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel", "quotaValue": "10"}],
}
_NO_KEY: Json = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}


def shapes() -> Shapes:
    """What it sends in each case."""
    return {
        Case.TEXT: _candidate({"text": "Hm.", "thought": True}, {"text": "Earl Grey."}),
        Case.SCHEMA: _candidate({"text": '{"subject": "Earl Grey"}'}),
        Case.TOOLS: _candidate(_CALL),
        Case.IMAGE: _candidate({"text": "Earl Grey."}),
        Case.REFUSAL: _candidate(finish="SAFETY"),
        Case.TRUNCATED: _candidate({"text": "Earl"}, finish="MAX_TOKENS"),
        Case.EMPTY: _candidate(),
        Case.LIMITED: _error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", (_QUOTA, _RETRY)),
        Case.BROKEN: _error(503, "UNAVAILABLE", "The model is overloaded."),
        Case.AUTH: _error(400, "INVALID_ARGUMENT", "API key not valid.", (_NO_KEY,)),
        Case.TIMEOUT: HOLDS,
        Case.ERROR_IN_200: of_json([{"error": {"code": 503, "message": "Overloaded.", "status": "UNAVAILABLE"}}]),
        Case.NOTHING: NOTHING,
    }


def _candidate(*parts: Json, finish: str = "STOP") -> Scripted:
    """One candidate; the whole says who answered."""
    candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": finish, "index": 0}
    return of_json(
        {"candidates": [candidate], "usageMetadata": _USAGE, "modelVersion": "a-model", "responseId": "resp_1"}
    )


def _error(status: int, word: str, message: str, details: Sequence[Json] = ()) -> Scripted:
    return of_json({"error": {"code": status, "message": message, "status": word, "details": details}}, status)
