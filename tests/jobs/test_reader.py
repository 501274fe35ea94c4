from pathlib import Path

import pytest
from support.job_files import read

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.reader import RequestReader

_FIRST = b'{"custom_id":"a","prompt":"x"}'
_SECOND = '{"custom_id":"b","prompt":"größer","system":null}'.encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A job file of two requests."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(_FIRST + b"\n" + _SECOND + b"\n")
    return path


def test_a_request_is_read_again_by_its_offset(path: Path) -> None:
    """In any order, and the same as it was indexed; a null is still not given."""
    index = read(path).requests.collect().select("offset", "length").rows()
    with RequestReader(path) as reader:
        assert [reader.at(*place) for place in reversed(index)] == [
            Request(custom_id="b", prompt="größer"),
            Request(custom_id="a", prompt="x"),
        ]


@pytest.mark.parametrize(("offset", "length"), [(1, 30), (0, 20), (500, 30), (0, 31 + 10)])
def test_a_place_without_a_request_means_that_the_file_changed(offset: int, length: int, path: Path) -> None:
    """What does not decode is never sent."""
    with RequestReader(path) as reader, pytest.raises(JobFileError) as caught:
        reader.at(offset, length)
    assert caught.value.message == f"`{path}` changed while it was in use: no request at byte {offset}"
    assert caught.value.hint == "put the file back as it was, or make a new plan"


def test_a_missing_file_cannot_be_read(tmp_path: Path) -> None:
    """It is told like any other file."""
    with pytest.raises(JobFileError) as caught, RequestReader(tmp_path / "a.jsonl"):
        pass
    assert caught.value.message == f"cannot read `{tmp_path / 'a.jsonl'}`: No such file or directory"


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens and cannot be read")
def test_a_disk_that_fails_is_told() -> None:
    """A read error names the file."""
    with RequestReader(Path("/proc/self/mem")) as reader, pytest.raises(JobFileError) as caught:
        reader.at(0, 10)
    assert caught.value.message == "cannot read `/proc/self/mem`: Input/output error"


def test_the_file_is_closed_at_the_end(path: Path) -> None:
    """A reader holds no file open beyond its block."""
    with RequestReader(path) as reader:
        file = reader._file
    assert file.closed
