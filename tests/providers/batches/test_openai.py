"""Tests of modelroute_cli.providers.batches.openai."""

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.batch_objects import openai_batch as batch
from support.batch_wire import CREATED, KEY, SINCE, account, collected, done, fails, jsonl, parcel, said
from support.calls import OPENAI, make_call, make_card

from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.providers.base import FailureKind, TransportError
from modelroute_cli.providers.batch import BatchPhase, BatchStatus, LineEnd, LineFault
from modelroute_cli.providers.batches.openai import OpenAIBatches

API = OpenAIBatches()
RESPONSES = replace(OPENAI, format="openai_responses")
GROQ = replace(OPENAI, name="groq", base_url="https://api.groq.com/openai/v1")


def status_of(folder: Path, **fields: object) -> BatchStatus:
    """How a batch object is read."""
    made, _ = account(OPENAI, folder, said(batch(**fields)))
    found = done(API.status(made, "batch_1"))
    assert found is not None
    return found


def test_a_line_is_the_request_under_its_name() -> None:
    """With the path of its wire format, and without what a batch does not take."""
    tiered = replace(OPENAI, tiers={ServiceTier.FLEX: TierTerms()})
    written = API.line("r-1", make_call(Request(custom_id="x", prompt="Write.\nNow."), provider=tiered))
    assert b"\n" not in written
    assert json.loads(written) == {
        "custom_id": "r-1",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {
            "model": "gpt-6-luna",
            "messages": [{"role": "user", "content": "Write.\nNow."}],
            "max_completion_tokens": 700,
        },
    }


def test_a_line_of_the_newer_format_goes_to_its_path() -> None:
    """Both are sold in batches."""
    line = json.loads(API.line("r-1", make_call(provider=RESPONSES)))
    assert line["url"] == "/v1/responses"
    assert line["body"]["store"] is False


def test_a_batch_is_submitted_under_its_tag(tmp_path: Path) -> None:
    """The tag is what it is found by."""
    made, script = account(OPENAI, tmp_path, said({"id": "file-1"}), said(batch(status="validating")))
    sent = parcel(tmp_path, b"{}")
    assert done(API.upload(made, sent)) == "file-1"
    status = done(API.submit(made, sent, "file-1"))
    assert (script.asked[1].method, script.asked[1].path) == ("POST", "/batches")
    assert script.asked[1].json == {
        "input_file_id": "file-1",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "metadata": {"modelroute": "run-1-batch-1"},
    }
    assert (status.name, status.phase, status.tag) == ("batch_1", BatchPhase.WAITING, "run-1-batch-1")


def test_the_endpoint_is_that_of_the_wire_format(tmp_path: Path) -> None:
    """The lines say the same."""
    made, script = account(RESPONSES, tmp_path, said(batch()))
    done(API.submit(made, parcel(tmp_path, b"{}"), "file-1"))
    assert script.asked[0].json["endpoint"] == "/v1/responses"


@pytest.mark.parametrize(
    ("window_s", "written"), [(None, "24h"), (3_600, "24h"), (86_400, "24h"), (172_800, "2d"), (604_800, "7d")]
)
def test_a_longer_window_is_asked_for_where_the_settings_give_one(
    tmp_path: Path, window_s: int | None, written: str
) -> None:
    """Groq takes up to seven days."""
    longer = replace(GROQ, tiers={ServiceTier.BATCH: TierTerms(window_s=window_s)})
    made, script = account(longer, tmp_path, said(batch()))
    done(API.submit(made, parcel(tmp_path, b"{}"), "file-1"))
    assert script.asked[0].json["completion_window"] == written


@pytest.mark.parametrize(
    ("word", "phase"),
    [
        ("validating", BatchPhase.WAITING),
        ("queued", BatchPhase.WAITING),
        ("in_progress", BatchPhase.RUNNING),
        ("finalizing", BatchPhase.FINALIZING),
        ("cancelling", BatchPhase.CANCELLING),
        ("completed", BatchPhase.ENDED),
        ("expired", BatchPhase.ENDED),
        ("cancelled", BatchPhase.ENDED),
        ("canceled", BatchPhase.ENDED),
        ("a new word", BatchPhase.RUNNING),
        (None, BatchPhase.RUNNING),
        (7, BatchPhase.RUNNING),
    ],
)
def test_each_word_is_a_phase(tmp_path: Path, word: object, phase: BatchPhase) -> None:
    """An unknown one is asked about again: nothing is given up for it."""
    assert status_of(tmp_path, status=word).phase is phase


def test_a_running_batch_says_how_far_it_is(tmp_path: Path) -> None:
    """Failed requests are done as well."""
    assert status_of(tmp_path) == BatchStatus(
        name="batch_1",
        phase=BatchPhase.RUNNING,
        created_at=datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC),
        tag="run-1-batch-1",
        requests=3,
        done=2,
        failed=1,
    )


@pytest.mark.parametrize(
    ("word", "message"),
    [("completed", ""), ("expired", "its time ran out"), ("cancelled", "it was cancelled")],
)
def test_an_ended_batch_has_its_files(tmp_path: Path, word: str, message: str) -> None:
    """Whichever there are."""
    both = status_of(tmp_path, status=word, output_file_id="out", error_file_id="err")
    assert (both.results, both.message, both.is_partial) == (("out", "err"), message, False)
    assert status_of(tmp_path, status=word, error_file_id="err").results == ("err",)
    assert status_of(tmp_path, status=word).results == ()


def test_a_refused_batch_says_which_lines_are_wrong(tmp_path: Path) -> None:
    """It never began."""
    errors = {
        "object": "list",
        "data": [
            {"code": "invalid_json_line", "line": 2, "message": f"bad {KEY}", "param": None},
            {"code": "token_limit_exceeded", "line": None, "message": "Enqueued token limit reached", "param": None},
            {"code": "x", "line": 0, "message": "no line"},
            "garbage",
        ],
    }
    counts = {"total": 0, "completed": 0, "failed": 0}
    status = status_of(tmp_path, status="failed", errors=errors, request_counts=counts)
    assert (status.phase, status.requests) == (BatchPhase.REFUSED, None)
    assert status.faults == (LineFault(2, "invalid_json_line: bad [hidden]"),)
    assert status.message.startswith("invalid_json_line: bad [hidden]; token_limit_exceeded: Enqueued token limit")


@pytest.mark.parametrize("field", [{"output_file_id": "out"}, {"request_counts": {"completed": 1}}])
def test_a_failed_batch_that_did_something_has_ended(tmp_path: Path, field: dict[str, object]) -> None:
    """What is done is billed and collected."""
    fields = {"status": "failed", "request_counts": None, **field}
    assert status_of(tmp_path, **fields).phase is BatchPhase.ENDED


def test_a_batch_that_is_gone_is_none(tmp_path: Path) -> None:
    """For a look and for a cancel."""
    gone = said({"error": {"message": "No batch found"}}, 404)
    made, _ = account(OPENAI, tmp_path, gone, gone)
    assert done(API.status(made, "batch_1")) is None
    assert done(API.cancel(made, "batch_1")) is None


def test_a_cancel_is_a_post(tmp_path: Path) -> None:
    """What is done stays done."""
    made, script = account(OPENAI, tmp_path, said(batch(status="cancelling")))
    status = done(API.cancel(made, "batch/1"))
    assert status is not None
    assert status.phase is BatchPhase.CANCELLING
    assert (script.asked[0].method, script.asked[0].path) == ("POST", "/batches/batch%2F1/cancel")


@pytest.mark.parametrize("code", [400, 409, 422])
def test_a_batch_that_has_ended_is_told_as_it_stands(tmp_path: Path, code: int) -> None:
    """A cancel that comes late is harmless."""
    refusal = said({"error": {"message": "Cannot cancel a batch with status 'completed'."}}, code)
    made, _ = account(OPENAI, tmp_path, refusal, said(batch(status="completed", output_file_id="out")))
    status = done(API.cancel(made, "batch_1"))
    assert status is not None
    assert (status.phase, status.results) == (BatchPhase.ENDED, ("out",))


@pytest.mark.parametrize("code", [401, 429, 500])
def test_a_cancel_that_fails_otherwise_is_an_error(tmp_path: Path, code: int) -> None:
    """It is tried again."""
    made, _ = account(OPENAI, tmp_path, said({"error": {"message": "no"}}, code))
    assert fails(API.cancel(made, "batch_1")).failure.status == code


def test_a_submit_that_was_limited_was_not_taken(tmp_path: Path) -> None:
    """It may come again without a look."""
    limited = said({"error": {"message": "Too many batches", "code": "rate_limit_exceeded"}}, 429, retry_after="20")
    made, _ = account(OPENAI, tmp_path, limited)
    error = fails(API.submit(made, parcel(tmp_path, b"{}"), "file-1"))
    assert (error.failure.kind, error.failure.retry_after_s, error.taken) == (FailureKind.RATE_LIMITED, 20.0, False)


@pytest.mark.parametrize(
    "reply",
    [
        said({"error": {"message": "oops"}}, 500),
        said("<html>bad gateway</html>", 502),
        said("garbage"),
        said({"object": "batch"}),
        said({"id": 7}),
        TransportError("no complete answer within 60 s", sent=True),
    ],
)
def test_a_submit_without_an_answer_may_have_been_taken(tmp_path: Path, reply: Any) -> None:  # noqa: ANN401 - a reply
    """The batch is looked for before it is submitted again."""
    made, _ = account(OPENAI, tmp_path, reply)
    assert fails(API.submit(made, parcel(tmp_path, b"{}"), "file-1")).taken is True


def test_the_batch_of_a_tag_is_found_over_pages(tmp_path: Path) -> None:
    """Among all of the account's batches, its own and others'."""
    first = [batch(id=f"b-{number}", metadata=None) for number in range(100)]
    ours = [batch(id="b-100", metadata={"modelroute": "another"}), "garbage", {"object": "batch"}, batch(id="b-101")]
    made, script = account(
        OPENAI,
        tmp_path,
        said({"object": "list", "data": first, "has_more": True}),
        said({"object": "list", "data": ours, "has_more": False}),
    )
    (found,) = done(API.find(made, "run-1-batch-1", SINCE, 3))
    assert (found.name, found.tag) == ("b-101", "run-1-batch-1")
    assert [asked.path for asked in script.asked] == ["/batches?limit=100", "/batches?limit=100&after=b-99"]


def test_a_wrong_clock_does_not_hide_a_batch(tmp_path: Path) -> None:
    """Its name says that it is ours; paying twice is worse than looking further back."""
    made, _ = account(OPENAI, tmp_path, said({"object": "list", "data": [batch(created_at=CREATED - 80_000)]}))
    assert len(done(API.find(made, "run-1-batch-1", SINCE, 3))) == 1


def test_a_batch_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    """What has no name of ours is another's."""
    for data in (
        [],
        [batch(metadata=None)],
        [batch(metadata={"modelroute": "other"})],
        [batch(metadata={})],
        [batch(metadata="x")],
    ):
        made, _ = account(OPENAI, tmp_path, said({"object": "list", "data": data}))
        assert done(API.find(made, "run-1-batch-1", SINCE, 3)) == ()


@pytest.mark.parametrize("reply", [said({}), said("garbage"), said({"error": {"message": "no"}}, 500)])
def test_a_list_that_cannot_be_read_says_nothing(tmp_path: Path, reply: Any) -> None:  # noqa: ANN401 - a reply
    """No answer is not the answer that there is none."""
    made, _ = account(OPENAI, tmp_path, reply)
    fails(API.find(made, "run-1-batch-1", SINCE, 3))


def test_results_come_from_output_and_error_file(tmp_path: Path) -> None:
    """Every line of both."""
    served = {"custom_id": "r1", "response": {"status_code": 200, "body": {}}, "error": None}
    expired = {"custom_id": "r2", "response": None, "error": {"code": "batch_expired", "message": "no time"}}
    made, _ = account(OPENAI, tmp_path, said(jsonl([expired])), said(jsonl([served, served])))
    status = BatchStatus(name="batch_1", phase=BatchPhase.ENDED, results=("err", "out"))
    lines = collected(API.results(made, status))
    assert [(line.custom_id, line.end) for line in lines] == [
        ("r2", LineEnd.EXPIRED),
        ("r1", LineEnd.SERVED),
        ("r1", LineEnd.SERVED),
    ]


def test_an_emulated_batch_says_so(tmp_path: Path) -> None:
    """By the header of the answer."""
    made, _ = account(OPENAI, tmp_path, said(batch(), x_modelroute_emulated="1"))
    status = done(API.status(made, "batch_1"))
    assert status is not None
    assert status.emulated is True


SHAPES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.booleans() | st.floats(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([name for name in batch() if name != "id"]), SHAPES))
def test_no_shape_of_a_batch_is_an_exception(tmp_path: Path, fields: dict[str, Any]) -> None:
    """What is not understood is unknown."""
    assert status_of(tmp_path, **fields).name == "batch_1"


def test_the_card_may_name_a_window_of_its_own(tmp_path: Path) -> None:
    """Its terms come before its provider's."""
    card = replace(make_card(), tiers={ServiceTier.BATCH: TierTerms(window_s=259_200)})
    made, script = account(GROQ, tmp_path, said(batch()))
    sent = parcel(tmp_path, b"{}")
    done(API.submit(made, dataclasses.replace(sent, card=card), "file-1"))
    assert script.asked[0].json["completion_window"] == "3d"
