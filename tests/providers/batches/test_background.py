"""Tests of modelroute_cli.providers.batches.background."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from support.batch_wire import CREATED, SINCE, Reply, account, collected, done, fails, parcel, said
from support.calls import answered, failed, make_call, make_card
from support.catalog_room import default_catalog

from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.providers.base import FailureKind, TransportError, UnsendableError
from modelroute_cli.providers.batch import BatchPhase, BatchStatus, LineEnd, LineResult
from modelroute_cli.providers.batches.background import BackgroundResponses
from modelroute_cli.providers.batches.formats import batch_api_for, wire_for
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.openai_responses import OpenAIResponses
from modelroute_cli.providers.openai_responses.encode import encode

API = BackgroundResponses("8h")
OPENAI = structs.replace(default_catalog().providers["openai"], batch_api="openai")
CALL = make_call(Request(custom_id="r", system="s", prompt="Say hi."), OPENAI, make_card(effort="low"))
LINE = API.line("run-1-r1", CALL)
MESSAGE = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}
USAGE = {"input_tokens": 12, "output_tokens": 3, "total_tokens": 15}
NOT_FOUND = said({"error": {"message": "no", "type": "invalid_request_error", "code": None}}, 404)


def response(status: str | None, **fields: object) -> dict[str, Any]:
    """A response as OpenAI tells of it."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "background": True,
        "error": None,
        "incomplete_details": None,
        "model": "gpt-6-luna",
        "output": [],
        "usage": None,
        "metadata": {"modelroute": "run-1-batch-1", "custom_id": "run-1-r1"},
        **fields,
    }


def status(*results: str) -> BatchStatus:
    """A status as it was told before."""
    return BatchStatus(name="resp_1", phase=BatchPhase.ENDED, results=results)


def result(folder: Path, body: dict[str, Any]) -> LineResult:
    """The one line of a response that has ended."""
    where, _ = account(OPENAI, folder, said(body))
    (found,) = collected(API.results(where, status("resp_1")))
    return found


def test_windows_are_openais_alone() -> None:
    """Each has its tier; whatever the provider's own format, its answers are responses."""
    assert batch_api_for(OPENAI, ServiceTier.BACKGROUND_2H) == BackgroundResponses("2h")
    assert batch_api_for(OPENAI, ServiceTier.BACKGROUND_8H) == API
    assert batch_api_for(structs.replace(OPENAI, batch_api=None), ServiceTier.BACKGROUND_2H) is None
    assert batch_api_for(OPENAI, ServiceTier.FLEX) is None
    assert OPENAI.format == "openai_chat"
    assert wire_for(OPENAI, ServiceTier.BACKGROUND_2H) == OpenAIResponses()
    assert wire_for(OPENAI, ServiceTier.BATCH) == format_for(OPENAI)


def test_a_line_is_a_response_to_be(tmp_path: Path) -> None:
    """What the Responses format sends, in the background, stored, at the standard tier, under the names of both."""
    where, script = account(OPENAI, tmp_path, said(response("queued")))
    one = parcel(tmp_path, LINE)
    assert done(API.upload(where, one)) is None
    begun = done(API.submit(where, one, None))
    (asked,) = script.asked
    alone = json.loads(encode(replace(CALL, service_tier="standard")).body)
    assert (asked.method, asked.path) == ("POST", "/responses")
    assert asked.json == alone | {
        "background": True,
        "background_options": {"completion_window": "8h"},
        "service_tier": "default",
        "store": True,
        "metadata": {"modelroute": "run-1-batch-1", "custom_id": "run-1-r1"},
    }
    assert begun == BatchStatus(
        name="resp_1",
        phase=BatchPhase.WAITING,
        created_at=SINCE.replace(second=5),
        tag="run-1-batch-1",
        requests=1,
        done=0,
        failed=0,
    )


def test_the_body_is_the_same_at_every_tier() -> None:
    """The call's own tier is none of the Responses API; what it would say of one is set at submission."""
    assert API.line("run-1-r1", replace(CALL, service_tier="background_8h")) == LINE
    assert "service_tier" not in json.loads(LINE)["body"]


@pytest.mark.parametrize(
    ("request_", "max_tokens"),
    [
        (Request(custom_id="r", prompt="p"), 15),
        (Request(custom_id="r", prompt="p", audio=("data:audio/wav;base64,AA==",)), 700),
    ],
)
def test_what_a_response_cannot_carry_is_not_sent(request_: Request, max_tokens: int) -> None:
    """Sound, and fewer output tokens than it takes: that goes another way."""
    with pytest.raises(UnsendableError):
        API.line("a", replace(CALL, request=request_, max_tokens=max_tokens))


@pytest.mark.parametrize(
    ("word", "phase", "ended", "failures"),
    [
        ("queued", BatchPhase.WAITING, 0, 0),
        ("in_progress", BatchPhase.RUNNING, 0, 0),
        ("completed", BatchPhase.ENDED, 1, 0),
        ("incomplete", BatchPhase.ENDED, 1, 0),
        ("failed", BatchPhase.ENDED, 1, 1),
        ("cancelled", BatchPhase.ENDED, 1, 1),
        ("steeping", BatchPhase.RUNNING, 0, 0),
        (None, BatchPhase.RUNNING, 0, 0),
    ],
)
def test_every_state_is_read(tmp_path: Path, word: str | None, phase: BatchPhase, ended: int, failures: int) -> None:
    """Its six states, and one that is not known, which is asked about again."""
    where, script = account(OPENAI, tmp_path, said(response(word)))
    found = done(API.status(where, "resp_1"))
    assert script.asked[0].path == "/responses/resp_1"
    assert found is not None
    assert (found.phase, found.done, found.failed) == (phase, ended, failures)
    assert found.results == (("resp_1",) if ended else ())


def test_an_answer_is_read_by_the_responses_format(tmp_path: Path) -> None:
    """As if it had come at once, the emulator's mark with it."""
    body = response("completed", output=[MESSAGE], usage=USAGE)
    where, _ = account(OPENAI, tmp_path, said(body, x_modelroute_emulated="1"))
    (found,) = collected(API.results(where, status("resp_1")))
    assert (found.custom_id, found.end) == ("run-1-r1", LineEnd.SERVED)
    assert found.response is not None
    answer = answered(OpenAIResponses().decode(found.response, CALL))
    assert (answer.text, answer.finish_reason, answer.emulated) == ("Hi", "stop", True)
    assert answer.usage is not None
    assert answer.usage.output_tokens == 3


def test_a_cut_answer_is_one(tmp_path: Path) -> None:
    """It was billed, and gates judge it."""
    body = response("incomplete", output=[MESSAGE], usage=USAGE, incomplete_details={"reason": "max_output_tokens"})
    found = result(tmp_path, body)
    assert found.response is not None
    assert answered(OpenAIResponses().decode(found.response, CALL)).finish_reason == "length"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "server_error", "message": "it broke"}, FailureKind.TRANSIENT),
        ({"code": "rate_limit_exceeded", "message": "it broke"}, FailureKind.RATE_LIMITED),
        ({"code": "invalid_prompt", "message": "it broke"}, FailureKind.REQUEST),
    ],
)
def test_a_failure_is_read_by_the_responses_format(tmp_path: Path, error: dict[str, str], kind: FailureKind) -> None:
    """By its code; tokens beside it say that it was billed. People are told why."""
    found = result(tmp_path, response("failed", error=error))
    assert found.response is not None
    failure = failed(OpenAIResponses().decode(found.response, CALL))
    assert (failure.kind, failure.message, failure.billed) == (kind, "it broke", False)
    used = result(tmp_path, response("failed", error=error, usage=USAGE)).response
    assert used is not None
    assert failed(OpenAIResponses().decode(used, CALL)).billed
    where, _ = account(OPENAI, tmp_path, said(response("failed", error=error)))
    told = done(API.status(where, "resp_1"))
    assert told is not None
    assert told.message == "it broke"


@pytest.mark.parametrize("begun", [{}, {"output": [MESSAGE]}, {"usage": USAGE}])
def test_what_was_cancelled_may_be_billed(tmp_path: Path, begun: dict[str, object]) -> None:
    """Whatever stands in it: it may be completed after all, so its money stays held."""
    words = "it was cancelled, and may be billed all the same"
    assert result(tmp_path, response("cancelled", **begun)) == LineResult("run-1-r1", LineEnd.SERVED, message=words)


def test_a_response_that_names_no_line_is_left_out(tmp_path: Path) -> None:
    """Its request stays missing."""
    where, _ = account(OPENAI, tmp_path, said(response("completed", metadata={})))
    assert collected(API.results(where, status("resp_1"))) == []
    assert collected(API.results(where, status())) == []


def test_there_is_no_list_to_look_in(tmp_path: Path) -> None:
    """Nothing is asked; that nothing is found says nothing."""
    where, script = account(OPENAI, tmp_path)
    assert done(API.find(where, "run-1-batch-1", SINCE, 1)) == ()
    assert script.asked == []


def test_a_response_that_is_gone(tmp_path: Path) -> None:
    """404 is none, to whoever looks at it or cancels it; any other failure is one."""
    where, _ = account(OPENAI, tmp_path, NOT_FOUND, NOT_FOUND, said("oops", 502), said("oops", 502))
    assert done(API.status(where, "resp_1")) is None
    assert done(API.cancel(where, "resp_1")) is None
    assert fails(API.status(where, "resp_1")).failure.kind is FailureKind.TRANSIENT
    assert fails(API.cancel(where, "resp_1")).failure.kind is FailureKind.TRANSIENT


def test_cancelling(tmp_path: Path) -> None:
    """It is asked to stop; one that has ended refuses, or is told as it stands."""
    refused = said({"error": {"message": "it has ended", "type": "invalid_request_error"}}, 400)
    where, script = account(OPENAI, tmp_path, said(response("cancelled")), refused, said(response("completed")))
    first, second = done(API.cancel(where, "resp_1")), done(API.cancel(where, "resp_1"))
    assert first is not None
    assert second is not None
    assert (first.failed, second.failed) == (1, 0)
    assert [(asked.method, asked.path) for asked in script.asked] == [
        ("POST", "/responses/resp_1/cancel"),
        ("POST", "/responses/resp_1/cancel"),
        ("GET", "/responses/resp_1"),
    ]


@pytest.mark.parametrize(
    ("reply", "kind", "taken"),
    [
        (said({"error": {"message": "x", "code": "rate_limit_exceeded"}}, 429), "rate_limited", False),
        (said({"error": {"message": "x", "type": "invalid_request_error"}}, 400), "request", False),
        (said("oops", 500), "transient", True),
        (said({"object": "response"}), "malformed", True),
        (said({"id": 7}), "malformed", True),
        (TransportError("timed out", sent=True), "unknown", True),
    ],
)
def test_a_submission_that_fails_says_whether_it_may_have_been_taken(
    tmp_path: Path, reply: Reply, kind: str, *, taken: bool
) -> None:
    """Where it may have been, its money stays held: it cannot be looked up."""
    where, _ = account(OPENAI, tmp_path, reply)
    error = fails(API.submit(where, parcel(tmp_path, LINE), None))
    assert (error.failure.kind, error.taken) == (kind, taken)
