"""Tests of modelroute_cli.providers.batches.lines."""

import asyncio
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.calls import OPENAI, answered, failed, make_call

from modelroute_cli.base.schema import Request
from modelroute_cli.providers.base import FailureKind, UnsendableError, WireResponse
from modelroute_cli.providers.batch import LineEnd, LineResult
from modelroute_cli.providers.batches.lines import (
    AT_ONCE,
    Carrier,
    body_of,
    endpoint_of,
    lines_of,
    read_line,
    read_lines,
)
from modelroute_cli.providers.openai_chat import OpenAIChat

PLAIN = Carrier({})
EMULATED = Carrier({"x-modelroute-emulated": "1", "x-request-id": "of the download"})
COMPLETION = {
    "id": "c-1",
    "model": "gpt-6-luna",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Fine."}}],
    "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
}


def row(**fields: object) -> bytes:
    """A line about `r1`."""
    return json.dumps({"id": "l-1", "custom_id": "r1", "response": None, "error": None, **fields}).encode()


def served(line: bytes, carrier: Carrier = PLAIN) -> WireResponse:
    """The answer in a line, which must have one."""
    found = read_line(line, carrier)
    assert found is not None
    assert found.end is LineEnd.SERVED
    assert found.response is not None
    return found.response


def test_a_body_is_what_the_wire_format_sends() -> None:
    """Byte by byte, but for the fields of requests that are sent by themselves."""
    call = make_call()
    sent = OpenAIChat().encode(call).body
    assert bytes(body_of(call, frozenset())) == sent
    tiered = replace(OPENAI, tiers={"flex": {}}, extra_body={"stream": False, "x": {"y": 1.50}})
    fields = json.loads(bytes(body_of(make_call(provider=tiered), AT_ONCE)))
    assert set(fields) == {"x", "model", "messages", "max_completion_tokens"}


def test_a_number_is_not_written_anew() -> None:
    """`1.50` stays `1.50`: what is not taken out is embedded as it was."""
    schema = {"type": "number", "maximum": 10**20}
    call = make_call(Request(custom_id="r", prompt="x", response_schema=schema))
    assert b'"maximum":100000000000000000000' in bytes(body_of(call, AT_ONCE))


def test_what_cannot_be_sent_cannot_be_a_line() -> None:
    """The wire format says why."""
    with pytest.raises(UnsendableError, match="half a character"):
        body_of(make_call(Request(custom_id="r", prompt="\ud83d")), AT_ONCE)


def test_only_openais_formats_have_a_place_in_such_a_batch() -> None:
    """Others are refused before anything is sent."""
    assert endpoint_of(make_call()) == "/v1/chat/completions"
    assert endpoint_of(make_call(provider=replace(OPENAI, format="openai_responses"))) == "/v1/responses"
    with pytest.raises(UnsendableError) as caught:
        endpoint_of(make_call(provider=replace(OPENAI, format="gemini")))
    assert caught.value.message == "request `r1`: no batch carries the wire format `gemini` there"
    assert caught.value.hint == "leave `batch_api` of the provider unset"


def test_an_answer_is_that_of_the_request_alone() -> None:
    """The ordinary wire format reads it, with the provider's own name of the exchange and the emulator's mark."""
    response = served(row(response={"status_code": 200, "request_id": "req-7", "body": COMPLETION}), EMULATED)
    answer = answered(OpenAIChat().decode(response, make_call()))
    assert (answer.text, answer.emulated, answer.request_id) == ("Fine.", True, "req-7")
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (9, 2)


def test_a_refused_line_is_an_answer_too() -> None:
    """Error files hold them: what is to be done is decided as for any request."""
    body = {"error": {"message": "too long", "type": "invalid_request_error", "code": "context_length_exceeded"}}
    failure = failed(OpenAIChat().decode(served(row(response={"status_code": 400, "body": body})), make_call()))
    assert (failure.kind, failure.status, failure.message) == (FailureKind.REQUEST, 400, "too long")


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("batch_expired", LineEnd.EXPIRED),
        ("expired", LineEnd.EXPIRED),
        ("batch_cancelled", LineEnd.CANCELLED),
        ("BATCH_CANCELED", LineEnd.CANCELLED),
        ("cancelled", LineEnd.CANCELLED),
    ],
)
def test_what_was_not_worked_on_says_so(code: str, end: LineEnd) -> None:
    """It was not billed."""
    found = read_line(row(error={"code": code, "message": "This request could not be executed"}), PLAIN)
    assert found == LineResult("r1", end, message="This request could not be executed")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "request_timeout", "message": "timed out"}, FailureKind.UNKNOWN),
        ({"code": "server_error", "message": "oops"}, FailureKind.TRANSIENT),
        ({"message": "bad", "type": "invalid_request_error", "param": None}, FailureKind.REQUEST),
        ({"code": 429, "message": "later"}, FailureKind.RATE_LIMITED),
        ("it did not work", FailureKind.TRANSIENT),
    ],
)
def test_any_other_error_is_judged_like_an_answer(error: object, kind: FailureKind) -> None:
    """By the table of errors, whatever shape it has."""
    failure = failed(OpenAIChat().decode(served(row(error=error)), make_call()))
    assert failure.kind is kind


@pytest.mark.parametrize("rest", [{}, {"body": None}])
def test_an_error_beside_an_answer_without_a_body_is_its_body(rest: dict[str, object]) -> None:
    """As vLLM's own batches have it."""
    line = row(response={"status_code": 400, **rest}, error={"message": "too long", "type": "BadRequestError"})
    failure = failed(OpenAIChat().decode(served(line), make_call()))
    assert (failure.kind, failure.status, failure.message) == (FailureKind.REQUEST, 400, "too long")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"half a li",
        b'{"custom_id":"r1","response":{"status_code":200,"body":{"a"',
        b"[]",
        b"7",
        b"{}",
        b'{"custom_id":7,"response":{"body":{}}}',
        b'{"custom_id":"r1"}',
        b'{"custom_id":"r1","response":null,"error":null}',
        b'{"custom_id":"r1","response":null,"error":{}}',
        b'{"custom_id":"r1","response":"text","error":null}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_line_that_cannot_be_read_is_left_out(line: bytes) -> None:
    """Its request stays missing."""
    assert read_line(line, PLAIN) is None


@settings(max_examples=200)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_line_is_an_exception(line: bytes) -> None:
    """Whatever a provider may send."""
    assert read_line(line, PLAIN) is None or line.startswith((b"{", b" "))


@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.booleans(),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.dictionaries(
            st.sampled_from(["status_code", "body", "request_id", "code", "message"]), inner, max_size=3
        ),
    ),
)
def test_no_shape_is_an_exception(response: object, error: object) -> None:
    """Unknown types anywhere make a line unreadable at worst."""
    found = read_line(row(response=response, error=error, unknown=[1]), PLAIN)
    assert found is None or found.custom_id == "r1"


@pytest.mark.parametrize("status", [0, -1, 600, "200", None, True, 2.5])
def test_a_status_that_is_none_leaves_the_body_to_speak(status: object) -> None:
    """OpenAI has been seen to write 0."""
    assert served(row(response={"status_code": status, "body": COMPLETION})).status == 200


def test_unknown_fields_do_no_harm() -> None:
    """Providers add them."""
    line = row(response={"status_code": 200, "body": COMPLETION, "headers": {}}, created=7, usage={"cost": 1})
    assert json.loads(served(line).body) == COMPLETION


def test_a_body_written_as_text_is_the_json_in_it() -> None:
    """Some write it so."""
    line = row(response={"status_code": 200, "body": json.dumps(COMPLETION)})
    assert json.loads(served(line).body) == COMPLETION


@pytest.mark.parametrize("spaced", ["", " "])
@pytest.mark.parametrize("text", ['"half \\ud83d"', '"\\u0000"', "1e400", "0.1"])
def test_a_body_is_embedded_as_it_came(text: str, spaced: str) -> None:
    """Half an emoji, at a token limit, is the wire format's to read."""
    line = f'{{"custom_id":"r1","response":{{"status_code":200,"body":{{"x":{spaced}{text}}}}}}}'
    assert served(line.encode()).body.replace(b" ", b"") == f'{{"x":{text}}}'.replace(" ", "").encode()


def test_half_an_emoji_in_an_answer_is_read_by_the_wire_format() -> None:
    """As it would be in an answer of its own."""
    cut = json.loads(json.dumps(COMPLETION).replace("Fine.", "Fine \\ud83d"))
    line = row(response={"status_code": 200, "request_id": "req-7", "body": cut})
    assert answered(OpenAIChat().decode(served(line), make_call())).text == "Fine \ufffd"


def test_half_an_emoji_in_an_error_is_read_too() -> None:
    """Providers quote what they were sent."""
    line = row(error={"code": "server_error", "message": "cut \ud83d"})
    assert failed(OpenAIChat().decode(served(line), make_call())).kind is FailureKind.TRANSIENT


def test_a_body_with_nan_is_read_as_the_standard_library_does() -> None:
    """It is no JSON, and some write it."""
    line = b'{"custom_id":"r1","response":{"status_code":200,"body":{"x":NaN,"y":"\xc3\xa9"}}}'
    assert json.loads(served(line).body) == {"x": None, "y": "é"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=10).map(lambda line: line.replace(b"\n", b"."))))
def test_lines_are_those_of_the_file(tmp_path: Path, lines: list[bytes]) -> None:
    """Empty ones are none, and the last needs no newline."""
    path = tmp_path / "lines"
    path.write_bytes(b"\n".join(lines))
    assert list(lines_of(path)) == [line.strip() for line in lines if line.strip()]


@pytest.mark.parametrize("length", [9, 10, 11, 19, 20, 21, 95])
def test_a_line_that_is_no_line_is_left_out(tmp_path: Path, length: int) -> None:
    """It takes no memory, and what comes after it is read all the same."""
    path = tmp_path / "lines"
    path.write_bytes(b"first\n" + b"x" * length + b"\nlast")
    expected = [b"first", b"x" * 9, b"last"] if length == 9 else [b"first", b"last"]
    assert list(lines_of(path, 10)) == expected


def test_lines_come_in_their_order_and_doubled_ones_twice() -> None:
    """Who collects them sees what came; broken ones in the middle stop nothing."""
    good = row(response={"status_code": 200, "body": COMPLETION})
    lines = [good, b"broken", good, row(custom_id="unknown", error={"code": "batch_expired"})]

    async def collect() -> list[str]:
        return [each.custom_id async for each in read_lines(lines, PLAIN)]

    assert asyncio.run(collect()) == ["r1", "r1", "unknown"]


def test_others_have_their_turn_while_lines_are_read() -> None:
    """A file of 50,000 lines holds nobody up."""
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def collect() -> None:
        task = asyncio.create_task(other())
        assert [each async for each in read_lines([b"broken"] * 2_560, PLAIN)] == []
        task.cancel()

    asyncio.run(collect())
    assert turns == 10
