"""The official SDKs as judges of batches: their clients drive every endpoint, their models know every field."""

import json

import anthropic
import openai
import pytest
from anthropic.types.messages import MessageBatch
from openai.types import Batch
from support.batched import as_lines, chat_line, extras, message_request, serving
from support.emulating import NotingClock

from modelroute_cli.emulator.server import Emulator


def openai_client(emulator: Emulator) -> openai.AsyncOpenAI:
    """Without its retries."""
    return openai.AsyncOpenAI(api_key="none", base_url=f"{emulator.url}/openai/v1", max_retries=0)


def anthropic_client(emulator: Emulator) -> anthropic.AsyncAnthropic:
    """The same."""
    headers = {"anthropic-version": "2026-10-21"}
    url = f"{emulator.url}/anthropic"
    return anthropic.AsyncAnthropic(api_key="none", base_url=url, max_retries=0, default_headers=headers)


def strict(batch: Batch) -> Batch:
    """The batch, in which nothing is unknown."""
    assert extras(Batch.model_validate_json(batch.model_dump_json(), strict=True)) == []
    return batch


def test_openai_s_client_takes_a_batch_through_its_life() -> None:
    """Upload, create, poll, download, list, delete."""

    async def use(emulator: Emulator, clock: NotingClock) -> None:
        async with openai_client(emulator) as client:
            content = as_lines([chat_line("a"), chat_line("b", max_completion_tokens=-1)])
            file = await client.files.create(file=("lines.jsonl", content), purpose="batch")
            assert (file.bytes, file.filename, extras(file)) == (len(content), "lines.jsonl", [])
            assert (await client.files.content(file.id)).content == content
            made = await client.batches.create(
                input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h", metadata={"k": "v"}
            )
            assert strict(made).status == "validating"
            clock.now_s += 2
            done = strict(await client.batches.retrieve(made.id))
            assert done.status == "completed"
            assert done.output_file_id
            assert done.error_file_id
            output = (await client.files.content(done.output_file_id)).content
            assert [json.loads(line)["custom_id"] for line in output.splitlines()] == ["a"]
            told = await client.files.retrieve(done.output_file_id)
            assert (told.bytes, told.purpose, extras(told)) == (len(output), "batch_output", [])
            assert [strict(batch).id async for batch in client.batches.list(limit=1)] == [made.id]
            assert [each.id async for each in client.files.list()] == [file.id]
            assert (await client.files.delete(file.id)).deleted
            with pytest.raises(openai.NotFoundError, match="No such File object"):
                await client.files.content(file.id)
            with pytest.raises(openai.ConflictError, match="Cannot cancel a batch with status 'completed'"):
                await client.batches.cancel(made.id)

    serving(use)


def test_openai_s_client_cancels() -> None:
    """A batch under way."""

    async def use(emulator: Emulator, clock: NotingClock) -> None:
        async with openai_client(emulator) as client:
            file = await client.files.create(file=("a.jsonl", as_lines([chat_line("a")])), purpose="batch")
            made = await client.batches.create(
                input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
            )
            assert strict(await client.batches.cancel(made.id)).status == "cancelling"
            clock.now_s += 1
            assert strict(await client.batches.retrieve(made.id)).status == "cancelled"

    serving(use, finalizing_s=1.0)


def test_anthropic_s_client_takes_a_batch_through_its_life() -> None:
    """Create, poll, results, list, delete."""

    async def use(emulator: Emulator, clock: NotingClock) -> None:
        async with anthropic_client(emulator) as client:
            requests = [message_request("a"), message_request("b", max_tokens=-1)]
            made = await client.messages.batches.create(requests=requests)  # type: ignore[arg-type]
            assert (made.processing_status, extras(made)) == ("in_progress", [])
            clock.now_s += 2
            ended = await client.messages.batches.retrieve(made.id)
            assert (ended.processing_status, ended.request_counts.succeeded, extras(ended)) == ("ended", 1, [])
            MessageBatch.model_validate_json(ended.model_dump_json(), strict=True)
            results = [line async for line in await client.messages.batches.results(made.id)]
            assert {line.custom_id: line.result.type for line in results} == {"a": "succeeded", "b": "errored"}
            assert extras(results) == []
            assert [batch.id async for batch in client.messages.batches.list(limit=1)] == [made.id]
            assert (await client.messages.batches.delete(made.id)).type == "message_batch_deleted"
            with pytest.raises(anthropic.NotFoundError):
                await client.messages.batches.retrieve(made.id)

    serving(use)


def test_a_lost_answer_is_a_broken_connection_and_the_batch_is_there() -> None:
    """The client cannot know."""

    async def use(emulator: Emulator, _clock: NotingClock) -> None:
        async with openai_client(emulator) as client:
            file = await client.files.create(file=("a.jsonl", as_lines([chat_line("a")])), purpose="batch")
            with pytest.raises(openai.APIConnectionError):
                await client.batches.create(
                    input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
                )
            assert len([batch async for batch in client.batches.list()]) == 1

    serving(use, lost_answers=1.0)
