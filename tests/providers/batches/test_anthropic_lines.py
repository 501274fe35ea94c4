"""Tests of modelroute_cli.providers.batches.anthropic_lines: a line becomes what the request would have got alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.calls import answered, failed
from support.claude import ask

from modelroute_cli.providers.anthropic_messages import AnthropicMessages
from modelroute_cli.providers.base import FailureKind, WireResponse
from modelroute_cli.providers.batch import LineEnd, LineResult
from modelroute_cli.providers.batches.anthropic_lines import read_line

MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-haiku-5-5",
    "content": [{"type": "text", "text": "Hello"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 9, "output_tokens": 3, "service_tier": "batch"},
}
ERRORS = {
    "invalid_request_error": (400, FailureKind.REQUEST),
    "authentication_error": (401, FailureKind.ACCOUNT),
    "billing_error": (402, FailureKind.ACCOUNT),
    "permission_error": (403, FailureKind.ACCOUNT),
    "not_found_error": (404, FailureKind.REQUEST),
    "request_too_large": (413, FailureKind.REQUEST),
    "rate_limit_error": (429, FailureKind.RATE_LIMITED),
    "api_error": (500, FailureKind.TRANSIENT),
    "timeout_error": (504, FailureKind.UNKNOWN),  # possibly billed, as it is alone
    "overloaded_error": (529, FailureKind.TRANSIENT),
    "a_new_error": (500, FailureKind.TRANSIENT),
}


def line(result: object, custom_id: object = "a") -> bytes:
    """A line of results."""
    return json.dumps({"custom_id": custom_id, "result": result}).encode()


def response(read: LineResult | None) -> WireResponse:
    """The answer of a line, which must be served."""
    assert read is not None
    assert read.end is LineEnd.SERVED
    assert read.response is not None
    return read.response


def test_a_message_is_decoded_as_if_it_had_come_alone() -> None:
    """The ordinary format reads the text, the tokens and the tier in it."""
    answer = answered(
        AnthropicMessages().decode(response(read_line(line({"type": "succeeded", "message": MESSAGE}), {})), ask())
    )
    assert (answer.text, answer.finish_reason, answer.service_tier) == ("Hello", "stop", "batch")
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (9, 3)


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("is_wrapped", [True, False])
def test_an_error_has_the_status_of_its_type(kind: str, *, is_wrapped: bool) -> None:
    """As at the API itself, also where the line has the inner error alone; the ordinary format judges it."""
    inner = {"type": kind, "message": "max_tokens: too large"}
    error = {"type": "error", "error": inner, "request_id": "req_1"} if is_wrapped else inner
    got = response(read_line(line({"type": "errored", "error": error}), {}))
    failure = failed(AnthropicMessages().decode(got, ask()))
    assert (got.status, failure.kind) == ERRORS[kind]
    assert failure.message == "max_tokens: too large"
    assert not failure.billed


@pytest.mark.parametrize("error", [None, {}, "x", 7, [], {"error": None}, {"error": "x"}])
def test_an_error_without_a_type_is_a_servers(error: object) -> None:
    """Nothing is made of it but that it failed, and what is no error at all stays one."""
    got = response(read_line(line({"type": "errored", "error": error}), {}))
    assert got.status == 500
    assert failed(AnthropicMessages().decode(got, ask())).kind is FailureKind.TRANSIENT


def test_an_errored_line_may_have_no_error() -> None:
    """It failed all the same."""
    assert response(read_line(line({"type": "errored"}), {})).body == b'{"type":"error","error":null}'


@pytest.mark.parametrize(("kind", "end"), [("canceled", LineEnd.CANCELLED), ("expired", LineEnd.EXPIRED)])
def test_what_was_not_worked_on_says_so(kind: str, end: LineEnd) -> None:
    """Such a line has no answer, and costs nothing."""
    assert read_line(line({"type": kind}), {"x": "y"}) == LineResult("a", end)


@pytest.mark.parametrize(
    "written",
    [
        line({"type": "expired"}, ""),
        line({"type": "expired"}, None),
        line({"type": "expired"}, 7),
        line({"type": "succeeded"}),
        line({"type": "later"}),
        line({}),
        line(None),
        line("expired"),
        b"{}",
        b"",
        b"<html>",
        b'{"custom_id":"a","result":{"type":"expired"}',
    ],
)
def test_what_cannot_be_read_is_left_out(written: bytes) -> None:
    """No name, no result, an unknown kind of result, half a line: the request stays missing."""
    assert read_line(written, {}) is None


def test_an_answer_cut_within_an_emoji_is_kept() -> None:
    """It was paid for."""
    written = (
        b'{"custom_id":"a","result":{"type":"succeeded","message":{"content":[{"type":"text","text":"x\\ud83d"}]}}}'
    )
    answer = answered(AnthropicMessages().decode(response(read_line(written, {})), ask()))
    assert answer.text == "x\ufffd"


@given(
    st.binary(max_size=60)
    | st.builds(
        line,
        st.dictionaries(
            st.sampled_from(["type", "message", "error"]),
            st.none() | st.sampled_from(["succeeded", "errored", "expired"]),
        ),
    )
)
def test_nothing_that_comes_raises(written: bytes) -> None:
    """Whatever the bytes are, a line is read or left out, and what is read can be decoded."""
    read = read_line(written, {})
    if read is not None and read.response is not None:
        AnthropicMessages().decode(read.response, ask())
