"""Anthropic's own SDK as the judge of our batches: it asks at the same addresses, and its types know all we send."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse
from anthropic.types.messages.batch_create_params import BatchCreateParams
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from support.asked import requests
from support.batch_wire import SINCE, account, collected, done, jsonl, parcel, said
from support.claude import ANTHROPIC, CLAUDES, ask, claude

from modelroute_cli.base.schema import Modality, Request
from modelroute_cli.providers.batch import BatchPhase, BatchStatus, LineEnd
from modelroute_cli.providers.batches.anthropic import AnthropicBatches

API = AnthropicBatches()
PARAMS = TypeAdapter(BatchCreateParams)
ADDRESS = "https://api.anthropic.com/v1/messages/batches/msgbatch_1/results"
COUNTS = {"processing": 0, "succeeded": 1, "errored": 1, "canceled": 1, "expired": 1}
BATCH = {
    "id": "msgbatch_1",
    "type": "message_batch",
    "processing_status": "ended",
    "request_counts": COUNTS,
    "created_at": "2026-11-23T12:00:05.123456Z",
    "expires_at": "2026-11-24T12:00:05.123456Z",
    "ended_at": "2026-11-23T12:30:00Z",
    "cancel_initiated_at": None,
    "archived_at": None,
    "results_url": ADDRESS,
}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-haiku-5-5",
    "content": [{"type": "text", "text": "Hello"}],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 9, "output_tokens": 3, "service_tier": "batch"},
}
ERROR = {"type": "error", "error": {"type": "invalid_request_error", "message": "no"}, "request_id": "req_1"}
RESULTS = [
    {"custom_id": "a", "result": {"type": "succeeded", "message": MESSAGE}},
    {"custom_id": "b", "result": {"type": "errored", "error": ERROR}},
    {"custom_id": "c", "result": {"type": "canceled"}},
    {"custom_id": "d", "result": {"type": "expired"}},
]


class Noting(httpx2.BaseTransport):
    """Keeps what the SDK sends, and answers with an ended batch, or with its results."""

    def __init__(self) -> None:
        self.sent: list[httpx2.Request] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Note and answer."""
        self.sent.append(request)
        if request.url.path.endswith("/results"):
            return httpx2.Response(200, content=jsonl(RESULTS))
        is_list = request.url.path.endswith("batches") and request.method == "GET"
        return httpx2.Response(200, json={"data": [], "has_more": False} if is_list else BATCH)


def sdk() -> tuple[anthropic.Anthropic, Noting]:
    """The SDK's client on a transport of ours."""
    noting = Noting()
    made = anthropic.Anthropic(api_key="none", http_client=httpx2.Client(transport=noting), max_retries=0)
    return made, noting


def drained(value: object) -> object:
    """Pydantic checks `Iterable` fields only when they are walked through."""
    if isinstance(value, Mapping):
        return {key: drained(inner) for key, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [drained(inner) for inner in value]
    return value


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(requests(carries=frozenset({Modality.IMAGE, Modality.FILE})), min_size=1, max_size=3),
    st.sampled_from(CLAUDES),
)
def test_the_sdk_s_types_accept_whatever_we_hand_in(asked: list[Request], name: str) -> None:
    """Every line is a request of the SDK's own type, nothing dropped."""
    lines = [API.line(f"r{place}", ask(request, claude(name))) for place, request in enumerate(asked)]
    sent: dict[str, Any] = {"requests": [json.loads(line) for line in lines]}
    assert drained(PARAMS.validate_python(sent)) == sent


def test_we_submit_what_the_sdk_submits(tmp_path: Path) -> None:
    """The same address and body for the same requests."""
    lines = [API.line("a", ask()), API.line("b", ask(card=claude("claude-sonnet-5-5")))]
    where, script = account(ANTHROPIC, tmp_path, said(BATCH))
    done(API.submit(where, parcel(tmp_path, *lines), None))
    client, noting = sdk()
    client.messages.batches.create(requests=[json.loads(line) for line in lines])
    (ours,), (theirs,) = script.asked, noting.sent
    assert f"{ANTHROPIC.base_url}{ours.path}" == str(theirs.url)
    assert ours.json == json.loads(theirs.content)
    assert ours.headers["anthropic-version"] == theirs.headers["anthropic-version"]
    assert ours.headers["content-type"] == theirs.headers["content-type"]


def test_we_ask_where_the_sdk_asks(tmp_path: Path) -> None:
    """Looking, stopping, listing and collecting: the same method and address for each."""
    listed = said({"data": [BATCH], "has_more": True}), said({"data": [], "has_more": False})
    where, script = account(ANTHROPIC, tmp_path, said(BATCH), said(BATCH), *listed, said(jsonl(RESULTS)))
    status = done(API.status(where, "msgbatch_1"))
    assert status is not None
    done(API.cancel(where, "msgbatch_1"))
    done(API.find(where, "t", SINCE, 4))
    collected(API.results(where, status))
    client, noting = sdk()
    client.messages.batches.retrieve("msgbatch_1")
    client.messages.batches.cancel("msgbatch_1")
    client.messages.batches.list(limit=1000)
    client.messages.batches.list(limit=1000, after_id="msgbatch_1")
    list(client.messages.batches.results("msgbatch_1"))
    theirs = [
        (request.method, request.url.path, dict(request.url.params))
        for place, request in enumerate(noting.sent)
        if place != 4  # before it collects, the SDK looks where the results are
    ]
    ours = [(asked.method, httpx2.URL(f"{ANTHROPIC.base_url}{asked.path}")) for asked in script.asked]
    assert [(method, url.path, dict(url.params)) for method, url in ours] == theirs
    assert script.asked[-1].headers["accept"] == noting.sent[-1].headers["accept"]


@pytest.mark.parametrize("word", ["in_progress", "canceling", "ended"])
def test_we_read_a_batch_as_the_sdk_does(tmp_path: Path, word: str) -> None:
    """Name, time, number and where the results are."""
    body = {**BATCH, "processing_status": word}
    where, _ = account(ANTHROPIC, tmp_path, said(body))
    ours, theirs = done(API.status(where, "msgbatch_1")), MessageBatch.model_validate(body)
    assert ours is not None
    assert (ours.name, ours.created_at) == (theirs.id, theirs.created_at)
    assert ours.requests == sum(theirs.request_counts.model_dump().values())
    assert (ours.phase is BatchPhase.ENDED) == (theirs.processing_status == "ended")


def test_we_read_results_as_the_sdk_does(tmp_path: Path) -> None:
    """Every kind of result is of the SDK's own type, and means the same to us."""
    known = BatchStatus(name="msgbatch_1", phase=BatchPhase.ENDED, results=(ADDRESS,))
    where, _ = account(ANTHROPIC, tmp_path, said(jsonl(RESULTS)))
    theirs = [MessageBatchIndividualResponse.model_validate(row) for row in RESULTS]
    ends = {
        "succeeded": LineEnd.SERVED,
        "errored": LineEnd.SERVED,
        "canceled": LineEnd.CANCELLED,
        "expired": LineEnd.EXPIRED,
    }
    found = [(each.custom_id, each.end) for each in collected(API.results(where, known))]
    assert found == [(each.custom_id, ends[each.result.type]) for each in theirs]
