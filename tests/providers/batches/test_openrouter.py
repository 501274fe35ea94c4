"""Tests of modelroute_cli.providers.batches.openrouter."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from support.batch_objects import openrouter_batch as batch
from support.batch_wire import CREATED, SINCE, account, collected, done, fails, is_empty, parcel, said
from support.calls import OPENROUTER, answered, make_call, make_card

from modelroute_cli.base.schema import Request
from modelroute_cli.providers.base import FailureKind, TransportError, UnsendableError
from modelroute_cli.providers.batch import BatchError, BatchPhase, BatchStatus, LineEnd
from modelroute_cli.providers.batches.openrouter import OpenRouterBatches
from modelroute_cli.providers.openai_chat import OpenAIChat

API = OpenRouterBatches()
MODEL = "openai/gpt-6-luna"
PICTURE = "data:image/png;base64,iVBORw0KGgo="


def result(custom_id: str, **fields: object) -> dict[str, Any]:
    """One answer inside a batch."""
    body = {
        "id": "gen-1",
        "model": MODEL,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Fine."}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11, "cost": 0.000001},
    }
    response = {"status_code": 200, "request_id": "req-1", "body": body}
    return {"id": "x", "custom_id": custom_id, "error": None, "response": response, **fields}


def status_of(folder: Path, **fields: object) -> BatchStatus:
    """How a batch object is read."""
    made, _ = account(OPENROUTER, folder, said(batch(**fields)))
    found = done(API.status(made, "batch-1"))
    assert found is not None
    return found


def test_a_line_leaves_model_and_routing_to_the_batch() -> None:
    """A body that names another model is refused there, and `provider` is read at the batch alone."""
    routed = replace(OPENROUTER, extra_body={"provider": {"only": ["openai"]}, "plugins": []})
    assert json.loads(API.line("r-1", make_call(provider=routed, card=make_card(MODEL)))) == {
        "custom_id": "r-1",
        "body": {"plugins": [], "messages": [{"role": "user", "content": "Write one headline."}], "max_tokens": 700},
    }


@pytest.mark.parametrize("field", ["zdr", "data_collection", "order", "max_price"])
def test_a_routing_that_a_batch_would_lose_is_refused(field: str) -> None:
    """What the user asked for about data or price is never dropped without a word."""
    routed = replace(OPENROUTER, extra_body={"provider": {"only": ["openai"], field: True}})
    with pytest.raises(UnsendableError) as caught:
        API.line("r-1", make_call(provider=routed))
    assert caught.value.message == f"request `r1`: a batch there takes no `provider.{field}`"


def test_pictures_go_by_their_address_alone() -> None:
    """Content inside the request is refused there."""
    linked = Request(custom_id="r1", prompt="What is it?", images=("https://acme.com/a.png",))
    assert b"https://acme.com/a.png" in API.line("r-1", make_call(linked, provider=OPENROUTER))
    inline = Request(custom_id="r1", prompt="What is it?", images=(PICTURE,))
    with pytest.raises(UnsendableError) as caught:
        API.line("r-1", make_call(inline, provider=OPENROUTER))
    assert caught.value.message == "request `r1`: a batch there takes pictures and files by their address alone"


def test_nothing_is_uploaded(tmp_path: Path) -> None:
    """The submission carries the lines."""
    made, script = account(OPENROUTER, tmp_path)
    assert done(API.upload(made, parcel(tmp_path, b"{}"))) is None
    assert script.asked == []


def test_the_requests_come_last(tmp_path: Path) -> None:
    """The body is read as it comes: what follows the requests is not seen."""
    routed = replace(OPENROUTER, extra_body={"provider": {"only": ["openai"], "allow_fallbacks": False}})
    made, script = account(routed, tmp_path, said(batch(status="validating"), 202))
    sent = parcel(tmp_path, b'{"custom_id":"a","body":{}}', b'{"custom_id":"b","body":{}}', model=MODEL)
    status = done(API.submit(made, sent, None))
    (asked,) = script.asked
    assert (asked.method, asked.path, asked.headers["content-type"]) == ("POST", "/batches", "application/json")
    assert asked.body == (
        b'{"endpoint":"/v1/chat/completions","model":"openai/gpt-6-luna","completion_window":"24h",'
        b'"provider":{"only":["openai"],"allow_fallbacks":false},'
        b'"requests":[{"custom_id":"a","body":{}},{"custom_id":"b","body":{}}]}'
    )
    assert (status.name, status.phase, status.tag) == ("batch-1", BatchPhase.WAITING, None)


@pytest.mark.parametrize("code", [400, 404, 422])
def test_a_model_that_is_refused_plainly_is_tried_by_its_name_for_batches(tmp_path: Path, code: int) -> None:
    """Both names have been seen to be the one that is taken; nothing was begun by the first."""
    refusal = said({"error": {"code": code, "message": f"Model {MODEL} has no batch endpoint"}}, code)
    made, script = account(OPENROUTER, tmp_path, refusal, said(batch(), 202))
    assert done(API.submit(made, parcel(tmp_path, b"{}", model=MODEL), None)).name == "batch-1"
    assert [asked.json["model"] for asked in script.asked] == [MODEL, f"{MODEL}:batch"]


@pytest.mark.parametrize(
    "reply",
    [
        said({"error": {"code": 400, "message": "requests must not be empty"}}, 400),
        said({"error": {"code": 402, "message": "No credits for this model"}}, 402),
        said({"error": {"code": 429, "message": "model is busy"}}, 429),
        said({"error": {"code": 500, "message": "model failed"}}, 500),
        TransportError("no complete answer", sent=True),
        TransportError("no connection", sent=False),
    ],
)
def test_any_other_failure_is_not_tried_again(tmp_path: Path, reply: Any) -> None:  # noqa: ANN401 - a reply
    """Above all none that may have been taken."""
    made, script = account(OPENROUTER, tmp_path, reply)
    fails(API.submit(made, parcel(tmp_path, b"{}", model=MODEL), None))
    assert len(script.asked) == 1


def test_a_card_of_the_variant_is_not_named_twice(tmp_path: Path) -> None:
    """`:batch:batch` is no model."""
    made, script = account(OPENROUTER, tmp_path, said({"error": {"message": "no such model"}}, 404), said(batch()))
    done(API.submit(made, parcel(tmp_path, b"{}", model=f"{MODEL}:batch"), None))
    assert [asked.json["model"] for asked in script.asked] == [MODEL, f"{MODEL}:batch"]


@pytest.mark.parametrize(
    ("word", "phase", "results"),
    [
        ("validating", BatchPhase.WAITING, ()),
        ("in_progress", BatchPhase.RUNNING, ()),
        ("finalizing", BatchPhase.FINALIZING, ()),
        ("cancelling", BatchPhase.CANCELLING, ()),
        ("completed", BatchPhase.ENDED, ("batch-1",)),
        ("expired", BatchPhase.ENDED, ("batch-1",)),
        ("cancelled", BatchPhase.ENDED, ("batch-1",)),
    ],
)
def test_each_word_is_a_phase(tmp_path: Path, word: str, phase: BatchPhase, results: tuple[str, ...]) -> None:
    """The answers are in the batch itself once it has ended."""
    status = status_of(tmp_path, status=word)
    assert (status.phase, status.results, status.requests, status.done) == (phase, results, 2, 1)
    assert is_empty(tmp_path)


def test_a_failed_batch_was_refused_unless_something_is_in_it(tmp_path: Path) -> None:
    """A look at a batch is no error, though it names one."""
    counts = {"total": 2, "completed": 0, "failed": 0}
    refused = status_of(tmp_path, status="failed", error={"message": "line 2: no such field"}, request_counts=counts)
    assert (refused.phase, refused.message, refused.results) == (BatchPhase.REFUSED, "line 2: no such field", ())
    did = status_of(tmp_path, status="failed", request_counts=counts, results=[result("r1")])
    assert did.phase is BatchPhase.ENDED
    assert status_of(tmp_path, status="failed", request_counts=counts, results=[]).phase is BatchPhase.REFUSED


def test_a_batch_that_is_gone_is_none(tmp_path: Path) -> None:
    """Somebody has deleted it."""
    made, _ = account(OPENROUTER, tmp_path, said({"error": {"code": 404, "message": "Not found"}}, 404))
    assert done(API.status(made, "batch-1")) is None


@pytest.mark.parametrize("reply", [said(""), said("garbage"), said('{"id":"b","results":[{"a"'), said({"x": 1})])
def test_a_status_that_cannot_be_read_is_an_error(tmp_path: Path, reply: Any) -> None:  # noqa: ANN401 - a reply
    """It is asked for again, and nothing stays on the disk."""
    made, _ = account(OPENROUTER, tmp_path, reply)
    assert fails(API.status(made, "batch-1")).failure.kind is FailureKind.MALFORMED
    assert is_empty(tmp_path)


def test_nothing_is_ever_deleted(tmp_path: Path) -> None:
    """DELETE would take the answers with it; a cancel is a look."""
    made, script = account(OPENROUTER, tmp_path, said(batch()))
    status = done(API.cancel(made, "batch-1"))
    assert status is not None
    assert status.phase is BatchPhase.RUNNING
    assert [asked.method for asked in script.asked] == ["GET"]


def test_candidates_are_those_of_that_time_and_size(tmp_path: Path) -> None:
    """No name is kept: their results say whose they are. One that is not counted yet may be ours."""
    data = [
        batch(id="same"),
        batch(id="other", request_counts={"total": 9, "completed": 0, "failed": 0}),
        batch(id="uncounted", request_counts={"total": 0, "completed": 0, "failed": 0}),
        batch(id="old", created_at=CREATED - 90_000),
    ]
    made, _ = account(OPENROUTER, tmp_path, said({"object": "list", "data": data, "has_more": False}))
    assert [each.name for each in done(API.find(made, "run-1-batch-1", SINCE, 2))] == ["same", "uncounted"]


def test_candidates_are_looked_for_over_pages(tmp_path: Path) -> None:
    """After the last of each page."""
    made, script = account(
        OPENROUTER,
        tmp_path,
        said({"data": [batch(id="a")], "has_more": True, "last_id": "a"}),
        said({"data": [batch(id="b")], "has_more": False}),
    )
    assert [each.name for each in done(API.find(made, "tag", SINCE, 2))] == ["a", "b"]
    assert [asked.path for asked in script.asked] == ["/batches?limit=100", "/batches?limit=100&after=a"]


def test_results_are_inside_the_batch(tmp_path: Path) -> None:
    """Each with its own cost, which the ordinary wire format reads."""
    error = {"message": "bad field", "type": "invalid_request_error", "param": "x", "error_type": "invalid_request"}
    rows = [result("r1"), 7, result("r2", response=None, error=error), result("r1")]
    body = batch(status="completed", results=rows)
    made, script = account(OPENROUTER, tmp_path, said(body, x_modelroute_emulated="1"))
    lines = collected(API.results(made, BatchStatus(name="batch-1", phase=BatchPhase.ENDED, results=("batch-1",))))
    assert [(line.custom_id, line.end) for line in lines] == [(name, LineEnd.SERVED) for name in ("r1", "r2", "r1")]
    assert lines[0].response is not None
    answer = answered(OpenAIChat().decode(lines[0].response, make_call(provider=OPENROUTER)))
    assert (answer.text, answer.reported_cost_pusd, answer.emulated) == ("Fine.", 1_000_000, True)
    assert [asked.path for asked in script.asked] == ["/batches/batch-1"]
    assert is_empty(tmp_path)


def test_results_that_break_off_are_an_error_after_what_was_read(tmp_path: Path) -> None:
    """What is missing is asked for again."""
    whole = json.dumps(batch(status="completed", results=[result("r1"), result("r2")]))
    made, _ = account(OPENROUTER, tmp_path, said(whole[: whole.rindex("gen-1")]))
    names: list[str] = []

    async def collect() -> None:
        async for line in API.results(made, BatchStatus(name="batch-1", phase=BatchPhase.ENDED)):
            names.append(line.custom_id)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(BatchError, match="a list that has no end"):
        asyncio.run(collect())
    assert names == ["r1"]
    assert is_empty(tmp_path)


SHAPES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([name for name in batch() if name != "id"]), SHAPES))
def test_no_shape_of_a_batch_is_an_exception(tmp_path: Path, fields: dict[str, Any]) -> None:
    """What is not understood is unknown."""
    assert status_of(tmp_path, **fields).name == "batch-1"
