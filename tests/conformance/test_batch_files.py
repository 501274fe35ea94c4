"""Official types and documents as judges of what is handed in, and of the batch objects that our tests are made of."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from openai.types import Batch, FileObject
from openai.types.batch_create_params import BatchCreateParams
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openai.types.file_create_params import FileCreateParams
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from pydantic import TypeAdapter, ValidationError
from support.asked import EVERYTHING, requests
from support.batch_objects import openai_batch
from support.batch_wire import Asked, account, done, parcel, said
from support.calls import OPENAI, OPENROUTER, make_call, make_card
from support.openapi import known_fields, problems

from modelroute_cli.base.schema import Modality, Request, ServiceTier
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.providers.base import UnsendableError
from modelroute_cli.providers.batch import BatchApi
from modelroute_cli.providers.batches.mistral import MistralJobs
from modelroute_cli.providers.batches.openai import OpenAIBatches
from modelroute_cli.providers.batches.openrouter import OpenRouterBatches

CREATE = TypeAdapter(BatchCreateParams)
BODIES: dict[str, TypeAdapter[Any]] = {
    "openai_chat": TypeAdapter(CompletionCreateParamsNonStreaming),
    "openai_responses": TypeAdapter(ResponseCreateParamsNonStreaming),
}
DOCUMENTED = {"openai_chat": "CreateChatCompletionRequest", "openai_responses": "CreateResponse"}
TIERED = msgspec.structs.replace(OPENAI, seed_field="seed", tiers={ServiceTier.FLEX: TierTerms(window_s=900)})
SILENT = EVERYTHING - {Modality.AUDIO}
ENDS = ("validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling", "cancelled")


def line_of(api: BatchApi, request: Request, provider: Provider, model: str = "gpt-6-luna") -> dict[str, Any]:
    """The line of a request, which is one line."""
    call = replace(make_call(request, provider, make_card(model)), service_tier="batch")
    written = api.line("row-1", call)
    assert b"\n" not in written
    line: dict[str, Any] = json.loads(written)
    return line


def submitted(api: BatchApi, provider: Provider, folder: Path, answer: dict[str, Any]) -> Asked:
    """What begins a batch."""
    made, script = account(provider, folder, said(answer))
    done(api.submit(made, parcel(folder, b'{"custom_id":"a","body":{}}'), "file-1"))
    return script.asked[0]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(requests(carries=SILENT, linked_files=False))
@pytest.mark.parametrize("form", BODIES)
def test_every_line_is_one_that_openai_documents(form: str, request_made: Request) -> None:
    """Its four fields, and a body that official types and the document accept, without a field they do not name."""
    provider = msgspec.structs.replace(TIERED, format=form)
    line = line_of(OpenAIBatches(), request_made, provider)
    assert set(line) == {"custom_id", "method", "url", "body"}
    assert line["url"] in {"/v1/chat/completions", "/v1/responses"}
    BODIES[form].validate_python(line["body"])
    assert {"service_tier", "stream", "background"}.isdisjoint(line["body"])
    assert problems("openai", DOCUMENTED[form], line["body"]) == []
    assert set(line["body"]) <= known_fields("openai", DOCUMENTED[form])


@pytest.mark.parametrize("form", BODIES)
def test_the_types_accept_how_a_batch_begins(form: str, tmp_path: Path) -> None:
    """Nothing in it but what the SDK knows."""
    provider = msgspec.structs.replace(TIERED, format=form)
    body = submitted(OpenAIBatches(), provider, tmp_path, openai_batch()).json
    CREATE.validate_python(body)
    assert set(body) <= set(BatchCreateParams.__annotations__)
    assert known_fields("openai", "CreateBatchRequest") == set() or problems("openai", "CreateBatchRequest", body) == []


def test_the_types_would_notice() -> None:
    """A body that is wrong is refused: the check can fail."""
    with pytest.raises(ValidationError):
        CREATE.validate_python({"completion_window": "48h", "endpoint": "/v1/chat/completions", "input_file_id": "f"})
    with pytest.raises(ValidationError):
        CREATE.validate_python({"completion_window": "24h", "endpoint": "/v1/nothing", "input_file_id": "f"})


@pytest.mark.parametrize("word", ENDS)
def test_the_batch_objects_of_our_tests_are_openais(word: str) -> None:
    """What is read from them is read from true ones: the SDK's model and the document accept them."""
    errors = {"object": "list", "data": [{"code": "x", "line": 2, "message": "bad", "param": None}]}
    made = openai_batch(status=word, output_file_id="out", error_file_id="err", errors=errors)
    assert Batch.model_validate(made, strict=True).status == word
    assert set(made) <= set(Batch.model_fields)
    assert problems("openai", "Batch", made) == []


def test_every_word_of_a_status_is_known() -> None:
    """A new one in the SDK shows here."""
    annotation = Batch.model_fields["status"].annotation
    assert annotation is not None
    assert set(annotation.__args__) == set(ENDS)


def test_an_upload_has_the_two_fields_of_the_form(tmp_path: Path) -> None:
    """And a file object is what comes back."""
    file = {
        "id": "file-1",
        "object": "file",
        "bytes": 3,
        "created_at": 1,
        "filename": "run-1-batch-1.jsonl",
        "purpose": "batch",
        "status": "processed",
    }
    FileObject.model_validate(file, strict=True)
    made, script = account(OPENAI, tmp_path, said(file))
    assert done(OpenAIBatches().upload(made, parcel(tmp_path, b"{}"))) == "file-1"
    for name in ("purpose", "file"):
        assert f'name="{name}"'.encode() in script.asked[0].body
        assert name in FileCreateParams.__annotations__


def test_groqs_batch_begins_with_fields_that_its_sdk_knows(tmp_path: Path) -> None:
    """As of 1.7, types/batch_create_params: these four, one endpoint, windows as text."""
    groq = Provider(name="groq", base_url="https://api.groq.com/openai/v1", batch_api="openai")
    body = submitted(OpenAIBatches(), groq, tmp_path, openai_batch()).json
    assert set(body) == {"input_file_id", "endpoint", "completion_window", "metadata"}
    assert (body["endpoint"], body["completion_window"]) == ("/v1/chat/completions", "24h")
    assert all(isinstance(value, str) for value in body["metadata"].values())


def test_mistrals_job_begins_with_fields_that_its_sdk_knows(tmp_path: Path) -> None:
    """As of 3.7, models/createbatchjobrequest."""
    mistral = Provider(name="mistral", base_url="https://api.mistral.ai/v1", batch_api="mistral")
    body = submitted(MistralJobs(), mistral, tmp_path, {"id": "job-1"}).json
    assert set(body) <= {"endpoint", "input_files", "requests", "model", "agent_id", "metadata", "timeout_hours"}
    assert isinstance(body["input_files"], list)
    assert isinstance(body["timeout_hours"], int)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(requests(carries=SILENT, linked_files=False))
def test_every_line_of_openrouter_is_one_that_it_documents(request_made: Request) -> None:
    """A chat request without its model, which the batch names; what it would refuse is not sent at all."""
    router = msgspec.structs.replace(OPENROUTER, max_tokens_field="max_completion_tokens")
    try:
        line = line_of(OpenRouterBatches(), request_made, router, "openai/gpt-6-luna")
    except UnsendableError as error:
        assert "by their address alone" in error.message  # noqa: PT017 - the one reason there may be
        return
    assert set(line) == {"custom_id", "body"}
    whole = {"model": "openai/gpt-6-luna", **line["body"]}
    assert problems("openrouter", "ChatRequest", whole) == []
    assert b"data:" not in json.dumps(whole["messages"]).encode()


def test_openrouters_submission_has_fields_that_its_sdk_knows_in_their_order(tmp_path: Path) -> None:
    """As of 1.3.84, components/batchsubmitbody; the requests come last."""
    made, script = account(OPENROUTER, tmp_path, said({"id": "b-1"}, 202))
    done(OpenRouterBatches().submit(made, parcel(tmp_path, b'{"custom_id":"a","body":{}}'), None))
    body = script.asked[0].json
    assert set(body) <= {"endpoint", "model", "requests", "callback_url", "completion_window", "provider"}
    assert list(body)[-1] == "requests"
