"""Google's own SDK as the judge of our batches: address, key and body of all we send, and what we read of a batch."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from google import genai
from google.genai import types
from pydantic.alias_generators import to_camel
from support.batch_wire import SINCE, account, collected, done, jsonl, parcel, said
from support.calls import make_call
from support.conformance_calls import REQUESTS
from support.gemini_calls import GOOGLE, gemini_card

from modelroute_cli.providers.batch import BatchPhase, BatchStatus, Parcel
from modelroute_cli.providers.batches.gemini import GeminiBatches
from modelroute_cli.providers.gemini.encode import encode

API = GeminiBatches()
UPLOAD = "https://generativelanguage.googleapis.com/upload/v1beta/files?upload_id=xyz"
FILE = {"file": {"name": "files/abc", "mimeType": "application/jsonl", "sizeBytes": "9"}}
ANSWER = {"candidates": [{"content": {"parts": [{"text": "Hi"}], "role": "model"}, "finishReason": "STOP"}]}
ROWS = [
    {"response": ANSWER, "metadata": {"key": "a"}},
    {"error": {"code": 3, "message": "no"}, "metadata": {"key": "b"}},
]


def job(state: str, **fields: object) -> dict[str, Any]:
    """A batch as an operation."""
    metadata = {"displayName": "run-1-batch-1", "createTime": "2026-11-23T12:00:05Z", "state": state, **fields}
    return {"name": "batches/1", "metadata": metadata}


RUNNING = job("JOB_STATE_RUNNING")


class Scripted(httpx.BaseTransport):
    """Keeps what the SDK sends, and gives one answer after the other."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.sent: list[httpx.Request] = []
        self.answers = list(answers)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Note and answer."""
        request.read()
        self.sent.append(request)
        return self.answers.pop(0)


SCRIPTED = Scripted()


@cache
def client() -> genai.Client:
    """The SDK's client at Google's address, on a transport of ours; made once, which takes it a while."""
    base = GOOGLE.base_url.removesuffix("/v1beta")
    options = types.HttpOptions(base_url=base, api_version="v1beta", httpx_client=httpx.Client(transport=SCRIPTED))
    return genai.Client(api_key="no-key", http_options=options)


def sdk(*answers: object) -> tuple[genai.Client, Scripted]:
    """The client, which is told these things in turn."""
    SCRIPTED.sent.clear()
    SCRIPTED.answers[:] = [
        each if isinstance(each, httpx.Response) else httpx.Response(200, json=each) for each in answers
    ]
    return client(), SCRIPTED


def spelled(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """In one spelling: the SDK writes some names with underscores, and Google reads both."""
    if isinstance(value, list):
        return [spelled(each) for each in value]
    if isinstance(value, dict):
        return {to_camel(key): spelled(each) for key, each in value.items()}
    return value


def lines(folder: Path, count: int) -> Parcel:
    """So many requests that want JSON."""
    call = make_call(REQUESTS["schema"], GOOGLE, gemini_card())
    written = [API.line(f"r{place}", call) for place in range(count)]
    return parcel(folder, *written, model="gemini-3.8-flash")


def test_we_submit_within_the_batch_what_the_sdk_submits(tmp_path: Path) -> None:
    """The same address and nesting; keys are metadata of a request there as well."""
    call = make_call(None, GOOGLE, gemini_card())
    one = parcel(tmp_path, API.line("a", call), model="gemini-3.8-flash")
    where, script = account(GOOGLE, tmp_path, said(job("JOB_STATE_PENDING")))
    done(API.submit(where, one, None))
    google, scripted = sdk(job("JOB_STATE_PENDING"))
    body = json.loads(encode(call).body)
    source = types.InlinedRequest(
        contents=[types.Content.model_validate(turn) for turn in body["contents"]],
        config=types.GenerateContentConfig.model_validate(body["generationConfig"]),
        metadata={"key": "a"},
    )
    google.batches.create(
        model="gemini-3.8-flash", src=[source], config=types.CreateBatchJobConfig(display_name="run-1-batch-1")
    )
    (ours,), (theirs,) = script.asked, scripted.sent
    assert f"{GOOGLE.base_url}{ours.path}" == str(theirs.url)
    assert ours.json == spelled(json.loads(theirs.content))


def test_we_upload_as_the_sdk_uploads(tmp_path: Path) -> None:
    """Announced and sent in the same way; then the batch is begun with the file's name."""
    one = lines(tmp_path, 101)
    where, script = account(GOOGLE, tmp_path, said("", x_goog_upload_url=UPLOAD), said(FILE), said(RUNNING))
    file = done(API.upload(where, one))
    done(API.submit(where, one, file))
    started = httpx.Response(200, headers={"x-goog-upload-url": UPLOAD}, json={})
    google, scripted = sdk(started, httpx.Response(200, headers={"x-goog-upload-status": "final"}, json=FILE), RUNNING)
    config = types.UploadFileConfig(mime_type="application/jsonl", display_name=one.tag)
    kept = google.files.upload(file=one.lines, config=config)
    assert kept.name is not None
    begin = types.CreateBatchJobConfig(display_name=one.tag)
    google.batches.create(model="gemini-3.8-flash", src=kept.name, config=begin)
    start, sent, begun = scripted.sent
    assert script.asked[0].path == str(start.url)
    for name in ("protocol", "command", "header-content-length", "header-content-type"):
        assert script.asked[0].headers[f"x-goog-upload-{name}"] == start.headers[f"x-goog-upload-{name}"]
    assert script.asked[0].json["file"].items() <= spelled(json.loads(start.content)["file"]).items()
    assert (script.asked[1].path, script.asked[1].body) == (str(sent.url), sent.content)
    for name in ("command", "offset"):
        assert script.asked[1].headers[f"x-goog-upload-{name}"] == sent.headers[f"x-goog-upload-{name}"]
    assert script.asked[2].json == spelled(json.loads(begun.content))
    assert f"{GOOGLE.base_url}{script.asked[2].path}" == str(begun.url)


def test_we_ask_where_the_sdk_asks(tmp_path: Path) -> None:
    """Looking, stopping, listing; a file is asked for at the guide's address first, at the SDK's second."""
    gone, content = said({"error": {"code": 404}}, 404), said(jsonl([{"key": "a", "response": ANSWER}]))
    where, script = account(GOOGLE, tmp_path, said(RUNNING), said({}), said(RUNNING), said({}), gone, content)
    done(API.status(where, "batches/1"))
    done(API.cancel(where, "batches/1"))
    done(API.find(where, "t", SINCE, 1))
    collected(API.results(where, BatchStatus(name="batches/1", phase=BatchPhase.ENDED, results=("files/f1",))))
    google, scripted = sdk(RUNNING, {}, {}, httpx.Response(200, content=content.body))
    google.batches.get(name="batches/1")
    google.batches.cancel(name="batches/1")
    list(google.batches.list(config=types.ListBatchJobsConfig(page_size=50)))
    assert google.files.download(file="files/f1") == content.body
    ours = [
        asked for place, asked in enumerate(script.asked) if place not in {2, 4}
    ]  # a look after stopping, the guide
    assert [(asked.method, f"{GOOGLE.base_url}{asked.path}") for asked in ours] == [
        (request.method, str(request.url)) for request in scripted.sent
    ]


@pytest.mark.parametrize("prefix", ["JOB_STATE_", "BATCH_STATE_"])
@pytest.mark.parametrize("state", ["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"])
def test_we_read_a_batch_as_the_sdk_does(tmp_path: Path, prefix: str, state: str) -> None:
    """Its name, what it is called, when it was made, and whether it is over."""
    body = job(prefix + state, output={"responsesFile": "files/f1"} if state == "SUCCEEDED" else None)
    where, _ = account(GOOGLE, tmp_path, said(body))
    google, _ = sdk(body)
    ours, theirs = done(API.status(where, "batches/1")), google.batches.get(name="batches/1")
    assert ours is not None
    assert (ours.name, ours.tag, ours.created_at) == (theirs.name, theirs.display_name, theirs.create_time)
    assert (ours.phase is BatchPhase.ENDED) == theirs.done
    assert ours.results == ((theirs.dest.file_name,) if theirs.dest and theirs.dest.file_name else ())


def test_we_read_answers_within_a_batch_as_the_sdk_does(tmp_path: Path) -> None:
    """Each with its key, answered or not."""
    body = job("JOB_STATE_SUCCEEDED", output={"inlinedResponses": {"inlinedResponses": ROWS}})
    where, _ = account(GOOGLE, tmp_path, said(body), said(body))
    known = done(API.status(where, "batches/1"))
    assert known is not None
    google, _ = sdk(body)
    dest = google.batches.get(name="batches/1").dest
    assert dest is not None
    theirs = [(each.metadata, each.response is not None) for each in dest.inlined_responses or []]
    ours = collected(API.results(where, known))
    assert [
        ({"key": each.custom_id}, each.response is not None and each.response.status == 200) for each in ours
    ] == theirs
