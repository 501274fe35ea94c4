"""Google's batches and files, with its own client as the judge."""

import asyncio
import io
import json
from typing import Any

from google import genai
from google.genai import errors
from support.batched import DAY_S, Batched, as_lines, batched, serving
from support.dialects import gemini_body
from support.emulating import NotingClock

from modelroute_cli.emulator.server import Emulator

CREATE = "/models/gemini-3.8-flash:batchGenerateContent"


def client(emulator: Emulator) -> genai.Client:
    """Google's client without its retries."""
    options: Any = {"base_url": f"{emulator.url}/google", "api_version": "v1", "retry_options": {"attempts": 1}}
    return genai.Client(api_key="none", http_options=options)


def inline(*names: str, **fields: object) -> dict[str, Any]:
    """A batch with its requests within it."""
    requests = [{"request": gemini_body(f"Write about {name}.", **fields), "metadata": {"key": name}} for name in names]
    return {"batch": {"displayName": "run-1", "inputConfig": {"requests": {"requests": requests}}}}


def in_file(emulator: Batched, content: bytes) -> dict[str, Any]:
    """A batch of a file, uploaded in two steps."""
    announced = emulator.exchange("POST", "http://emulated/google/upload/v1/files", {"file": {"displayName": "x"}})
    last = {"x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0"}
    done = emulator.exchange("POST", announced.headers["x-goog-upload-url"], content, last)
    assert done.headers["x-goog-upload-status"] == "final"
    name = json.loads(done.body)["file"]["name"]
    return emulator.told("POST", CREATE, {"batch": {"displayName": "run-1", "inputConfig": {"fileName": name}}})


def line(name: str, **fields: object) -> dict[str, Any]:
    """A line of a file."""
    return {"key": name, "request": gemini_body(f"Write about {name}.", **fields)}


def test_requests_within_a_batch_are_answered_in_their_order() -> None:
    """With what the client sent along, and an error of its own for one that is wrong."""
    emulator = batched("google")
    body = inline("a", "b")
    body["batch"]["inputConfig"]["requests"]["requests"][1]["request"]["generationConfig"] = {"candidateCount": 2}
    made = emulator.told("POST", CREATE, body)
    assert (made["metadata"]["state"], made["metadata"]["displayName"]) == ("BATCH_STATE_PENDING", "run-1")
    done = emulator.after(DAY_S).told("GET", f"/{made['name']}")
    assert (done["done"], done["metadata"]["state"]) == (True, "BATCH_STATE_SUCCEEDED")
    first, second = done["metadata"]["output"]["inlinedResponses"]["inlinedResponses"]
    assert (first["metadata"], second["metadata"]) == ({"key": "a"}, {"key": "b"})
    assert first["response"]["candidates"][0]["content"]["parts"]
    assert (second["error"]["code"], "response" in second) == (3, False)
    assert done["metadata"]["batchStats"] == {
        "requestCount": "2",
        "successfulRequestCount": "1",
        "failedRequestCount": "1",
    }
    assert emulator.stats.handed_in["batch"]["gemini-3.8-flash"].answers == 1


def test_a_file_of_lines_becomes_a_file_of_results() -> None:
    """Keyed, at both addresses that clients ask."""
    emulator = batched("google")
    made = in_file(emulator, as_lines([line("a"), line("b")]))
    done = emulator.after(DAY_S).told("GET", f"/{made['name']}")
    name = done["metadata"]["output"]["responsesFile"]
    lines = emulator.lines(f"/{name}:download?alt=media")
    assert sorted(each["key"] for each in lines) == ["a", "b"]
    beside = emulator.exchange("GET", f"http://emulated/google/download/v1/{name}:download?alt=media", None)
    assert len(beside.content().splitlines()) == 2


def test_a_line_that_cannot_be_read_fails_the_batch() -> None:
    """Before any is worked on."""
    emulator = batched("google")
    made = in_file(emulator, as_lines([line("a")]) + b"no json\n")
    failed = emulator.after(DAY_S).told("GET", f"/{made['name']}")
    assert failed["metadata"]["state"] == "BATCH_STATE_FAILED"
    assert failed["error"] == {
        "code": 3,
        "message": "line 2: JSON is malformed: invalid character (byte 4)",
    }
    assert emulator.stats.billed == 0


def test_a_batch_whose_time_ran_out_has_no_results_and_no_bill() -> None:
    """As Google says."""
    emulator = batched("google", window_s=3600.0)
    made = emulator.told("POST", CREATE, inline("a", "b", "c", "d"))
    ended = emulator.after(DAY_S).told("GET", f"/{made['name']}")
    assert (ended["metadata"]["state"], "output" in ended["metadata"]) == ("BATCH_STATE_EXPIRED", False)
    assert emulator.stats.handed_in == {}


def test_a_full_queue_is_a_429() -> None:
    """Of tokens that wait."""
    emulator = batched("google", queue_tokens=3)
    refused = emulator.ask("POST", CREATE, inline("a"))
    assert (refused.status, json.loads(refused.body)["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")


def test_google_s_client_takes_a_batch_through_its_life() -> None:
    """Upload, create, poll, download, list, cancel, delete."""

    def use(emulator: Emulator, clock: NotingClock) -> None:
        with client(emulator) as google:
            content = io.BytesIO(as_lines([line("a"), line("b")]))
            file = google.files.upload(file=content, config={"mime_type": "application/jsonl", "display_name": "lines"})
            assert (file.display_name, file.size_bytes) == ("lines", len(content.getvalue()))
            made = google.batches.create(model="gemini-3.8-flash", src=file.name or "", config={"display_name": "run"})
            assert (made.display_name, str(made.state)) == ("run", "JobState.JOB_STATE_PENDING")
            clock.now_s += 3
            done = google.batches.get(name=made.name or "")
            assert str(done.state) == "JobState.JOB_STATE_SUCCEEDED"
            assert done.dest is not None
            results = google.files.download(file=done.dest.file_name or "")
            assert sorted(json.loads(each)["key"] for each in results.splitlines()) == ["a", "b"]
            source: Any = [{"contents": [{"parts": [{"text": "Write about tea."}], "role": "user"}]}]
            within = google.batches.create(model="gemini-3.8-flash", src=source)
            clock.now_s += 3
            answered = google.batches.get(name=within.name or "")
            assert answered.dest is not None
            assert answered.dest.inlined_responses is not None
            assert answered.dest.inlined_responses[0].response is not None
            assert answered.dest.inlined_responses[0].response.text
            assert [job.name for job in google.batches.list(config={"page_size": 1})] == [within.name, made.name]
            last = google.batches.create(model="gemini-3.8-flash", src=source)
            google.batches.cancel(name=last.name or "")
            assert str(google.batches.get(name=last.name or "").state) == "JobState.JOB_STATE_CANCELLED"
            google.batches.delete(name=last.name or "")
            try:
                google.batches.get(name=last.name or "")
            except errors.ClientError as error:
                assert error.code == 404  # noqa: PT017 - the client's own class has no status of its own

    serving(lambda emulator, clock: asyncio.to_thread(use, emulator, clock))
