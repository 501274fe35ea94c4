"""Tests of modelroute_cli.providers.batches.gemini and of its files."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from support.batch_wire import SINCE, Reply, account, collected, done, fails, is_empty, jsonl, parcel, said
from support.calls import make_call
from support.catalog_room import default_catalog
from support.gemini_calls import gemini_card

from modelroute_cli.base.schema import Request, ServiceTier
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.providers.base import FailureKind, TransportError
from modelroute_cli.providers.batch import BatchPhase, BatchStatus, LineEnd
from modelroute_cli.providers.batches.formats import batch_api_for, wire_for
from modelroute_cli.providers.batches.gemini import GeminiBatches
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.gemini.encode import encode

API = GeminiBatches()
GOOGLE = default_catalog().providers["google"]
CALL = make_call(Request(custom_id="r", system="s", prompt="Say\nhi."), GOOGLE, gemini_card())
LINE = API.line("a", CALL)
ANSWER = {"candidates": [{"content": {"parts": [{"text": "Hi"}]}, "finishReason": "STOP"}]}
UPLOAD = "https://generativelanguage.googleapis.com/upload/v1beta/files?upload_id=xyz&upload_protocol=resumable"
STARTED = said("", x_goog_upload_url=UPLOAD, x_goog_upload_status="active")
UPLOADED = said({"file": {"name": "files/abc", "uri": "https://x/files/abc", "state": "ACTIVE"}})
GONE = said({"error": {"code": 404, "message": "no", "status": "NOT_FOUND"}}, 404)


def job(state: str = "BATCH_STATE_PENDING", name: str = "batches/1", **fields: object) -> dict[str, Any]:
    """A batch as Google tells of it, as an operation."""
    return {
        "name": name,
        "metadata": {
            "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
            "model": "models/gemini-3.8-flash",
            "displayName": "run-1-batch-1",
            "createTime": "2026-11-23T12:00:05.123456789Z",
            "batchStats": {"requestCount": "2", "pendingRequestCount": "2"},
            "state": state,
            "name": name,
            **fields,
        },
    }


def status(*results: str) -> BatchStatus:
    """A status as it was told before."""
    return BatchStatus(name="batches/1", phase=BatchPhase.ENDED, results=results)


def test_it_is_the_api_of_google() -> None:
    """The shipped provider hands in this way; answers are those of its own format."""
    assert isinstance(batch_api_for(GOOGLE, ServiceTier.BATCH), GeminiBatches)
    assert wire_for(GOOGLE, ServiceTier.BATCH) == format_for(GOOGLE)
    terms = GOOGLE.tiers[ServiceTier.BATCH]
    assert (terms.max_bytes, terms.max_batches, terms.one_model) == (2_000_000_000, 100, True)


def test_a_line_is_the_body_under_its_key() -> None:
    """It is what the request sent alone has, less the tier, which a batch is itself."""
    assert json.loads(LINE) == {"key": "a", "request": json.loads(encode(CALL).body)}
    assert b"\n" not in LINE
    several = structs.replace(GOOGLE, tiers={**GOOGLE.tiers, ServiceTier.FLEX: TierTerms(window_s=900)})
    assert API.line("a", make_call(CALL.request, several, CALL.card)) == LINE


def test_a_few_requests_stand_in_the_batch_itself(tmp_path: Path) -> None:
    """Nothing is uploaded; the keys go into what comes back with each answer. The model stands in the address."""
    where, script = account(GOOGLE, tmp_path, said(job()))
    one = parcel(tmp_path, LINE, API.line("b", CALL), model="gemini-3.8-flash")
    assert done(API.upload(where, one)) is None
    begun = done(API.submit(where, one, None))
    (asked,) = script.asked
    request = json.loads(encode(CALL).body)
    assert (asked.method, asked.path) == ("POST", "/models/gemini-3.8-flash:batchGenerateContent")
    assert asked.json == {
        "batch": {
            "displayName": "run-1-batch-1",
            "inputConfig": {
                "requests": {
                    "requests": [
                        {"request": request, "metadata": {"key": "a"}},
                        {"request": request, "metadata": {"key": "b"}},
                    ]
                }
            },
        }
    }
    assert asked.headers["x-goog-api-key"] == where.key
    assert begun == BatchStatus(
        name="batches/1",
        phase=BatchPhase.WAITING,
        created_at=SINCE + timedelta(seconds=5, microseconds=123456),
        tag="run-1-batch-1",
        requests=2,
        done=0,
    )


def test_many_requests_go_up_as_a_file(tmp_path: Path) -> None:
    """More than 100: whoever asks how a batch stands is sent all answers within it."""
    one = parcel(tmp_path, *[LINE] * 101)
    where, script = account(GOOGLE, tmp_path, STARTED, UPLOADED, said(job()))
    file = done(API.upload(where, one))
    assert file == "files/abc"
    done(API.submit(where, one, file))
    start, sent, begin = script.asked
    assert start.path == "https://generativelanguage.googleapis.com/upload/v1beta/files"
    assert start.json == {"file": {"displayName": "run-1-batch-1"}}
    assert {name: value for name, value in start.headers.items() if name.startswith("x-goog-upload")} == {
        "x-goog-upload-protocol": "resumable",
        "x-goog-upload-command": "start",
        "x-goog-upload-header-content-length": str(one.bytes),
        "x-goog-upload-header-content-type": "application/jsonl",
    }
    assert (sent.method, sent.path, sent.body) == ("POST", UPLOAD, one.lines.read_bytes())
    assert (sent.headers["x-goog-upload-command"], sent.headers["x-goog-upload-offset"]) == ("upload, finalize", "0")
    assert begin.json["batch"]["inputConfig"] == {"fileName": "files/abc"}


def test_large_requests_go_up_as_a_file(tmp_path: Path) -> None:
    """Google takes 20 MB in a batch itself, all it wraps around the requests included."""
    small = parcel(tmp_path, LINE)
    where, script = account(GOOGLE, tmp_path, STARTED, UPLOADED)
    assert done(API.upload(where, small)) is None
    large = type(small)(**{name: getattr(small, name) for name in small.__slots__} | {"bytes": 18_000_001})
    assert done(API.upload(where, large)) == "files/abc"
    assert len(script.asked) == 2


@pytest.mark.parametrize("host", ["https://elsewhere.example", "http://127.0.0.1:1", ""])
def test_lines_and_key_go_to_its_own_host_alone(tmp_path: Path, host: str) -> None:
    """Whatever host the answer names, as in Google's own SDK."""
    started = said("", x_goog_upload_url=f"{host}/upload/v1beta/files?upload_id=xyz")
    where, script = account(GOOGLE, tmp_path, started, UPLOADED)
    done(API.upload(where, parcel(tmp_path, *[LINE] * 101)))
    assert script.asked[1].path == "https://generativelanguage.googleapis.com/upload/v1beta/files?upload_id=xyz"


@pytest.mark.parametrize("name", [{}, {"x_goog_upload_url": ""}, {"x_goog_upload_url": "https://["}])
def test_an_upload_without_an_address_fails(tmp_path: Path, name: dict[str, str]) -> None:
    """There is nowhere to send the lines."""
    where, _ = account(GOOGLE, tmp_path, said("", 200, **name))
    error = fails(API.upload(where, parcel(tmp_path, *[LINE] * 101)))
    assert error.failure.kind is FailureKind.MALFORMED
    assert error.failure.message == "the answer cannot be read: it says not where the lines go"


@pytest.mark.parametrize("reply", [said({}), said({"file": {}}), said({"file": {"name": ""}}), said("<html>")])
def test_an_upload_without_a_name_fails(tmp_path: Path, reply: Reply) -> None:
    """Nothing can be begun with it."""
    where, _ = account(GOOGLE, tmp_path, STARTED, reply)
    assert fails(API.upload(where, parcel(tmp_path, *[LINE] * 101))).failure.kind is FailureKind.MALFORMED


@pytest.mark.parametrize(
    ("reply", "kind", "taken"),
    [
        (said({"error": {"code": 429, "message": "x", "status": "RESOURCE_EXHAUSTED"}}, 429), "rate_limited", False),
        (said({"error": {"code": 400, "message": "x", "status": "INVALID_ARGUMENT"}}, 400), "request", False),
        (said({"error": {"code": 503, "message": "x", "status": "UNAVAILABLE"}}, 503), "transient", True),
        (said("{"), "malformed", True),
        (said({"metadata": {}}), "malformed", True),
        (said({"name": 7}), "malformed", True),
        (TransportError("no connection", sent=False), "transient", False),
        (TransportError("timed out", sent=True), "unknown", True),
    ],
)
def test_a_submission_that_fails_says_whether_it_may_have_been_taken(
    tmp_path: Path, reply: Reply, kind: str, *, taken: bool
) -> None:
    """A full queue and a refusal took nothing; after what is no answer nobody knows."""
    where, _ = account(GOOGLE, tmp_path, reply)
    error = fails(API.submit(where, parcel(tmp_path, LINE), None))
    assert (error.failure.kind, error.taken) == (kind, taken)


def test_a_file_that_is_gone_is_no_refused_key(tmp_path: Path) -> None:
    """Google answers 403 for a file that it has deleted, after 48 hours; any other 403 is about the account."""
    words = "You do not have permission to access the File abc or it may not exist."
    denied = {"code": 403, "message": words, "status": "PERMISSION_DENIED"}
    where, _ = account(GOOGLE, tmp_path, said({"error": denied}, 403), said({"error": denied | {"message": "no"}}, 403))
    lost = fails(API.submit(where, parcel(tmp_path, LINE), "files/abc"))
    assert (lost.failure.kind, lost.failure.status, lost.taken) == (FailureKind.REQUEST, 404, False)
    assert lost.failure.message == words
    refused = fails(API.submit(where, parcel(tmp_path, LINE), "files/abc"))
    assert (refused.failure.kind, refused.failure.status) == (FailureKind.ACCOUNT, 403)


def test_a_batch_is_found_by_its_name(tmp_path: Path) -> None:
    """All pages are looked through, as nothing says in which order they come; the last may be empty."""
    other, ours = job(name="batches/1", displayName="another"), job(name="batches/2")
    pages = [
        said({"operations": [other], "nextPageToken": "p 2"}),
        said({"operations": [ours, {"metadata": {"displayName": "run-1-batch-1"}}], "nextPageToken": "p3"}),
        said({}),
    ]
    where, script = account(GOOGLE, tmp_path, *pages)
    found = done(API.find(where, "run-1-batch-1", SINCE + timedelta(days=1), 99))
    assert [(each.name, each.tag) for each in found] == [("batches/2", "run-1-batch-1")]
    assert [asked.path for asked in script.asked] == [
        "/batches?pageSize=50",
        "/batches?pageSize=50&pageToken=p+2",
        "/batches?pageSize=50&pageToken=p3",
    ]


@pytest.mark.parametrize(
    "reply", [said("{"), said("[]"), said({"error": {"code": 500, "message": "x"}}), said({"a": 1})]
)
def test_only_a_list_that_can_be_read_says_that_there_is_none(tmp_path: Path, reply: Reply) -> None:
    """An account without batches has an empty one; anything else would have a batch submitted twice."""
    where, _ = account(GOOGLE, tmp_path, said({}), said({"operations": []}), reply)
    assert done(API.find(where, "t", SINCE, 1)) == ()
    assert done(API.find(where, "t", SINCE, 1)) == ()
    assert fails(API.find(where, "t", SINCE, 1)).taken


def test_a_list_without_an_end_says_nothing(tmp_path: Path) -> None:
    """Nobody knows then whether a batch is there."""
    where, script = account(GOOGLE, tmp_path, *[said({"operations": [], "nextPageToken": "again"})] * 1_000)
    error = fails(API.find(where, "t", SINCE, 1))
    assert error.failure.message == "the answer cannot be read: more than 1,000 pages of batches"
    assert (error.taken, len(script.asked)) == (True, 1_000)


def test_a_status_is_told_whole(tmp_path: Path) -> None:
    """Where its answers are, how many failed, and that the emulator said so."""
    stats = {"requestCount": "2", "successfulRequestCount": "1", "failedRequestCount": "1"}
    ended = job("BATCH_STATE_SUCCEEDED", batchStats=stats, output={"responsesFile": "files/batch-1"}) | {"done": True}
    where, script = account(GOOGLE, tmp_path, said(ended, x_modelroute_emulated="1"))
    found = done(API.status(where, "batches/1"))
    assert script.asked[0].path == "/batches/1"
    assert found == BatchStatus(
        name="batches/1",
        phase=BatchPhase.ENDED,
        created_at=SINCE + timedelta(seconds=5, microseconds=123456),
        tag="run-1-batch-1",
        requests=2,
        done=2,
        failed=1,
        results=("files/batch-1",),
        emulated=True,
    )


def test_a_refused_batch_says_why(tmp_path: Path) -> None:
    """In Google's words, without the key."""
    where, _ = account(GOOGLE, tmp_path, GONE)
    refused = job("BATCH_STATE_FAILED") | {
        "done": True,
        "error": {"code": 3, "message": f"bad line 7, key {where.key}"},
    }
    where, _ = account(GOOGLE, tmp_path, said(refused))
    found = done(API.status(where, "batches/1"))
    assert found is not None
    assert (found.phase, found.message) == (BatchPhase.REFUSED, "bad line 7, key [hidden]")


def test_a_batch_that_is_gone(tmp_path: Path) -> None:
    """404 is no batch, to whoever looks at it or cancels it; any other failure is one."""
    where, _ = account(GOOGLE, tmp_path, GONE, GONE, said("oops", 502), said("oops", 502))
    assert done(API.status(where, "batches/1")) is None
    assert done(API.cancel(where, "batches/1")) is None
    assert fails(API.status(where, "batches/1")).failure.kind is FailureKind.TRANSIENT
    assert fails(API.cancel(where, "batches/1")).failure.kind is FailureKind.TRANSIENT


def test_cancelling(tmp_path: Path) -> None:
    """The answer says nothing, so it is looked at; one that has ended refuses, and is told as it stands."""
    refused = said({"error": {"code": 400, "message": "it has ended", "status": "FAILED_PRECONDITION"}}, 400)
    ended = said(job("BATCH_STATE_CANCELLED") | {"done": True})
    where, script = account(GOOGLE, tmp_path, said({}), said(job("BATCH_STATE_CANCELLING")), refused, ended)
    first, second = done(API.cancel(where, "batches/1")), done(API.cancel(where, "batches/1"))
    assert first is not None
    assert second is not None
    assert (first.phase, second.phase) == (BatchPhase.CANCELLING, BatchPhase.ENDED)
    assert [(asked.method, asked.path) for asked in script.asked] == [
        ("POST", "/batches/1:cancel"),
        ("GET", "/batches/1"),
        ("POST", "/batches/1:cancel"),
        ("GET", "/batches/1"),
    ]


def test_the_lines_of_a_file_are_collected(tmp_path: Path) -> None:
    """Every line that can be read comes, in any order; broken ones are left out, and no file stays."""
    rows = [
        {"key": "b", "response": ANSWER},
        b'{"key": "cut',
        {"key": "a", "error": {"code": 13, "message": "x"}},
        {"key": "c", "error": {"code": 1}},
        {"response": ANSWER},
        {"key": "b", "response": ANSWER},
    ]
    where, script = account(GOOGLE, tmp_path, said(jsonl(rows), x_modelroute_emulated="1"))
    found = collected(API.results(where, status("files/batch-1")))
    address = "https://generativelanguage.googleapis.com/download/v1beta/files/batch-1:download?alt=media"
    assert script.asked[0].path == address
    served, cancelled = LineEnd.SERVED, LineEnd.CANCELLED
    assert [(each.custom_id, each.end) for each in found] == [
        ("b", served),
        ("a", served),
        ("c", cancelled),
        ("b", served),
    ]
    answers = [each.response for each in found if each.response is not None]
    assert [answer.status for answer in answers] == [200, 500, 200]
    assert all(answer.headers == {"x-modelroute-emulated": "1"} for answer in answers)
    assert is_empty(tmp_path)


def test_a_file_is_looked_for_at_both_addresses(tmp_path: Path) -> None:
    """The guide has one, the SDK the other; what neither knows is gone, and any other failure ends it at once."""
    content = said(jsonl([{"key": "a", "response": ANSWER}]))
    where, script = account(GOOGLE, tmp_path, GONE, content, GONE, GONE, said("oops", 500))
    assert [each.custom_id for each in collected(API.results(where, status("batch-1")))] == ["a"]
    assert script.asked[1].path == "/files/batch-1:download?alt=media"

    async def first() -> None:
        await anext(API.results(where, status("files/batch-1")))

    assert fails(first()).failure.status == 404
    assert fails(first()).failure.status == 500
    assert is_empty(tmp_path)


def test_answers_within_the_batch_are_collected(tmp_path: Path) -> None:
    """They are read from the batch itself, asked for anew; those without a key stay missing."""
    rows = [
        {"response": ANSWER, "metadata": {"key": "a"}},
        {"response": ANSWER},
        {"error": {"code": 3}, "metadata": {"key": "b"}},
    ]
    ended = job("BATCH_STATE_SUCCEEDED", output={"inlinedResponses": {"inlinedResponses": rows}})
    where, script = account(GOOGLE, tmp_path, said(ended), said(ended))
    known = done(API.status(where, "batches/1"))
    assert known is not None
    assert (known.phase, known.results) == (BatchPhase.ENDED, ("batches/1",))
    found = collected(API.results(where, known))
    assert [(each.custom_id, each.end) for each in found] == [("a", LineEnd.SERVED), ("b", LineEnd.SERVED)]
    assert [asked.path for asked in script.asked] == ["/batches/1", "/batches/1"]


def test_a_name_is_one_part_of_an_address(tmp_path: Path) -> None:
    """Whatever it holds."""
    where, script = account(GOOGLE, tmp_path, GONE)
    done(API.status(where, "batches/../models?x"))
    assert script.asked[0].path == "/batches/..%2Fmodels%3Fx"
