"""Tests of modelroute_cli.providers.batches.gemini_lines: a line becomes what the request would have got alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.calls import answered, failed, make_call
from support.gemini_calls import GOOGLE, gemini_card

from modelroute_cli.providers.base import FailureKind
from modelroute_cli.providers.batch import LineEnd, LineResult
from modelroute_cli.providers.batches.gemini_lines import read_line, within
from modelroute_cli.providers.gemini import Gemini

CALL = make_call(None, GOOGLE, gemini_card())
RESPONSE = {
    "candidates": [{"content": {"parts": [{"text": "Hello"}], "role": "model"}, "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12},
}


def written(**fields: object) -> bytes:
    """A line."""
    return json.dumps(fields).encode()


def read(line: bytes) -> LineResult:
    """A line that can be read."""
    found = read_line(line, {})
    assert found is not None
    return found


@pytest.mark.parametrize("name", [{"key": "a"}, {"metadata": {"key": "a"}}, {"key": "a", "metadata": {"key": "b"}}])
def test_an_answer_is_known_by_its_key(name: dict[str, object]) -> None:
    """At the top as in files, or in the metadata as within a batch; the ordinary format reads the rest."""
    found = read(written(**name, response=RESPONSE))
    assert (found.custom_id, found.end) == ("a", LineEnd.SERVED)
    assert found.response is not None
    answer = answered(Gemini().decode(found.response, CALL))
    assert (answer.text, answer.finish_reason) == ("Hello", "stop")
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (9, 3)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (2, 500, FailureKind.TRANSIENT),
        (3, 400, FailureKind.REQUEST),
        (4, 504, FailureKind.UNKNOWN),
        (5, 404, FailureKind.REQUEST),
        (7, 403, FailureKind.ACCOUNT),
        (8, 429, FailureKind.RATE_LIMITED),
        (13, 500, FailureKind.TRANSIENT),
        (14, 503, FailureKind.TRANSIENT),
        (16, 401, FailureKind.ACCOUNT),
        (400, 400, FailureKind.REQUEST),
        (429, 429, FailureKind.RATE_LIMITED),
        (503, 503, FailureKind.TRANSIENT),
        (99, 500, FailureKind.TRANSIENT),
        (None, 500, FailureKind.TRANSIENT),
        ("3", 500, FailureKind.TRANSIENT),
        (2.5, 500, FailureKind.TRANSIENT),
    ],
)
@pytest.mark.parametrize("field", ["error", "status"])
def test_an_error_has_the_status_of_its_code(code: object, status: int, kind: FailureKind, field: str) -> None:
    """`google.rpc` codes and HTTP ones alike; an unknown one is a server's."""
    found = read(written(key="a", **{field: {"code": code, "message": "it was like this", "details": []}}))
    assert found.response is not None
    failure = failed(Gemini().decode(found.response, CALL))
    assert (found.response.status, failure.kind, failure.message) == (status, kind, "it was like this")


def test_a_code_beyond_all_numbers_is_none() -> None:
    """More digits than Python reads."""
    found = read(b'{"key":"a","error":{"code":1%b}}' % (b"0" * 5_000))
    assert found.response is not None
    assert found.response.status == 500


def test_an_exhausted_day_is_told_from_a_busy_minute() -> None:
    """The names of quotas come through, as they do alone."""
    details = [{"@type": "x/google.rpc.QuotaFailure", "violations": [{"quotaId": "RequestsPerDayPerProject"}]}]
    found = read(written(key="a", error={"code": 8, "message": "quota", "details": details}))
    assert found.response is not None
    assert failed(Gemini().decode(found.response, CALL)).kind is FailureKind.QUOTA


def test_a_cancelled_line_was_not_worked_on() -> None:
    """Code 1, with what Google says of it, or HTTP's 499."""
    said = {"code": 1, "message": "the batch was cancelled"}
    assert read(written(key="a", error=said)) == LineResult("a", LineEnd.CANCELLED, message="the batch was cancelled")
    assert read(written(key="a", error={"code": 499})) == LineResult("a", LineEnd.CANCELLED)


def test_an_answer_counts_more_than_an_error_beside_it() -> None:
    """It was billed; null is neither."""
    assert read(written(key="a", response=RESPONSE, error={"code": 1})).end is LineEnd.SERVED
    assert read(written(key="a", response=None, error={"code": 1})).end is LineEnd.CANCELLED


@pytest.mark.parametrize(
    "line",
    [
        written(response=RESPONSE),
        written(key="", response=RESPONSE),
        written(key=7, response=RESPONSE),
        written(key="a"),
        written(key="a", response="x"),
        written(key="a", error=None),
        b'{"key":"a","response":{',
        b"<html>",
        b"",
    ],
)
def test_what_cannot_be_read_is_left_out(line: bytes) -> None:
    """No key, neither answer nor error, half a line: the request stays missing."""
    assert read_line(line, {}) is None


@pytest.mark.parametrize(
    "job",
    [
        {"metadata": {"output": {"inlinedResponses": {"inlinedResponses": [1, {"a": 2}]}}}},
        {"metadata": {"output": {"inlinedResponses": [1, {"a": 2}]}}},
        {"metadata": {}, "response": {"inlinedResponses": {"inlinedResponses": [1, {"a": 2}]}}},
        {"response": {"inlinedResponses": [1, {"a": 2}]}},
        {"output": {"inlinedResponses": [1, {"a": 2}]}},
    ],
)
def test_answers_within_a_batch_are_found(job: dict[str, object]) -> None:
    """In each of the places, nested once or twice, in the order in which they stand there."""
    assert [json.loads(each) for each in within(json.dumps(job).encode())] == [1, {"a": 2}]


@pytest.mark.parametrize("job", [b"", b"{}", b'{"metadata":{"output":{"responsesFile":"files/a"}}}', b'{"response":7}'])
def test_there_may_be_none_within(job: bytes) -> None:
    """A batch with a file, or with nothing."""
    assert list(within(job)) == []


@given(
    st.binary(max_size=60)
    | st.dictionaries(
        st.sampled_from(["key", "response", "error", "status"]),
        st.sampled_from(["a", None, {}, {"code": 3}, {"code": 10**30}, {"error": {}}]),
    ).map(lambda row: written(**row))
)
def test_nothing_that_comes_raises(line: bytes) -> None:
    """Whatever the bytes are, a line is read or left out, and what is read can be decoded."""
    found = read_line(line, {})
    if found is not None and found.response is not None:
        Gemini().decode(found.response, CALL)
