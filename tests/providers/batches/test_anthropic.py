"""Tests of modelroute_cli.providers.batches.anthropic."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.batch_wire import SINCE, Reply, account, collected, done, fails, is_empty, jsonl, parcel, said
from support.claude import ANTHROPIC, ask, claude

from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.providers.anthropic_messages.encode import encode
from modelroute_cli.providers.base import FailureKind, TransportError
from modelroute_cli.providers.batch import BatchPhase, BatchStatus, LineEnd
from modelroute_cli.providers.batches.anthropic import AnthropicBatches
from modelroute_cli.providers.batches.formats import batch_api_for, wire_for
from modelroute_cli.providers.formats import format_for

API = AnthropicBatches()
RESULTS = "https://api.anthropic.com/v1/messages/batches/msgbatch_1/results"
WORKING = {"processing": 2, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
ENDED = {"processing": 0, "succeeded": 1, "errored": 1, "canceled": 0, "expired": 1}
MESSAGE = {"id": "msg_1", "content": [{"type": "text", "text": "Hi"}], "usage": {"input_tokens": 1, "output_tokens": 1}}


def batch(**fields: object) -> dict[str, Any]:
    """A batch of two requests that has just begun, with some fields changed."""
    return {
        "id": "msgbatch_1",
        "type": "message_batch",
        "processing_status": "in_progress",
        "request_counts": WORKING,
        "created_at": "2026-11-23T12:00:05.123456Z",
        "expires_at": "2026-11-24T12:00:05.123456Z",
        "ended_at": None,
        "cancel_initiated_at": None,
        "archived_at": None,
        "results_url": None,
        **fields,
    }


def ended(**fields: object) -> dict[str, Any]:
    """The same once it has ended."""
    return batch(processing_status="ended", request_counts=ENDED, results_url=RESULTS, **fields)


def succeeded(custom_id: str) -> dict[str, object]:
    """A line with an answer."""
    return {"custom_id": custom_id, "result": {"type": "succeeded", "message": MESSAGE}}


def status(**fields: object) -> BatchStatus:
    """A status as it was told before."""
    known: dict[str, Any] = {"name": "msgbatch_1", "phase": BatchPhase.ENDED, "results": (RESULTS,), **fields}
    return BatchStatus(**known)


def test_it_is_the_api_of_anthropic() -> None:
    """The shipped provider hands in this way, all of its models together; the answers are those of its own format."""
    assert isinstance(batch_api_for(ANTHROPIC, ServiceTier.BATCH), AnthropicBatches)
    assert batch_api_for(ANTHROPIC, ServiceTier.BACKGROUND_2H) is None
    assert wire_for(ANTHROPIC, ServiceTier.BATCH) == format_for(ANTHROPIC)
    terms = ANTHROPIC.tiers[ServiceTier.BATCH]
    assert (terms.max_requests, terms.max_bytes, terms.one_model, terms.typical_s) == (
        100_000,
        255_000_000,
        False,
        3600,
    )


def test_a_line_is_the_body_under_its_name() -> None:
    """The params are what the request sent alone has, less what a batch does not carry."""
    call = ask(Request(custom_id="r1", prompt='Say "Ünïcode"\nplease.'))
    alone = json.loads(encode(call).body)
    assert alone.pop("service_tier") == "standard_only"
    line = API.line("run-1-r1", call)
    assert json.loads(line) == {"custom_id": "run-1-r1", "params": alone}
    assert b"\n" not in line


def test_the_lines_go_in_one_body(tmp_path: Path) -> None:
    """Nothing is uploaded; the lines become the list of one POST, of several models, with version and key."""
    lines = [API.line("a", ask()), API.line("b", ask(card=claude("claude-sonnet-5-5")))]
    where, script = account(ANTHROPIC, tmp_path, said(batch()))
    one = parcel(tmp_path, *lines)
    assert done(API.upload(where, one)) is None
    begun = done(API.submit(where, one, None))
    (asked,) = script.asked
    assert (asked.method, asked.path) == ("POST", "/messages/batches")
    assert asked.json == {"requests": [json.loads(line) for line in lines]}
    assert [row["params"]["model"] for row in asked.json["requests"]] == ["claude-haiku-5-5", "claude-sonnet-5-5"]
    assert asked.headers["anthropic-version"] == "2026-10-21"
    assert asked.headers["x-api-key"] == where.key
    assert begun == BatchStatus(
        name="msgbatch_1",
        phase=BatchPhase.RUNNING,
        created_at=SINCE + timedelta(seconds=5, microseconds=123456),
        requests=2,
    )


def test_a_version_is_always_sent(tmp_path: Path) -> None:
    """A provider of the same language that names none is asked in the oldest."""
    other = type(ANTHROPIC)(name="deepseek", base_url="https://api.deepseek.com/anthropic", format="anthropic_messages")
    where, script = account(other, tmp_path, said(batch()))
    done(API.status(where, "msgbatch_1"))
    assert script.asked[0].headers["anthropic-version"] == "2023-06-01"


@pytest.mark.parametrize(
    ("word", "phase"),
    [
        ("in_progress", BatchPhase.RUNNING),
        ("canceling", BatchPhase.CANCELLING),
        ("ended", BatchPhase.ENDED),
        ("thinking_about_it", BatchPhase.RUNNING),
        (None, BatchPhase.RUNNING),
    ],
)
def test_every_state_is_read(tmp_path: Path, word: str | None, phase: BatchPhase) -> None:
    """Its three states, and one that is not known, which is asked about again."""
    where, _ = account(ANTHROPIC, tmp_path, said(batch(processing_status=word)))
    found = done(API.status(where, "msgbatch_1"))
    assert found is not None
    assert found.phase is phase


def test_an_ended_batch_is_counted(tmp_path: Path) -> None:
    """Only then do its counts mean anything; what was not answered counts as failed. The emulator's mark is kept."""
    where, script = account(ANTHROPIC, tmp_path, said(ended(), x_modelroute_emulated="1"))
    found = done(API.status(where, "msgbatch_1"))
    assert script.asked[0].path == "/messages/batches/msgbatch_1"
    assert found == BatchStatus(
        name="msgbatch_1",
        phase=BatchPhase.ENDED,
        created_at=SINCE + timedelta(seconds=5, microseconds=123456),
        requests=3,
        done=3,
        failed=2,
        results=(RESULTS,),
        emulated=True,
    )


def test_results_go_after_29_days(tmp_path: Path) -> None:
    """An archived batch is still told of, with nothing to collect."""
    where, _ = account(ANTHROPIC, tmp_path, said(ended(archived_at="2026-12-22T12:00:05Z")))
    found = done(API.status(where, "msgbatch_1"))
    assert found is not None
    assert (found.phase, found.results, found.message) == (BatchPhase.ENDED, (), "its results are no longer kept")


@pytest.mark.parametrize("counts", [None, {}, {**ENDED, "expired": None}, {**ENDED, "expired": "1"}, 7])
def test_counts_that_are_not_said_are_unknown(tmp_path: Path, counts: object) -> None:
    """No number is made of what is missing."""
    where, _ = account(ANTHROPIC, tmp_path, said(ended() | {"request_counts": counts}))
    found = done(API.status(where, "msgbatch_1"))
    assert found is not None
    assert (found.requests, found.done) == (None, None)


def test_a_batch_that_is_gone(tmp_path: Path) -> None:
    """404 is no batch, to whoever looks at it or cancels it; any other failure is one."""
    missing = said({"type": "error", "error": {"type": "not_found_error", "message": "no"}}, 404)
    where, _ = account(ANTHROPIC, tmp_path, missing, missing, said("oops", 502), said("oops", 502))
    assert done(API.status(where, "msgbatch_1")) is None
    assert done(API.cancel(where, "msgbatch_1")) is None
    assert fails(API.status(where, "msgbatch_1")).failure.kind is FailureKind.TRANSIENT
    assert fails(API.cancel(where, "msgbatch_1")).failure.kind is FailureKind.TRANSIENT


def test_cancelling(tmp_path: Path) -> None:
    """A batch is asked to stop; one that has ended refuses, and is told as it stands."""
    refused = said({"type": "error", "error": {"type": "invalid_request_error", "message": "it has ended"}}, 400)
    where, script = account(ANTHROPIC, tmp_path, said(batch(processing_status="canceling")), refused, said(ended()))
    first, second = done(API.cancel(where, "msgbatch_1")), done(API.cancel(where, "msgbatch_1"))
    assert first is not None
    assert second is not None
    assert (first.phase, second.phase) == (BatchPhase.CANCELLING, BatchPhase.ENDED)
    assert [(asked.method, asked.path) for asked in script.asked] == [
        ("POST", "/messages/batches/msgbatch_1/cancel"),
        ("POST", "/messages/batches/msgbatch_1/cancel"),
        ("GET", "/messages/batches/msgbatch_1"),
    ]


@pytest.mark.parametrize(
    ("reply", "kind", "taken"),
    [
        (said({"type": "error", "error": {"type": "rate_limit_error", "message": "x"}}, 429), "rate_limited", False),
        (said({"type": "error", "error": {"type": "request_too_large", "message": "x"}}, 413), "request", False),
        (said({"type": "error", "error": {"type": "authentication_error", "message": "x"}}, 401), "account", False),
        (said({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}, 529), "transient", True),
        (said("<html>", 502), "transient", True),
        (said("<html>"), "malformed", True),
        (said({"type": "message_batch"}), "malformed", True),
        (said({"id": 7}), "malformed", True),
        (TransportError("no connection", sent=False), "transient", False),
        (TransportError("timed out", sent=True), "unknown", True),
    ],
)
def test_a_submission_that_fails_says_whether_it_may_have_been_taken(
    tmp_path: Path, reply: Reply, kind: str, *, taken: bool
) -> None:
    """A refusal was not taken; a server's fault, a broken line and what is no answer may have been."""
    where, _ = account(ANTHROPIC, tmp_path, reply)
    error = fails(API.submit(where, parcel(tmp_path, API.line("a", ask())), None))
    assert (error.failure.kind, error.taken) == (kind, taken)


def test_candidates_are_those_of_as_many_requests_since_then(tmp_path: Path) -> None:
    """No name is kept there: time, up to an hour off, and number say which may be it; older pages are not asked for."""
    young, other = batch(id="b3"), batch(id="b2", request_counts={**WORKING, "processing": 9})
    early, old = batch(id="b1", created_at="2026-11-23T11:00:01Z"), batch(id="b0", created_at="2026-11-23T10:59:59Z")
    pages = [
        said({"data": [young, other], "has_more": True, "first_id": "b3", "last_id": "b2"}),
        said({"data": [early], "has_more": True, "first_id": "b1", "last_id": "b1"}),
        said({"data": [old], "has_more": True, "first_id": "b0", "last_id": "b0"}),
    ]
    where, script = account(ANTHROPIC, tmp_path, *pages)
    found = done(API.find(where, "run-1-batch-1", SINCE, 2))
    assert [each.name for each in found] == ["b3", "b1"]
    assert all(each.tag is None for each in found)
    assert [asked.path for asked in script.asked] == [
        "/messages/batches?limit=1000",
        "/messages/batches?limit=1000&after_id=b2",
        "/messages/batches?limit=1000&after_id=b1",
    ]


def test_an_empty_list_says_that_there_is_none(tmp_path: Path) -> None:
    """Only a list that can be read says so."""
    where, _ = account(ANTHROPIC, tmp_path, said({"data": [], "has_more": False}), said({}), said("{"))
    assert done(API.find(where, "t", SINCE, 2)) == ()
    assert fails(API.find(where, "t", SINCE, 2)).failure.kind is FailureKind.MALFORMED
    assert fails(API.find(where, "t", SINCE, 2)).failure.kind is FailureKind.MALFORMED


def test_results_are_collected_in_any_order(tmp_path: Path) -> None:
    """Every line that can be read comes, doubled ones twice; broken ones are left out, and no file stays."""
    rows = [
        succeeded("b"),
        {"custom_id": "a", "result": {"type": "expired"}},
        b'{"custom_id": "cut',
        b"",
        {"custom_id": "c", "result": {"type": "canceled"}},
        succeeded("b"),
        {"custom_id": "d", "result": {"type": "errored", "error": {"type": "error", "error": {"type": "api_error"}}}},
        {"result": {"type": "expired"}},
        {"custom_id": "e", "result": {"type": "postponed"}},
        {"custom_id": "f", "result": None, "unknown": 1},
    ]
    where, script = account(ANTHROPIC, tmp_path, said(jsonl(rows), x_modelroute_emulated="1"))
    found = collected(API.results(where, status()))
    served, expired, cancelled = LineEnd.SERVED, LineEnd.EXPIRED, LineEnd.CANCELLED
    assert [(each.custom_id, each.end) for each in found] == [
        ("b", served),
        ("a", expired),
        ("c", cancelled),
        ("b", served),
        ("d", served),
    ]
    answers = [each.response for each in found if each.response is not None]
    assert [answer.status for answer in answers] == [200, 200, 500]
    assert json.loads(answers[0].body) == MESSAGE
    assert all(answer.headers == {"x-modelroute-emulated": "1"} for answer in answers)
    assert script.asked[0].headers["accept"] == "application/binary"
    assert is_empty(tmp_path)


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        (RESULTS, "/messages/batches/msgbatch_1/results"),
        ("https://api.anthropic.com/v1/other?x=1", "/other?x=1"),
        ("https://evil.example/v1/messages/batches/msgbatch_1/results", "/messages/batches/msgbatch_1/results"),
        ("http://api.anthropic.com/v1/messages/batches/msgbatch_1/results", "/messages/batches/msgbatch_1/results"),
        ("https://api.anthropic.com.evil.example/v1", "/messages/batches/msgbatch_1/results"),
        ("https://[", "/messages/batches/msgbatch_1/results"),
    ],
)
def test_the_key_goes_to_its_own_host_alone(tmp_path: Path, address: str, asked: str) -> None:
    """Results elsewhere are asked for at home, where the reference has an address for them as well."""
    where, script = account(ANTHROPIC, tmp_path, said(jsonl([succeeded("a")])))
    assert len(collected(API.results(where, status(results=(address,))))) == 1
    assert script.asked[0].path == asked


def test_an_ended_batch_without_an_address_has_one_at_home(tmp_path: Path) -> None:
    """The reference has an address for results, also where the batch itself names none."""
    where, _ = account(ANTHROPIC, tmp_path, said(batch(processing_status="ended")))
    found = done(API.status(where, "msgbatch_1"))
    assert found is not None
    assert found.results == (RESULTS,)


def test_a_download_that_fails_is_an_error(tmp_path: Path) -> None:
    """Nothing is taken for the end of the lines that is none; nothing stays behind."""
    where, _ = account(ANTHROPIC, tmp_path, said("slow down", 429))

    async def first() -> None:
        await anext(API.results(where, status()))

    assert fails(first()).failure.kind is FailureKind.RATE_LIMITED
    assert is_empty(tmp_path)
