"""OpenAI's own SDK as the judge of background windows: its types know all we send, and read what we read."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from openai.types.responses import Response
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from pydantic import TypeAdapter
from support.asked import EVERYTHING, requests
from support.batch_wire import CREATED, account, done, parcel, said
from support.calls import OPENAI, make_call, make_card
from support.openapi import known_fields, problems

from modelroute_cli.base.schema import Modality, Request
from modelroute_cli.providers.batch import BatchPhase
from modelroute_cli.providers.batches.background import BackgroundResponses

API = BackgroundResponses("2h")
PARAMS = TypeAdapter(ResponseCreateParamsNonStreaming)
NEWER = {"background_options"}  # than the document, which is of August 2026
SILENT = EVERYTHING - {Modality.AUDIO}


def drained(value: object) -> object:
    """Pydantic checks `Iterable` fields only when they are walked through."""
    if isinstance(value, Mapping):
        return {key: drained(inner) for key, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [drained(inner) for inner in value]
    return value


def sent(folder: Path, request: Request | None = None) -> dict[str, object]:
    """The body that begins a request."""
    line = API.line("run-1-r1", make_call(request, OPENAI, make_card(effort="low")))
    where, script = account(OPENAI, folder, said({"id": "resp_1", "status": "queued"}))
    done(API.submit(where, parcel(folder, line), None))
    read: dict[str, object] = json.loads(script.asked[0].body)
    return read


def response(status: str) -> dict[str, object]:
    """A response with all that OpenAI requires of one."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "background": True,
        "error": {"code": "server_error", "message": "it broke"} if status == "failed" else None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "instructions": None,
        "model": "gpt-6-luna",
        "output": [],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "metadata": {"modelroute": "run-1-batch-1", "custom_id": "run-1-r1"},
    }


@settings(max_examples=40, deadline=None)
@given(requests(carries=SILENT))
def test_the_sdk_s_types_accept_whatever_we_hand_in(
    tmp_path_factory: pytest.TempPathFactory, request_: Request
) -> None:
    """Every field known and of the right type, nothing dropped."""
    body = sent(tmp_path_factory.getbasetemp(), request_)
    assert drained(PARAMS.validate_python(body)) == body


def test_the_document_accepts_it(tmp_path: Path) -> None:
    """But for the window, which is newer, every field is in OpenAI's own document."""
    body = {name: value for name, value in sent(tmp_path).items() if name not in NEWER}
    assert problems("openai", "CreateResponse", body) == []
    assert set(body) <= known_fields("openai", "CreateResponse")


@pytest.mark.parametrize("word", ["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"])
def test_we_read_a_response_as_the_sdk_does(tmp_path: Path, word: str) -> None:
    """Its name, its time, the names we gave it, and whether it is over."""
    body = response(word)
    where, _ = account(OPENAI, tmp_path, said(body))
    ours, theirs = done(API.status(where, "resp_1")), Response.model_validate(body)
    assert ours is not None
    assert theirs.metadata is not None
    assert (ours.name, ours.tag) == (theirs.id, theirs.metadata["modelroute"])
    assert ours.created_at is not None
    assert ours.created_at.timestamp() == theirs.created_at
    assert (ours.phase is BatchPhase.ENDED) == (theirs.status not in {"queued", "in_progress"})
    assert ours.message == (theirs.error.message if theirs.error else "")
