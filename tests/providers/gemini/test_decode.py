"""Tests of modelroute_cli.providers.gemini.decode."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from google.genai import types
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.calls import answered, failed, make_call, wire
from support.gemini_calls import GOOGLE, gemini_card

from modelroute_cli.base.schema import Request, ToolCall, Usage
from modelroute_cli.providers.base import Answer, Failure, FailureKind, RateSignal, Reply
from modelroute_cli.providers.gemini.decode import decode

CALL = make_call(provider=GOOGLE, card=gemini_card())
USAGE = {"promptTokenCount": 12, "candidatesTokenCount": 3, "thoughtsTokenCount": 40, "totalTokenCount": 55}
TEXT = {"text": "Tea for two"}


def said(*parts: object, finish: str = "STOP", **fields: object) -> dict[str, object]:
    """An answer of one candidate."""
    candidate = {"content": {"role": "model", "parts": list(parts)}, "finishReason": finish, "index": 0}
    return {"candidates": [candidate], "usageMetadata": USAGE, "modelVersion": "gemini-3.8-flash"} | fields


def read(body: object, status: int = 200, **headers: str) -> Reply:
    """A body, decoded."""
    return decode(wire(json.dumps(body), status, **headers), CALL)


def reply(*parts: object, **fields: Any) -> Answer:  # noqa: ANN401 - any field of the answer
    """Parts of one candidate, decoded."""
    return answered(read(said(*parts, **fields)))


def test_an_answer_is_text_reason_tokens_and_names() -> None:
    """Thoughts are billed as output."""
    answer = reply(TEXT, responseId="resp-1")
    assert (answer.text, answer.finish_reason, answer.refusal, answer.reasoning) == ("Tea for two", "stop", None, None)
    assert answer.usage == Usage(input_tokens=12, output_tokens=43, reasoning_tokens=40)
    assert (answer.model_served, answer.request_id, answer.tool_calls) == ("gemini-3.8-flash", "resp-1", ())
    assert (answer.service_tier, answer.reported_cost_pusd, answer.emulated) == (None, None, False)


def test_the_sdk_s_own_answer_is_read() -> None:
    """Written by google-genai's types, with everything in it that they know of such an answer."""
    response = types.GenerateContentResponse(
        candidates=[
            types.Candidate(
                content=types.Content(
                    role="model",
                    parts=[
                        types.Part(text="It rains.", thought=True, thought_signature=b"xx"),
                        types.Part(text="Take "),
                        types.Part(text="an umbrella."),
                        types.Part(function_call=types.FunctionCall(id="c1", name="weather", args={"city": "Graz"})),
                    ],
                ),
                finish_reason=types.FinishReason.STOP,
                avg_logprobs=-0.1,
                safety_ratings=[types.SafetyRating(blocked=False)],
            )
        ],
        model_version="gemini-3.8-flash",
        response_id="resp-2",
        usage_metadata=types.GenerateContentResponseUsageMetadata(
            prompt_token_count=300,
            cached_content_token_count=100,
            candidates_token_count=9,
            thoughts_token_count=5,
            total_token_count=314,
            prompt_tokens_details=[types.ModalityTokenCount(modality=types.MediaModality.IMAGE, token_count=258)],
            traffic_type=types.TrafficType.ON_DEMAND_FLEX,
        ),
    )
    body = response.model_dump_json(by_alias=True, exclude_none=True)
    answer = answered(decode(wire(body), CALL))
    assert (answer.text, answer.reasoning, answer.finish_reason) == ("Take an umbrella.", "It rains.", "tool_calls")
    assert answer.tool_calls == (ToolCall(id="c1", name="weather", arguments='{"city": "Graz"}'),)
    assert answer.usage == Usage(
        input_tokens=300, output_tokens=14, cache_read_tokens=100, reasoning_tokens=5, image_tokens=258
    )
    assert (answer.service_tier, answer.request_id) == ("flex", "resp-2")


OUR_WORDS = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",
    "FINISH_REASON_UNSPECIFIED": "unknown",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "MODEL_ARMOR": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
    "LANGUAGE": "content_filter",
    "OTHER": "other",
    "MALFORMED_FUNCTION_CALL": "malformed_function_call",
    "MALFORMED_RESPONSE": "malformed_response",
    "UNEXPECTED_TOOL_CALL": "unexpected_tool_call",
    "TOO_MANY_TOOL_CALLS": "too_many_tool_calls",
    "MISSING_THOUGHT_SIGNATURE": "missing_thought_signature",
    "IMAGE_OTHER": "image_other",
    "NO_IMAGE": "no_image",
    "ESCALATION": "content_filter",
    "PUP_LIMITED_DISABLED": "content_filter",
}


@pytest.mark.parametrize("reason", list(types.FinishReason))
def test_every_reason_of_the_sdk_has_a_word(reason: types.FinishReason) -> None:
    """A new one in the SDK's list fails here: ours where a gate acts on it, else Google's own."""
    assert reply(TEXT, finish=reason.value).finish_reason == OUR_WORDS[reason.value]


def test_stop_words_that_were_not_sent_are_kept_to_here() -> None:
    """By a model that takes none; one that was told them stopped by itself."""
    for takes, text in ((True, "Tea for two"), (False, "Tea ")):
        asked = Request(custom_id="r", prompt="Hi", stop=("for",))
        call = make_call(asked, GOOGLE, replace(gemini_card(), stop=takes))
        assert answered(decode(wire(json.dumps(said(TEXT))), call)).text == text


def test_no_reason_is_unknown() -> None:
    """An answer may lack it."""
    body = {"candidates": [{"content": {"parts": [TEXT]}}]}
    assert answered(read(body)).finish_reason == "unknown"


@pytest.mark.parametrize("reason", list(types.BlockedReason))
def test_a_blocked_prompt_is_an_empty_answer_that_is_billed(reason: types.BlockedReason) -> None:
    """A 200 without candidates: the gates see why, and the input counts."""
    body = {
        "promptFeedback": {"blockReason": reason.value},
        "usageMetadata": {"promptTokenCount": 12, "totalTokenCount": 12},
    }
    answer = answered(read(body))
    assert (answer.text, answer.finish_reason) == ("", "content_filter")
    assert answer.refusal == f"the prompt was blocked: `{reason.value}`"
    assert answer.usage == Usage(input_tokens=12, output_tokens=0)


def test_feedback_beside_a_candidate_blocks_nothing() -> None:
    """Ratings of the prompt may come with any answer."""
    answer = reply(TEXT, promptFeedback={"blockReason": "OTHER", "safetyRatings": []})
    assert (answer.text, answer.finish_reason, answer.refusal) == ("Tea for two", "stop", None)


def test_an_answer_all_in_thoughts_is_empty() -> None:
    """The limit cut it off before a word was said; it is billed."""
    body = {"candidates": [{"finishReason": "MAX_TOKENS"}], "usageMetadata": USAGE}
    answer = answered(read(body))
    assert (answer.text, answer.finish_reason) == ("", "length")
    assert answer.usage == Usage(input_tokens=12, output_tokens=43, reasoning_tokens=40)


def test_tokens_alone_are_an_empty_answer() -> None:
    """Something was billed."""
    answer = answered(read({"usageMetadata": USAGE}))
    assert (answer.text, answer.finish_reason) == ("", "unknown")


@pytest.mark.parametrize("body", [{}, [], "x", 1, None, {"candidates": []}, {"promptFeedback": {}}])
def test_neither_candidate_nor_tokens_is_no_answer(body: object) -> None:
    """Possibly billed all the same."""
    failure = failed(read(body))
    assert (failure.kind, failure.message) == (
        FailureKind.MALFORMED,
        "the answer cannot be read: it holds neither an answer nor a count of tokens",
    )


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"n": 1, "x": 0.1, "s": "ü", "l": [True, None]}, '{"n": 1, "x": 0.1, "s": "ü", "l": [true, null]}'),
        ({}, "{}"),
        (None, "{}"),
        ([1], "{}"),
        ({"cut": "\ud83d"}, '{"cut": "\ufffd"}'),
    ],
)
def test_arguments_are_json_text(args: object, expected: str) -> None:
    """As other providers write them; no id before Gemini 3."""
    answer = reply({"functionCall": {"name": "f", "args": args}})
    assert answer.tool_calls == (ToolCall(id="", name="f", arguments=expected),)


def test_arguments_that_are_no_json_are_none() -> None:
    """A number beyond what a double holds."""
    body = json.dumps(said({"functionCall": {"name": "f", "args": {"n": 1}}})).replace('"n": 1', '"n": 1.5e999')
    assert answered(decode(wire(body), CALL)).tool_calls == (ToolCall(id="", name="f", arguments="{}"),)


def test_a_call_cut_off_keeps_its_reason() -> None:
    """Only a plain stop becomes `tool_calls`."""
    answer = reply({"functionCall": {"name": "f"}}, {"functionCall": {}}, finish="MAX_TOKENS")
    assert (answer.finish_reason, len(answer.tool_calls)) == ("length", 1)


@pytest.mark.parametrize(
    ("header", "traffic", "tier"),
    [
        ("flex", None, "flex"),
        ("standard", "ON_DEMAND_PRIORITY", "standard"),
        (None, "ON_DEMAND", "standard"),
        (None, "ON_DEMAND_PRIORITY", "priority"),
        (None, "SERVICE_TIER_FLEX", "flex"),
        (None, "ON_DEMAND_OFFPEAK", None),
        (None, "PROVISIONED_THROUGHPUT", None),
        (None, "TRAFFIC_TYPE_UNSPECIFIED", None),
        (None, None, None),
    ],
)
def test_the_tier_that_served_is_read(header: str | None, traffic: str | None, tier: str | None) -> None:
    """The header tells of a priority request that was served as standard; the traffic is told where there is none."""
    named = {"x_gemini_service_tier": header} if header else {}
    body = said(TEXT, usageMetadata=USAGE | {"trafficType": traffic})
    assert answered(read(body, 200, **named)).service_tier == tier


def test_a_tier_in_the_usage_goes_before_the_kind_of_traffic() -> None:
    """Newer answers may name it there."""
    body = said(TEXT, usageMetadata=USAGE | {"serviceTier": "flex", "trafficType": "ON_DEMAND"})
    assert answered(read(body)).service_tier == "flex"


def test_limits_in_headers_are_read_as_everywhere() -> None:
    """Google sends none; a gateway in front of it may."""
    answer = answered(read(said(TEXT), x_ratelimit_remaining_requests="7"))
    assert answer.rate == RateSignal(remaining_requests=7)
    assert reply(TEXT).rate == RateSignal()


def test_the_emulator_marks_its_answers() -> None:
    """By header; without a name in the body the header's counts."""
    answer = answered(read(said(TEXT), x_modelroute_emulated="1", x_goog_request_id="g-7"))
    assert (answer.emulated, answer.request_id) == (True, "g-7")


def error(code: int, status: str, message: str, *details: Mapping[str, object]) -> dict[str, object]:
    """An error as Google writes it."""
    return {"error": {"code": code, "message": message, "status": status, "details": list(details)}}


def quota(name: str) -> dict[str, object]:
    """The quota that was exceeded."""
    kind = "type.googleapis.com/google.rpc.QuotaFailure"
    return {"@type": kind, "violations": [{"quotaId": name, "quotaValue": "10"}]}


RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "36s"}
INVALID_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
PLAN = "You exceeded your current quota, please check your plan and billing details."
PER_DAY = quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")
PER_MINUTE = quota("GenerateContentPaidTierInputTokensPerModelPerMinute")
KINDS = [
    (400, error(400, "INVALID_ARGUMENT", "Request contains an invalid argument."), FailureKind.REQUEST),
    (400, error(400, "INVALID_ARGUMENT", "API key expired. Please renew it.", INVALID_KEY), FailureKind.ACCOUNT),
    (400, error(400, "INVALID_ARGUMENT", "The input token count (1048577) exceeds the maximum"), FailureKind.REQUEST),
    (400, error(400, "FAILED_PRECONDITION", "User location is not supported"), FailureKind.ACCOUNT),
    (401, error(401, "UNAUTHENTICATED", "Request had invalid credentials."), FailureKind.ACCOUNT),
    (403, error(403, "PERMISSION_DENIED", "Your API key was reported as leaked."), FailureKind.ACCOUNT),
    (404, error(404, "NOT_FOUND", "models/gemini-9 is not found for API version v1beta"), FailureKind.REQUEST),
    (413, error(413, "INVALID_ARGUMENT", "Request payload size exceeds the limit"), FailureKind.REQUEST),
    (429, error(429, "RESOURCE_EXHAUSTED", PLAN, PER_MINUTE, RETRY), FailureKind.RATE_LIMITED),
    (429, error(429, "RESOURCE_EXHAUSTED", PLAN, PER_DAY, RETRY), FailureKind.QUOTA),
    (429, error(429, "RESOURCE_EXHAUSTED", PLAN, PER_MINUTE, PER_DAY, RETRY), FailureKind.QUOTA),
    (429, error(429, "RESOURCE_EXHAUSTED", PLAN, RETRY), FailureKind.RATE_LIMITED),
    (429, error(429, "RESOURCE_EXHAUSTED", PLAN), FailureKind.RATE_LIMITED),
    (429, error(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."), FailureKind.ACCOUNT),
    (429, error(429, "RESOURCE_EXHAUSTED", "Your project has exceeded its spending cap."), FailureKind.ACCOUNT),
    (
        429,
        error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
        FailureKind.RATE_LIMITED,
    ),
    (500, error(500, "INTERNAL", "An internal error has occurred."), FailureKind.TRANSIENT),
    (503, error(503, "UNAVAILABLE", "The model is overloaded. Please try again later."), FailureKind.TRANSIENT),
    (504, error(504, "DEADLINE_EXCEEDED", "The service cannot finish in time."), FailureKind.UNKNOWN),
]


@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "in a list"])
@pytest.mark.parametrize(("status", "body", "kind"), KINDS)
def test_google_s_errors_are_understood(status: int, body: object, kind: FailureKind, wrapped: bool) -> None:  # noqa: FBT001 - a case
    """By status, reason and quota: a limit per minute passes though its words speak of plan and billing."""
    assert failed(read([body] if wrapped else body, status)).kind is kind


def test_a_limit_tells_how_long_it_lasts() -> None:
    """By its RetryInfo, else by its sentence."""
    told = failed(read(error(429, "RESOURCE_EXHAUSTED", PLAN, PER_MINUTE, RETRY), 429))
    in_words = failed(read(error(429, "RESOURCE_EXHAUSTED", "Quota exceeded. Please retry in 12.5s."), 429))
    assert (told.retry_after_s, in_words.retry_after_s) == (36.0, 12.5)


def test_an_error_inside_a_success_is_one() -> None:
    """Gateways in front of Google may do so."""
    assert failed(read(error(503, "UNAVAILABLE", "overloaded"))).kind is FailureKind.TRANSIENT


def test_a_key_in_a_message_is_hidden() -> None:
    """Google repeats what it was sent."""
    message = "API key not valid: AIzaSyA1234567890abcdefghij"
    assert failed(read(error(400, "INVALID_ARGUMENT", message), 400)).message == "API key not valid: [hidden]"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PARTS = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(["text", "thought", "functionCall"], ANYTHING)))
CANDIDATES = st.lists(
    ANYTHING
    | st.fixed_dictionaries(
        {"content": ANYTHING | st.fixed_dictionaries({"parts": PARTS | ANYTHING})},
        optional={"finishReason": ANYTHING},
    )
)
FIELDS = ["promptFeedback", "usageMetadata", "modelVersion", "responseId"]


@given(ANYTHING | st.fixed_dictionaries({"candidates": CANDIDATES}, optional=dict.fromkeys(FIELDS, ANYTHING)))
def test_nothing_that_may_come_raises(body: object) -> None:
    """Any JSON is an answer or a failure."""
    assert isinstance(read(body), Answer | Failure)


@given(st.binary(), st.integers(100, 599))
def test_no_bytes_raise(body: bytes, status: int) -> None:
    """Any bytes under any status."""
    assert isinstance(decode(wire(body, status), CALL), Answer | Failure)


WORDS = st.lists(st.tuples(st.text(max_size=10), st.booleans()), max_size=5)


@given(WORDS)
def test_thoughts_and_words_are_kept_apart_and_whole(words: list[tuple[str, bool]]) -> None:
    """In their order, whatever stands between them."""
    answer = reply(*({"text": text, "thought": thought} for text, thought in words))
    assert answer.text == "".join(text for text, thought in words if not thought)
    assert (answer.reasoning or "") == "".join(text for text, thought in words if thought)
