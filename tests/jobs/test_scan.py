import io
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from support.job_files import Alike, read, spool_dir

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.index import index
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.jobs.scan import IndexOptions, scanning
from modelroute_cli.jobs.spool import is_intact, spool_path

_JSONL = b'\xef\xbb\xbf{"custom_id":"a","prompt":"x"}\r\n\r\n{"custom_id":"b","prompt":"y"}'
_CSV = b"prompt;custom_id\nx;a\ny;b\n"


def _ids(path: Path, offsets: list[tuple[int, int]]) -> list[str]:
    with RequestReader(path) as reader:
        return [reader.at(offset, length).custom_id for offset, length in offsets]


@pytest.mark.parametrize(("content", "kind"), [(_JSONL, "jsonl"), (_CSV, "csv")])
def test_standard_input_is_spooled_in_either_format(content: bytes, kind: str, tmp_path: Path) -> None:
    """`-` is sniffed, and its offsets refer to a file that stays."""
    options = IndexOptions(spool_dir=tmp_path / "spool", stdin=io.BytesIO(content))
    job = index("-", Alike(), options)
    assert (job.source, job.format, job.size_bytes) == ("-", kind, len(content))
    assert job.path == spool_path(tmp_path / "spool", job.digest)
    assert is_intact(job.path, job.digest)
    assert _ids(job.path, job.requests.collect().select("offset", "length").rows()) == ["a", "b"]
    assert len(list((tmp_path / "spool").iterdir())) == 2


def test_the_same_bytes_have_the_same_digest_from_file_and_stream(tmp_path: Path) -> None:
    """How the bytes came does not matter."""
    (tmp_path / "a.csv").write_bytes(_CSV)
    streamed = index("-", Alike(), IndexOptions(spool_dir=tmp_path / "other", stdin=io.BytesIO(_CSV)))
    assert read(tmp_path / "a.csv").digest == streamed.digest


def test_problems_of_standard_input_are_named_as_such(tmp_path: Path) -> None:
    """There is no file name: the lines are those of `stdin`; nothing is left behind."""
    options = IndexOptions(spool_dir=tmp_path / "spool", stdin=io.BytesIO(b'{"custom_id":"a"}\n'))
    with pytest.raises(JobFileError) as caught:
        index("-", Alike(), options)
    assert caught.value.message == (
        "`stdin` has 1 problem; nothing was planned or sent\nstdin:1: prompt: is missing\n"
        "hint: write the request into `prompt`, or the turns of a chat into `messages`"
    )
    assert list((tmp_path / "spool").iterdir()) == []


def test_standard_input_must_be_there(tmp_path: Path) -> None:
    """Who has none cannot read it."""
    with pytest.raises(JobFileError) as caught:
        index("-", Alike(), IndexOptions(spool_dir=tmp_path))
    assert caught.value.message == "there is no standard input to read `-` from"
    assert caught.value.hint == "name the job file"


def test_empty_standard_input_is_empty(tmp_path: Path) -> None:
    """Nothing came through the pipe."""
    with pytest.raises(JobFileError, match="`stdin` is empty"):
        index("-", Alike(), IndexOptions(spool_dir=tmp_path, stdin=io.BytesIO(b"")))


def test_a_named_pipe_is_read_once_and_spooled(tmp_path: Path) -> None:
    """`<(command)` of a shell is such: its offsets must outlive it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(_JSONL,))
    writer.start()
    job = read(pipe)
    writer.join()
    assert job.path.parent == spool_dir(pipe)
    assert _ids(job.path, job.requests.collect().select("offset", "length").rows()) == ["a", "b"]


def test_native_jsonl_writes_nothing(tmp_path: Path) -> None:
    """The user's own file is enough."""
    (tmp_path / "a.jsonl").write_bytes(_JSONL)
    read(tmp_path / "a.jsonl")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_refused_table_leaves_no_spool(tmp_path: Path) -> None:
    """Half a job is no job."""
    (tmp_path / "a.csv").write_bytes(_CSV + b"z;a\n")
    with pytest.raises(JobFileError, match="is used already on line 2"):
        read(tmp_path / "a.csv")
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens and cannot be read")
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The system's reason is told, not a bug."""
    with pytest.raises(JobFileError) as caught:
        index("/proc/self/mem", Alike(), IndexOptions(spool_dir=tmp_path))
    assert caught.value.message == "cannot read `/proc/self/mem`: Input/output error"


def test_a_blank_table_holds_no_request(tmp_path: Path) -> None:
    """Line breaks alone are neither header nor record."""
    (tmp_path / "a.csv").write_bytes(b"\n\r\n,,\n")
    with pytest.raises(JobFileError, match="holds no request"):
        read(tmp_path / "a.csv")


def test_a_table_without_a_spool_is_a_mistake_of_ours(tmp_path: Path) -> None:
    """Offsets into a CSV would mean nothing."""
    (tmp_path / "a.csv").write_bytes(_CSV)
    with scanning(str(tmp_path / "a.csv"), IndexOptions(spool_dir=tmp_path)) as scan:
        bare = replace(scan, spool=None)
        with pytest.raises(AssertionError, match="only plain JSONL is read without a spool"):
            list(bare.rows())


def test_a_scan_of_a_table_always_has_a_spool(tmp_path: Path) -> None:
    """Rows of a table stand in the spool, at the offsets that the scan tells."""
    (tmp_path / "a.csv").write_bytes(_CSV)
    with scanning(str(tmp_path / "a.csv"), IndexOptions(spool_dir=tmp_path)) as scan:
        rows = [(row.line, row.offset, row.request.custom_id) for row in scan.rows()]
        path = scan.finish()
    assert rows == [(2, 0, "a"), (3, 31, "b")]
    assert path.read_bytes().splitlines()[0] == b'{"custom_id":"a","prompt":"x"}'
