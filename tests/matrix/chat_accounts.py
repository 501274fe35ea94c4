"""The providers of the matrix that speak Chat Completions: how each is declared, and what it sends."""

from collections.abc import Mapping

from matrix.accounts import Listed, tokens
from matrix.cells import Case, Trouble
from matrix.chat_shapes import OPENAI_USAGE, PLAIN_USAGE, Chat, error, in_200
from support.scripted import Scripted, of_json

OPENAI_LIMITED = error(
    429,
    {"message": "Rate limit reached.", "type": "requests", "param": None, "code": "rate_limit_exceeded"},
    retry_after="2",
)
OPENAI_BROKEN = error(500, {"message": "The server had an error.", "type": "server_error", "param": None, "code": None})
OPENAI_AUTH = error(401, {"message": "Incorrect API key.", "type": "invalid_request_error", "code": "invalid_api_key"})
OPENAI_IN_200 = in_200({"message": "The server had an error.", "type": "server_error", "code": None})
IN_WORDS = "I'm sorry, but I can't help with that."
WAITED = "again, after 2 s"
AGAIN = "again"
LEFT = "this provider is left"


def troubles(limited: Trouble, broken: Trouble, auth: Trouble, in_200_: Trouble) -> Mapping[Case, Trouble]:
    """The four that differ, and the two that are the same everywhere."""
    return {
        Case.LIMITED: limited,
        Case.BROKEN: broken,
        Case.AUTH: auth,
        Case.ERROR_IN_200: in_200_,
        Case.TIMEOUT: Trouble("unknown", "no complete answer from `HOST` within 0.15 s", AGAIN),
        Case.NOTHING: Trouble("malformed", "the answer cannot be read: it is no JSON (0 bytes)", AGAIN),
    }


OPENAI_TROUBLES = troubles(
    Trouble("rate_limited", "Rate limit reached.", WAITED),
    Trouble("transient", "The server had an error.", AGAIN),
    Trouble("account", "Incorrect API key.", LEFT),
    Trouble("transient", "The server had an error.", AGAIN),
)
CHAT = Chat(limited=OPENAI_LIMITED, broken=OPENAI_BROKEN, auth=OPENAI_AUTH, error_in_200=OPENAI_IN_200)
ALL_PARTS = tokens(fresh=300, read=600, written=100, made=50)
PARTLY_READ = tokens(fresh=400, read=600, made=50)
UNCACHED = tokens(fresh=1000, made=50)

OPENAI = Listed(
    name="OpenAI, Chat Completions",
    provider="openai",
    shapes=CHAT.shapes(),
    path="/v1/chat/completions",
    key_header="authorization",
    cost_pusd=ALL_PARTS,
    troubles=OPENAI_TROUBLES,
    checked="the official SDK's types and client (openai), OpenAI's OpenAPI document",
)
DEEPSEEK = Listed(
    name="DeepSeek",
    provider="deepseek",
    card={"response_schema": "json_object"},
    shapes=Chat(
        usage={
            **PLAIN_USAGE,
            "prompt_cache_hit_tokens": 600,
            "prompt_cache_miss_tokens": 400,
            "prompt_tokens_details": {"cached_tokens": 600},
            "completion_tokens_details": {"reasoning_tokens": 20},
        },
        limited=error(
            429, {"message": "Too many requests.", "type": "rate_limit", "code": "rate_limit"}, retry_after="2"
        ),
        broken=Scripted(status=503, headers={"content-type": "text/html"}, body=b"<html>Service Unavailable</html>"),
        auth=error(402, {"message": "Insufficient Balance", "type": "unknown_error", "param": None, "code": "invalid"}),
        error_in_200=in_200({"message": "Server overloaded.", "type": "server_error"}),
    ).shapes(),
    path="/chat/completions",
    key_header="authorization",
    cost_pusd=PARTLY_READ,
    troubles=troubles(
        Trouble("rate_limited", "Too many requests.", WAITED),
        Trouble("transient", "HTTP 503: <html>Service Unavailable</html>", AGAIN),
        Trouble("account", "Insufficient Balance", LEFT),
        Trouble("transient", "Server overloaded.", AGAIN),
    ),
    checked="Portkey's gateway in DeepSeek dress",
    note="It holds the line with blank lines before the answer when it is busy: time-outs are of the whole exchange.",
)
OPENROUTER = Listed(
    name="OpenRouter",
    provider="openrouter",
    shapes=Chat(
        usage={**OPENAI_USAGE, "cost": 0.0009, "is_byok": False, "cost_details": {"upstream_inference_cost": None}},
        limited=error(
            429, {"code": 429, "message": "Provider returned error", "metadata": {"raw": "slow"}}, retry_after="2"
        ),
        broken=error(502, {"code": 502, "message": "Provider returned error", "metadata": {"raw": "down"}}),
        auth=error(401, {"code": 401, "message": "No auth credentials found"}),
        error_in_200=in_200({"code": 524, "message": "Provider timed out"}),
    ).shapes(),
    path="/api/v1/chat/completions",
    key_header="authorization",
    cost_pusd=900_000_000,
    troubles=troubles(
        Trouble("rate_limited", "Provider returned error: slow", WAITED),
        Trouble("transient", "Provider returned error: down", AGAIN),
        Trouble("account", "No auth credentials found", LEFT),
        Trouble("unknown", "Provider timed out", AGAIN),
    ),
    checked="OpenRouter's OpenAPI document",
    note="What it says it charged (`usage.cost`) counts where it is more than our own sum, as it is here.",
)
PORTKEY = Listed(
    name="Portkey",
    provider="portkey",
    card={"upstream": "openai"},
    shapes=Chat(
        limited=of_json(
            {"error": {"message": "openai error: Rate limit reached."}, "provider": "openai"}, 429, retry_after="2"
        ),
        broken=of_json({"html-message": "Message: fetch failed"}, 500),
        auth=of_json({"status": "failure", "message": "Invalid API Key"}, 401),
        error_in_200=of_json({"error": {"message": "openai error: Broken.", "code": None}, "provider": "openai"}),
    ).shapes(),
    path="/v1/chat/completions",
    key_header="authorization",
    cost_pusd=ALL_PARTS,
    troubles=troubles(
        Trouble("rate_limited", "openai error: Rate limit reached.", WAITED),
        Trouble("transient", "Message: fetch failed", AGAIN),
        Trouble("account", "Invalid API Key", LEFT),
        Trouble("transient", "openai error: Broken.", AGAIN),
    ),
    checked="Portkey's own gateway 1.15.2 (self-hosted), which CI installs",
    note="What it drops on the way stands below.",
)
AZURE = Listed(
    name="Azure OpenAI",
    provider="azure",
    declared="""providers:
  azure:
    base_url: https://my-resource.openai.azure.com/openai/v1
    api_key_env: AZURE_OPENAI_API_KEY
    auth: header
    auth_header: api-key
    max_tokens_field: max_completion_tokens
    system_role: developer
    effort_field: reasoning_effort""",
    shapes=Chat(
        refusal={"finish_reason": "content_filter", "refusal": None},
        limited=error(429, {"code": "429", "message": "Requests exceed the limit."}, retry_after_ms="2000"),
        broken=error(503, {"code": "InternalServerError", "message": "Backend returned unexpected response."}),
        auth=error(401, {"code": "401", "message": "Access denied due to invalid subscription key."}),
        error_in_200=in_200({"code": "InternalServerError", "message": "Backend failed."}),
    ).shapes(),
    path="/openai/v1/chat/completions",
    key_header="api-key",
    cost_pusd=ALL_PARTS,
    troubles=troubles(
        Trouble("rate_limited", "Requests exceed the limit.", WAITED),
        Trouble("transient", "Backend returned unexpected response.", AGAIN),
        Trouble("account", "Access denied due to invalid subscription key.", LEFT),
        Trouble("transient", "Backend failed.", AGAIN),
    ),
    checked="the official SDK's types (openai), which serves Azure too",
    note="`model_id` is the name of your deployment.",
)
MISTRAL = Listed(
    name="Mistral",
    provider="mistral",
    shapes=Chat(
        usage={**PLAIN_USAGE, "prompt_tokens_details": {"cached_tokens": 600}},
        refusal={"finish_reason": "stop", "content": IN_WORDS},
        limited=of_json(
            {"object": "error", "message": "Requests rate limit exceeded", "type": "rate_limited"}, 429, retry_after="2"
        ),
        broken=of_json(
            {"object": "error", "message": "Service unavailable.", "type": "unavailable", "code": 3505}, 503
        ),
        auth=of_json({"detail": "Unauthorized"}, 401),
        error_in_200=of_json(
            {"object": "error", "message": "Service unavailable.", "type": "unavailable", "code": 3505}
        ),
    ).shapes(),
    path="/v1/chat/completions",
    key_header="authorization",
    cost_pusd=PARTLY_READ,
    troubles=troubles(
        Trouble("rate_limited", "Requests rate limit exceeded", WAITED),
        Trouble("transient", "Service unavailable.", AGAIN),
        Trouble("account", "Unauthorized", LEFT),
        Trouble("transient", "Service unavailable.", AGAIN),
    ),
    checked="genai-prices' reading of its usage",
    note="It has no word for a refusal: what the model says is looked at.",
    refusal_text=IN_WORDS,
)
GROQ = Listed(
    name="Groq",
    provider="groq",
    shapes=Chat(
        usage={
            **PLAIN_USAGE,
            "prompt_tokens_details": {"cached_tokens": 600},
            "queue_time": 0.02,
            "prompt_time": 0.01,
            "completion_time": 0.1,
            "total_time": 0.11,
        },
        more={"x_groq": {"id": "req_1"}, "service_tier": "on_demand"},
        limited=error(
            429, {"message": "Rate limit reached.", "type": "tokens", "code": "rate_limit_exceeded"}, retry_after="2"
        ),
        broken=error(503, {"message": "Service Unavailable", "type": "internal_server_error"}),
        auth=error(401, {"message": "Invalid API Key", "type": "invalid_request_error", "code": "invalid_api_key"}),
        error_in_200=in_200({"message": "Internal Server Error", "type": "internal_server_error"}),
    ).shapes(),
    path="/openai/v1/chat/completions",
    key_header="authorization",
    cost_pusd=PARTLY_READ,
    troubles=troubles(
        Trouble("rate_limited", "Rate limit reached.", WAITED),
        Trouble("transient", "Service Unavailable", AGAIN),
        Trouble("account", "Invalid API Key", LEFT),
        Trouble("transient", "Internal Server Error", AGAIN),
    ),
    checked="genai-prices' reading of its usage",
    note="498 means that no flex capacity is free: the request goes to the standard tier.",
)
TOGETHER = Listed(
    name="Together",
    provider="together",
    shapes=Chat(
        usage=PLAIN_USAGE,
        stop_word="eos",
        limited=error(
            429, {"message": "Rate limited.", "type": "rate_limit", "param": None, "code": None}, retry_after="2"
        ),
        broken=error(503, {"message": "The server is overloaded.", "type": "overloaded", "code": None}),
        auth=error(
            401, {"message": "Invalid API key provided.", "type": "invalid_request_error", "code": "invalid_api_key"}
        ),
        error_in_200=in_200({"message": "The server is overloaded.", "type": "overloaded"}),
    ).shapes(),
    path="/v1/chat/completions",
    key_header="authorization",
    cost_pusd=UNCACHED,
    troubles=troubles(
        Trouble("rate_limited", "Rate limited.", WAITED),
        Trouble("transient", "The server is overloaded.", AGAIN),
        Trouble("account", "Invalid API key provided.", LEFT),
        Trouble("transient", "The server is overloaded.", AGAIN),
    ),
    checked="nothing that is not ours",
    note="It ends answers with `eos`, which is its word for `stop`.",
)
XAI_LIMITED = of_json({"code": "Some resource has been exhausted", "error": "Too many requests."}, 429, retry_after="2")
XAI_BROKEN = of_json({"code": "The service is currently unavailable", "error": "Service unavailable."}, 503)
XAI_AUTH = of_json({"code": "invalid-credentials", "error": "Incorrect API key provided."}, 401)
XAI_TROUBLES = troubles(
    Trouble("rate_limited", "Too many requests.", WAITED),
    Trouble("transient", "Service unavailable.", AGAIN),
    Trouble("account", "Incorrect API key provided.", LEFT),
    Trouble("transient", "Internal error.", AGAIN),
)
XAI_CHAT = Listed(
    name="xAI, Chat Completions",
    provider="xai",
    declared="""providers:
  xai: {format: openai_chat}""",
    shapes=Chat(
        usage={
            "prompt_tokens": 1000,
            "completion_tokens": 30,
            "total_tokens": 1050,
            "prompt_tokens_details": {"cached_tokens": 600, "text_tokens": 1000},
            "completion_tokens_details": {"reasoning_tokens": 20},
        },
        limited=of_json(
            {"code": "Some resource has been exhausted", "error": "Too many requests."}, 429, retry_after="2"
        ),
        broken=of_json({"code": "The service is currently unavailable", "error": "Service unavailable."}, 503),
        auth=of_json({"code": "invalid-credentials", "error": "Incorrect API key provided."}, 401),
        error_in_200=of_json({"code": "Internal error", "error": "Internal error."}),
    ).shapes(),
    path="/v1/chat/completions",
    key_header="authorization",
    cost_pusd=PARTLY_READ,
    troubles=XAI_TROUBLES,
    checked="genai-prices' reading of its usage",
    note="Its thoughts are billed beside the completion, not inside it.",
)
VLLM = Listed(
    name="vLLM",
    provider="vllm",
    shapes=Chat(
        usage={**PLAIN_USAGE, "prompt_tokens_details": None},
        limited=error(
            429, {"message": "Too busy.", "type": "TooManyRequests", "param": None, "code": 429}, retry_after="2"
        ),
        broken=error(500, {"message": "EngineCore died.", "type": "InternalServerError", "param": None, "code": 500}),
        auth=of_json({"error": "Unauthorized"}, 401),
        error_in_200=of_json(
            {"object": "error", "message": "EngineCore died.", "type": "InternalServerError", "code": 500}
        ),
    ).shapes(),
    path="/v1/chat/completions",
    key_header=None,
    cost_pusd=UNCACHED,
    troubles=troubles(
        Trouble("rate_limited", "Too busy.", WAITED),
        Trouble("transient", "EngineCore died.", AGAIN),
        Trouble("account", "Unauthorized", LEFT),
        Trouble("transient", "EngineCore died.", AGAIN),
    ),
    checked="nothing that is not ours",
)
OLLAMA = Listed(
    name="Ollama",
    provider="ollama",
    shapes=Chat(
        usage=PLAIN_USAGE,
        limited=error(429, "too many requests", retry_after="2"),
        broken=error(503, "server busy, please try again"),
        auth=error(401, "unauthorized"),
        error_in_200=in_200("llama runner process has terminated"),
    ).shapes(),
    path="/v1/chat/completions",
    key_header=None,
    cost_pusd=UNCACHED,
    troubles=troubles(
        Trouble("rate_limited", "too many requests", WAITED),
        Trouble("transient", "server busy, please try again", AGAIN),
        Trouble("account", "unauthorized", LEFT),
        Trouble("transient", "llama runner process has terminated", AGAIN),
    ),
    checked="nothing that is not ours",
)
LLAMA_CPP = Listed(
    name="llama.cpp",
    provider="llama_cpp",
    shapes=Chat(
        usage=PLAIN_USAGE,
        more={"timings": {"prompt_n": 1000, "predicted_n": 50}},
        limited=error(
            429, {"code": 429, "message": "All slots are busy", "type": "unavailable_error"}, retry_after="2"
        ),
        broken=error(503, {"code": 503, "message": "Loading model", "type": "unavailable_error"}),
        auth=error(401, {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}),
        error_in_200=in_200({"code": 500, "message": "failed to decode", "type": "server_error"}),
    ).shapes(),
    path="/v1/chat/completions",
    key_header=None,
    cost_pusd=UNCACHED,
    troubles=troubles(
        Trouble("rate_limited", "All slots are busy", WAITED),
        Trouble("transient", "Loading model", AGAIN),
        Trouble("account", "Invalid API Key", LEFT),
        Trouble("transient", "failed to decode", AGAIN),
    ),
    checked="llama-cpp-python's server 0.3.36 with a real small model, on demand",
)
EVERY = (OPENAI, DEEPSEEK, OPENROUTER, PORTKEY, AZURE, MISTRAL, GROQ, TOGETHER, XAI_CHAT, VLLM, OLLAMA, LLAMA_CPP)
