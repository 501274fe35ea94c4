"""Calls, answers from the wire and their short forms, for tests of wire formats."""

from typing import Literal

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.providers.base import Answer, Call, Failure, Reply, WireResponse

OPENAI = Provider(
    name="openai",
    base_url="https://api.openai.com/v1",
    api_key_env="OPENAI_API_KEY",
    max_tokens_field="max_completion_tokens",
    system_role="developer",
    effort_field="reasoning_effort",
    prompt_cache_key=True,
)
DEEPSEEK = Provider(name="deepseek", base_url="https://api.deepseek.com", effort_field="thinking")
OPENROUTER = Provider(
    name="openrouter", base_url="https://openrouter.ai/api/v1", effort_field="reasoning", reports_cost=True
)
PORTKEY = Provider(
    name="portkey",
    base_url="https://api.portkey.ai/v1/",
    headers={"X-Portkey-Trace-Id": "batch"},
    key_headers={"x-portkey-api-key": "PORTKEY_API_KEY"},
    upstream_header="x-portkey-provider",
)


def make_card(
    model_id: str = "gpt-6-luna",
    *,
    effort: str | None = None,
    response_schema: Literal["native", "json_object", "none"] = "native",
    upstream: str | None = None,
) -> ModelCard:
    """A model of one million tokens at `openai`."""
    return ModelCard(
        name=model_id,
        provider="openai",
        model_id=model_id,
        base_model=model_id,
        context_tokens=1_000_000,
        max_output_tokens=128_000,
        effort=effort,
        response_schema=response_schema,
        upstream=upstream,
    )


def make_call(
    request: Request | None = None,
    provider: Provider = OPENAI,
    card: ModelCard | None = None,
    *,
    key: str | None = None,
) -> Call:
    """A call of 700 output tokens, named `a-1`."""
    return Call(
        request=request or Request(custom_id="r1", prompt="Write one headline."),
        card=card or make_card(),
        provider=provider,
        max_tokens=700,
        key=key,
        secrets={},
        client_id="a-1",
    )


def wire(body: bytes | str, status: int = 200, **headers: str) -> WireResponse:
    """What came back; `retry_after` names the header `retry-after`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return WireResponse(status=status, headers=named, body=body.encode() if isinstance(body, str) else body)


def answered(reply: Reply) -> Answer:
    """The reply, which must be an answer."""
    assert isinstance(reply, Answer), reply
    return reply


def failed(reply: Reply) -> Failure:
    """The reply, which must be a failure."""
    assert isinstance(reply, Failure), reply
    return reply
