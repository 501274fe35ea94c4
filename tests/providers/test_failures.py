"""Tests of modelroute_cli.providers.failures: real error bodies of each provider, and what they mean for a run."""

import json
from dataclasses import dataclass

import pytest
from support.calls import failed, make_call, wire

from modelroute_cli.providers.base import FailureKind
from modelroute_cli.providers.error_shapes import ErrorNote
from modelroute_cli.providers.failures import classify, told_wait_s
from modelroute_cli.providers.openai_chat import OpenAIChat


@dataclass(frozen=True)
class Case:
    name: str
    status: int
    body: object
    kind: FailureKind
    message: str


def _openai(code: str | None, message: str, kind: str = "invalid_request_error") -> object:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _openrouter(code: int, message: str, **metadata: object) -> object:
    return {"error": {"code": code, "message": message, "metadata": metadata}}


_BUDGET = "openrouter_in_flight_budget"
_GEMINI_DAY = {
    "error": {
        "code": 429,
        "message": "You exceeded your current quota.",
        "status": "RESOURCE_EXHAUSTED",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "quotaValue": "250"}],
            },
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "22s"},
        ],
    }
}
_GEMINI_MINUTE = json.loads(json.dumps(_GEMINI_DAY).replace("PerDay", "PerMinute"))

_GEMINI_SAYS = "You exceeded your current quota, please check your plan and billing details. Please retry in 22.1s."

CASES = [
    Case("openai rate limit", 429, _openai("rate_limit_exceeded", "Rate limit reached", "requests"),
         FailureKind.RATE_LIMITED, "Rate limit reached"),
    Case("openai quota spent", 429, _openai("insufficient_quota", "You exceeded your current quota", "quota"),
         FailureKind.ACCOUNT, "You exceeded your current quota"),
    Case("openai daily limit", 429, _openai("rate_limit_exceeded", "Rate limit reached on requests per day (RPD)"),
         FailureKind.QUOTA, "Rate limit reached on requests per day (RPD)"),
    Case("openai flex without capacity", 429, _openai(None, "Resource Unavailable"),
         FailureKind.TIER, "Resource Unavailable"),
    Case("openai wrong key", 401, _openai("invalid_api_key", "Incorrect API key provided: sk-abcdefgh12345."),
         FailureKind.ACCOUNT, "Incorrect API key provided: [hidden]"),
    Case("openai unknown model", 404, _openai("model_not_found", "The model `gpt-7` does not exist"),
         FailureKind.REQUEST, "The model `gpt-7` does not exist"),
    Case("openai model not allowed", 403, _openai("model_not_found", "Project does not have access to model `gpt-6`"),
         FailureKind.REQUEST, "Project does not have access to model `gpt-6`"),
    Case("openai too long", 400, _openai("context_length_exceeded", "maximum context length is 8192"),
         FailureKind.REQUEST, "maximum context length is 8192"),
    Case("openai server", 500, _openai(None, "The server had an error", "server_error"),
         FailureKind.TRANSIENT, "The server had an error"),
    Case("anthropic overloaded", 529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
         FailureKind.TRANSIENT, "Overloaded"),
    Case("anthropic spend limit", 429, {"type": "error", "error": {
        "type": "rate_limit_error", "message": "limit", "details": {"error_code": "enforced_spend_limit_reached"}}},
         FailureKind.ACCOUNT, "limit"),
    Case("anthropic billing", 402, {"type": "error", "error": {"type": "billing_error", "message": "pay"}},
         FailureKind.ACCOUNT, "pay"),
    Case("deepseek no balance", 402, _openai("invalid_request_error", "Insufficient Balance"),
         FailureKind.ACCOUNT, "Insufficient Balance"),
    Case("gemini per day, in a list", 429, [_GEMINI_DAY],
         FailureKind.QUOTA, "You exceeded your current quota."),
    Case("gemini per minute", 429, _GEMINI_MINUTE,
         FailureKind.RATE_LIMITED, "You exceeded your current quota."),
    Case("gemini wrong key", 400, [{"error": {"code": 400, "message": "API key not valid."}}],
         FailureKind.ACCOUNT, "API key not valid."),
    Case("openrouter in-flight budget", 402, _openrouter(402, "Budget in use", limit_source=_BUDGET),
         FailureKind.RATE_LIMITED, "Budget in use"),
    Case("openrouter no credits", 402, _openrouter(402, "Insufficient credits"),
         FailureKind.ACCOUNT, "Insufficient credits"),
    Case("openrouter moderation", 403, _openrouter(403, "Your input was flagged", reasons=["violence"]),
         FailureKind.REQUEST, "Your input was flagged"),
    Case("openrouter upstream's words", 502, _openrouter(502, "Provider returned error", raw="upstream is down"),
         FailureKind.TRANSIENT, "Provider returned error: upstream is down"),
    Case("error inside a 200", 200, _openrouter(502, "Provider returned error"),
         FailureKind.TRANSIENT, "Provider returned error"),
    Case("rate limit inside a 200", 200, _openrouter(429, "Slow down"),
         FailureKind.RATE_LIMITED, "Slow down"),
    Case("error of a choice", 200, {"choices": [{"error": {"code": 503, "message": "No capacity"}}]},
         FailureKind.TRANSIENT, "No capacity"),
    Case("a choice that ended in error", 200, {"choices": [{"finish_reason": "error", "message": {"content": "ha"}}]},
         FailureKind.TRANSIENT, "the provider broke off while it generated"),
    Case("vllm", 400, {"error": {"message": "bad", "type": "BadRequestError", "param": None, "code": 400}},
         FailureKind.REQUEST, "bad"),
    Case("older vllm", 400, {"object": "error", "message": "bad", "type": "BadRequestError", "code": 400},
         FailureKind.REQUEST, "bad"),
    Case("ollama", 404, {"error": "model 'llama9' not found"}, FailureKind.REQUEST, "model 'llama9' not found"),
    Case("llama.cpp too long", 400, _openai("context_length_exceeded", "This model's maximum context length is 2048"),
         FailureKind.REQUEST, "This model's maximum context length is 2048"),
    Case("llama.cpp bad body", 500, _openai(None, "validation error", "internal_server_error"),
         FailureKind.TRANSIENT, "validation error"),
    Case("fastapi sentence", 422, {"detail": "Not acceptable"}, FailureKind.REQUEST, "Not acceptable"),
    Case("fastapi list", 422, {"detail": [{"loc": ["body"], "msg": "field required"}, {"msg": "too short"}]},
         FailureKind.REQUEST, "field required; too short"),
    Case("portkey wraps openai", 429, {"error": {"message": "openai error: Rate limit reached"}, "provider": "openai"},
         FailureKind.RATE_LIMITED, "openai error: Rate limit reached"),
    Case("portkey refuses its headers", 400, {"status": "failure", "message": "Invalid provider passed"},
         FailureKind.ACCOUNT, "Invalid provider passed"),
    Case("portkey timeout", 408, {"error": {"message": "Request exceeded the timeout", "type": "timeout_error"}},
         FailureKind.UNKNOWN, "Request exceeded the timeout"),
    Case("portkey cannot connect", 500, {"html-message": "connect ECONNREFUSED"},
         FailureKind.TRANSIENT, "connect ECONNREFUSED"),
    Case("groq flex capacity", 498, _openai("capacity_exceeded", "no capacity"), FailureKind.TIER, "no capacity"),
    Case("gateway gave up", 504, {}, FailureKind.UNKNOWN, "HTTP 504 without a reason"),
    Case("cloudflare gave up", 524, {"error": {"message": "timeout"}}, FailureKind.UNKNOWN, "timeout"),
    Case("request timeout", 408, {}, FailureKind.UNKNOWN, "HTTP 408 without a reason"),
    Case("conflict", 409, {}, FailureKind.TRANSIENT, "HTTP 409 without a reason"),
    Case("gemini per minute, in its own words", 429, {"error": {
        "code": 429, "status": "RESOURCE_EXHAUSTED", "message": _GEMINI_SAYS,
        "details": [{"violations": [{"quotaId": "GenerateContentInputTokensPerModelPerMinute"}]}]}},
         FailureKind.RATE_LIMITED, _GEMINI_SAYS),
    Case("gemini without quota for a model", 429, {"error": {
        "code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded for metric: x, limit: 0"}},
         FailureKind.QUOTA, "Quota exceeded for metric: x, limit: 0"),
    Case("gemini spend cap", 429, {"error": {
        "code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Your project has exceeded its monthly spending cap."}},
         FailureKind.ACCOUNT, "Your project has exceeded its monthly spending cap."),
    Case("gemini from the wrong country", 400, {"error": {
        "code": 400, "status": "FAILED_PRECONDITION", "message": "User location is not supported for the API use."}},
         FailureKind.ACCOUNT, "User location is not supported for the API use."),
    Case("anthropic without credit", 400, {"type": "error", "error": {
        "type": "invalid_request_error", "message": "Your credit balance is too low to access the Anthropic API."}},
         FailureKind.ACCOUNT, "Your credit balance is too low to access the Anthropic API."),
    Case("anthropic's own limit of the month", 400, {"type": "error", "error": {
        "type": "invalid_request_error", "message": "You have reached your specified API usage limits."}},
         FailureKind.ACCOUNT, "You have reached your specified API usage limits."),
    Case("anthropic ramp limit", 429, {"type": "error", "error": {
        "type": "rate_limit_error", "message": "ramp", "details": {"error_code": "ramp_limit_exceeded"}}},
         FailureKind.RATE_LIMITED, "ramp"),
    Case("anthropic too large a request", 413, {"type": "error", "error": {
        "type": "request_too_large", "message": "Request exceeds the maximum allowed number of bytes."}},
         FailureKind.REQUEST, "Request exceeds the maximum allowed number of bytes."),
    Case("azure filter", 400, {"error": {
        "message": "The response was filtered", "param": "prompt", "code": "content_filter",
        "innererror": {"code": "ResponsibleAIPolicyViolation"}}},
         FailureKind.UNUSABLE, "The response was filtered"),
    Case("azure without flex for the model", 400, {"error": {
        "message": "Invalid value", "type": "invalid_request_error", "param": "service_tier", "code": None}},
         FailureKind.TIER, "Invalid value"),
    Case("openai without flex for the model", 400, _openai(None, "Flex is not available for this model."),
         FailureKind.TIER, "Flex is not available for this model."),
    Case("mistral rate limit", 429, {
        "object": "error", "message": "Rate limit exceeded", "type": "rate_limited", "param": None, "code": "1300"},
         FailureKind.RATE_LIMITED, "Rate limit exceeded"),
    Case("mistral at capacity is no tier of ours", 429, {
        "object": "error", "message": "Service tier capacity exceeded for this model.",
        "type": "invalid_request_error", "code": "3505"},
         FailureKind.RATE_LIMITED, "Service tier capacity exceeded for this model."),
    Case("mistral at capacity", 503, {"message": "Service tier capacity exceeded for this model."},
         FailureKind.TRANSIENT, "HTTP 503 without a reason"),
    Case("xai out of credits", 403, {
        "code": "forbidden", "error": "Your team has either used all available credits or reached its limit."},
         FailureKind.ACCOUNT, "Your team has either used all available credits or reached its limit."),
    Case("openrouter refusal", 403, _openrouter(403, "The model refused", error_type="refusal"),
         FailureKind.UNUSABLE, "The model refused"),
    Case("openrouter credit cap of a request", 400, _openrouter(400, "Too many", error_type="token_limit_exceeded"),
         FailureKind.QUOTA, "Too many"),
    Case("a proxy's password", 407, {}, FailureKind.ACCOUNT, "HTTP 407 without a reason"),
    Case("not implemented", 501, {}, FailureKind.REQUEST, "HTTP 501 without a reason"),
    Case("client closed", 499, {"error": {"code": 499, "status": "CANCELLED", "message": "gone"}},
         FailureKind.UNKNOWN, "gone"),
    Case("too large", 413, {"error": {"message": "Payload too large"}}, FailureKind.REQUEST, "Payload too large"),
    Case("redirect", 301, {}, FailureKind.ACCOUNT, "HTTP 301 without a reason"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_provider_s_error_is_understood(case: Case) -> None:
    """What to do about an error follows from its status, its code and its words."""
    failure = failed(OpenAIChat().decode(wire(json.dumps(case.body), case.status), make_call()))
    assert (failure.kind, failure.message) == (case.kind, case.message)


def test_a_web_page_is_judged_by_its_status() -> None:
    """A proxy's HTML is no JSON; a 502 is transient all the same."""
    failure = failed(OpenAIChat().decode(wire("<html>\n<h1>Bad Gateway</h1>", 502), make_call()))
    assert (failure.kind, failure.message) == (FailureKind.TRANSIENT, "HTTP 502: <html> <h1>Bad Gateway</h1>")


def test_a_long_wait_is_a_quota() -> None:
    """A 429 that asks for an hour is better answered by another model."""
    assert classify(429, ErrorNote(), 3600.0) is FailureKind.QUOTA
    assert classify(429, ErrorNote(), 900.0) is FailureKind.RATE_LIMITED


@pytest.mark.parametrize(
    ("note", "header_s", "expected"),
    [
        (ErrorNote(retry_after_s=22.0), 5.0, 5.0),
        (ErrorNote(retry_after_s=22.0, message="try again in 9s"), None, 22.0),
        (ErrorNote(message="Please try again in 6m0s."), None, 360.0),
        (ErrorNote(message="Please try again in 250ms. Visit the page"), None, 0.25),
        (ErrorNote(message="Retry after 17 seconds"), None, 17.0),
        (ErrorNote(message="Please try again in 1.5s"), None, 1.5),
        (ErrorNote(message="Please try again later"), None, None),
    ],
)
def test_the_wait_is_taken_from_the_surest_place(
    note: ErrorNote, header_s: float | None, expected: float | None
) -> None:
    """Header, then the body's field, then its sentence."""
    assert told_wait_s(note, header_s) == expected


def test_the_status_inside_the_body_is_kept() -> None:
    """A 200 that holds a 502 is shown as a 502."""
    failure = failed(OpenAIChat().decode(wire(json.dumps(_openrouter(502, "down"))), make_call()))
    assert failure.status == 502


@pytest.mark.parametrize(
    ("status", "header", "kind", "no_retry"),
    [
        (500, "false", FailureKind.TRANSIENT, True),
        (500, "true", FailureKind.TRANSIENT, False),
        (429, "false", FailureKind.QUOTA, True),
        (400, "true", FailureKind.TRANSIENT, False),
        (400, "maybe", FailureKind.REQUEST, False),
    ],
)
def test_the_header_that_sdks_obey_is_read(status: int, header: str, kind: FailureKind, no_retry: bool) -> None:  # noqa: FBT001
    """`x-should-retry`, before anything that the status says."""
    failure = failed(OpenAIChat().decode(wire("{}", status, x_should_retry=header), make_call()))
    assert (failure.kind, failure.no_retry) == (kind, no_retry)


def test_an_error_without_a_status_is_shown_with_the_one_of_its_answer() -> None:
    """Nothing is made up."""
    failure = failed(OpenAIChat().decode(wire('{"error": {"code": "invalid_prompt", "message": "no"}}'), make_call()))
    assert (failure.kind, failure.status) == (FailureKind.REQUEST, 200)
