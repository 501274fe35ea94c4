"""Every name that telemetry uses, in one table: OpenTelemetry's for generative AI, and our own beside them.

The first are those of the semantic conventions 1.44.0 (opentelemetry.io/docs/specs/semconv/gen-ai, read 2026-11-24),
whose generative part is in development: a later version may rename some. It is pinned here, and told to receivers as
the schema's address; a test holds the table against the constants of the package.
"""

SEMCONV = "1.44.0"
SCHEMA_URL = f"https://opentelemetry.io/schemas/{SEMCONV}"
SCOPE = "modelroute"

# OpenTelemetry's
OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
MAX_TOKENS = "gen_ai.request.max_tokens"
RESPONSE_MODEL = "gen_ai.response.model"
RESPONSE_ID = "gen_ai.response.id"
FINISH_REASONS = "gen_ai.response.finish_reasons"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
CACHE_READ_TOKENS = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE_TOKENS = "gen_ai.usage.cache_creation.input_tokens"
REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens"
TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - of tokens that are counted
ERROR_TYPE = "error.type"
DURATION = "gen_ai.client.operation.duration"
TOKEN_USAGE = "gen_ai.client.token.usage"  # noqa: S105 - of tokens that are counted

DURATION_BOUNDS_S = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKEN_BOUNDS = (
    *(1, 4, 16, 64, 256, 1024, 4096, 16384, 65536),
    *(262144, 1048576, 4194304, 16777216, 67108864),
)
"""Bounds of both histograms, as the conventions advise."""

# Our own
RUN_SPAN = "modelroute.run"
REQUEST_SPAN = "modelroute.request"
RUN_ID = "modelroute.run.id"
EMULATED = "modelroute.emulated"
ROW = "modelroute.request.row"  # its place in the job file, from 0
CUSTOM_ID = "modelroute.request.custom_id"  # where settings ask for it
STATUS = "modelroute.request.status"  # accepted, failed, open
KIND = "modelroute.attempt.kind"  # first, retry, escalation, ...
TIER = "modelroute.service_tier"
BATCH = "modelroute.batch"  # whether it was a line of a provider batch
GATE = "modelroute.gate"
COST = "modelroute.cost.usd"
ATTEMPTS = "modelroute.attempts"
REQUESTS = "modelroute.requests"
SUBJECT = "modelroute.event.subject"
MOVED = "modelroute.event.requests"

PROVIDERS = {
    "azure": "azure.ai.openai",
    "gemini": "gcp.gemini",
    "google": "gcp.gemini",
    "mistral": "mistral_ai",
    "xai": "x_ai",
}
"""Accounts whose name there is not ours; every other one is called as it is here."""

OPERATIONS = {"gemini": "generate_content"}
"""Operations by wire format; every other one is `chat`."""

CHAT = "chat"
