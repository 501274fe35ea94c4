"""Tests of modelroute_cli.providers.batches.files."""

import asyncio
from email import message_from_bytes
from pathlib import Path

import pytest
from support.batch_wire import account, collected, done, fails, is_empty, jsonl, parcel, said
from support.calls import OPENAI

from modelroute_cli.providers.base import FailureKind, TransportError
from modelroute_cli.providers.batch import BatchError, BatchPhase, BatchStatus, LineEnd
from modelroute_cli.providers.batches.files import file_results, upload_lines

EXPIRED = {"custom_id": "r2", "response": None, "error": {"code": "batch_expired", "message": "no time"}}


def served(custom_id: str) -> dict[str, object]:
    """A line with an answer."""
    return {"custom_id": custom_id, "response": {"status_code": 200, "body": {}}, "error": None}


def ended(*results: str) -> BatchStatus:
    """A batch with these result files."""
    return BatchStatus(name="b-1", phase=BatchPhase.ENDED, results=results)


def test_a_parcel_is_uploaded_as_a_form(tmp_path: Path) -> None:
    """As any web server reads it: the purpose, then the file under the parcel's tag, byte by byte."""
    made, script = account(OPENAI, tmp_path, said({"id": "file-1", "bytes": 6}))
    assert done(upload_lines(made, parcel(tmp_path, b'{"a":1}', b'{"b":"\xc3\xa9"}'))) == "file-1"
    (asked,) = script.asked
    assert (asked.method, asked.path) == ("POST", "/files")
    form = message_from_bytes(f"content-type: {asked.headers['content-type']}\r\n\r\n".encode() + asked.body)
    parts = [part for part in form.walk() if not part.is_multipart()]
    assert [part.get_param("name", header="content-disposition") for part in parts] == ["purpose", "file"]
    assert parts[0].get_payload() == "batch"
    assert (parts[1].get_filename(), parts[1].get_content_type()) == ("run-1-batch-1.jsonl", "application/jsonl")
    assert parts[1].get_payload(decode=True) == b'{"a":1}\n{"b":"\xc3\xa9"}\n'


def test_the_same_parcel_is_the_same_upload(tmp_path: Path) -> None:
    """No chance is in it."""
    made, script = account(OPENAI, tmp_path, said({"id": "file-1"}), said({"id": "file-2"}))
    done(upload_lines(made, parcel(tmp_path, b"{}")))
    done(upload_lines(made, parcel(tmp_path, b"{}")))
    assert script.asked[0] == script.asked[1]


@pytest.mark.parametrize(("name", "why"), [(7, "it has no name of the file"), ("", "it has no name of the file")])
def test_an_upload_without_a_name_is_none(tmp_path: Path, name: object, why: str) -> None:
    """Nothing could be submitted."""
    made, _ = account(OPENAI, tmp_path, said({"id": name}))
    error = fails(upload_lines(made, parcel(tmp_path, b"{}")))
    assert error.failure.message == f"the answer cannot be read: {why}"


def test_a_refused_upload_says_why(tmp_path: Path) -> None:
    """413 is the usual one."""
    made, _ = account(OPENAI, tmp_path, said({"error": {"message": "File too large"}}, 413))
    error = fails(upload_lines(made, parcel(tmp_path, b"{}")))
    assert (error.failure.kind, error.failure.message, error.taken) == (FailureKind.REQUEST, "File too large", False)


def test_results_are_the_lines_of_all_files(tmp_path: Path) -> None:
    """In whatever order they come; nothing stays on the disk."""
    made, script = account(OPENAI, tmp_path, said(jsonl([served("r1"), b"broken"])), said(jsonl([EXPIRED])))
    lines = collected(file_results(made, ended("file-out", "file-err/../x")))
    assert [(line.custom_id, line.end) for line in lines] == [("r1", LineEnd.SERVED), ("r2", LineEnd.EXPIRED)]
    assert [asked.path for asked in script.asked] == ["/files/file-out/content", "/files/file-err%2F..%2Fx/content"]
    assert is_empty(tmp_path)


def test_a_batch_without_files_has_no_results(tmp_path: Path) -> None:
    """Nothing is asked."""
    made, script = account(OPENAI, tmp_path)
    assert collected(file_results(made, ended())) == []
    assert script.asked == []


@pytest.mark.parametrize("missing", [0, 1])
def test_a_file_that_is_gone_is_told_after_the_lines_of_the_other(tmp_path: Path, missing: int) -> None:
    """What there is, is collected first."""
    gone, there = said({"error": {"message": "No such File"}}, 404), said(jsonl([served("r1")]))
    made, _ = account(OPENAI, tmp_path, *((gone, there) if missing == 0 else (there, gone)))
    lines: list[str] = []

    async def collect() -> None:
        async for each in file_results(made, ended("out", "err")):
            lines.append(each.custom_id)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(BatchError, match="No such File") as caught:
        asyncio.run(collect())
    assert lines == ["r1"]
    assert caught.value.failure.status == 404
    assert is_empty(tmp_path)


def test_a_download_that_breaks_is_an_error(tmp_path: Path) -> None:
    """It is asked for again."""
    made, _ = account(OPENAI, tmp_path, TransportError("broke", sent=True))

    async def collect() -> None:
        async for _ in file_results(made, ended("out")):
            pass

    assert fails(collect()).failure.kind is FailureKind.UNKNOWN


def test_who_stops_reading_leaves_nothing_behind(tmp_path: Path) -> None:
    """The download goes with the reader."""
    made, _ = account(OPENAI, tmp_path, said(jsonl([served("r1"), served("r2")])))

    async def first() -> str:
        results = file_results(made, ended("out"))
        found = await anext(results)
        await results.aclose()  # type: ignore[attr-defined]
        return found.custom_id

    assert asyncio.run(first()) == "r1"
    assert is_empty(tmp_path)


def test_the_emulators_mark_goes_with_each_line(tmp_path: Path) -> None:
    """An emulated answer is never taken for a true one."""
    made, _ = account(OPENAI, tmp_path, said(jsonl([served("r1")]), x_modelroute_emulated="1"))
    (line,) = collected(file_results(made, ended("out")))
    assert line.response is not None
    assert line.response.headers == {"x-modelroute-emulated": "1"}
