import hashlib
import io
import os
from pathlib import Path

import pytest
from support.job_files import read

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.given import MAX_LINE_BYTES, HashedLines, is_regular, unreadable

_LINE = b'{"custom_id":"a","prompt":"x"}\n'


def _refusal(source: str) -> tuple[str, str | None]:
    with pytest.raises(JobFileError) as caught:
        is_regular(source)
    return caught.value.message, caught.value.hint


def test_a_file_is_regular_and_standard_input_is_not(tmp_path: Path) -> None:
    """Only a regular file can be read again at an offset."""
    (tmp_path / "a.jsonl").write_bytes(_LINE)
    assert is_regular(str(tmp_path / "a.jsonl"))
    assert not is_regular("-")
    assert not is_regular("/dev/null")


def test_a_missing_file_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    """A slip in the name is met with the file that is there."""
    (tmp_path / "emails.jsonl").write_bytes(_LINE)
    (tmp_path / "other.txt").write_bytes(_LINE)
    path = tmp_path / "emials.jsonl"
    assert _refusal(str(path)) == (f"no such file: `{path}`", f"did you mean `{tmp_path / 'emails.jsonl'}`?")


def test_a_missing_file_without_a_near_name_gets_a_plain_hint(tmp_path: Path) -> None:
    """Nothing is guessed from far."""
    path = tmp_path / "a.jsonl"
    assert _refusal(str(path)) == (f"no such file: `{path}`", "check the spelling, or give the whole path")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The part of the path that is wrong is the folder."""
    path = tmp_path / "nowhere" / "a.jsonl"
    assert _refusal(str(path)) == (f"no such file: `{path}`", f"there is no folder `{path.parent}`")


def test_a_folder_is_answered_with_a_file_in_it(tmp_path: Path) -> None:
    """The first job file inside is offered."""
    (tmp_path / "b.jsonl").write_bytes(_LINE)
    (tmp_path / "a.csv").write_bytes(b"prompt\n")
    assert _refusal(str(tmp_path)) == (
        f"`{tmp_path}` is a folder, not a job file",
        f"name one file, such as `{tmp_path / 'a.csv'}`",
    )


def test_an_empty_folder_is_answered_with_the_formats(tmp_path: Path) -> None:
    """Where nothing can be offered, the formats are named."""
    assert _refusal(str(tmp_path)) == (
        f"`{tmp_path}` is a folder, not a job file",
        "name one JSONL, CSV or Parquet file",
    )


def test_a_file_in_the_place_of_a_folder_cannot_be_read(tmp_path: Path) -> None:
    """The system's reason is passed on."""
    (tmp_path / "a").write_bytes(_LINE)
    path = tmp_path / "a" / "b.jsonl"
    assert _refusal(str(path)) == (f"cannot read `{path}`: Not a directory", "check the path and its permissions")


def test_a_name_with_a_nul_cannot_be_read() -> None:
    """A name that no system takes is no bug of ours."""
    assert "embedded null" in _refusal("a\0b")[0]


def test_a_refused_permission_is_told() -> None:
    """The error for a file that may not be read."""
    error = unreadable("a.jsonl", PermissionError(13, "Permission denied"))
    assert (error.message, error.hint) == (
        "cannot read `a.jsonl`: Permission denied",
        "check the path and its permissions",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    """What the user may not open is told as such."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(_LINE)
    path.chmod(0)
    with pytest.raises(JobFileError, match="Permission denied"):
        read(path)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens and cannot be read")
def test_a_disk_that_fails_while_reading_is_told() -> None:
    """A read error is an error of the file, not a bug."""
    with Path("/proc/self/mem").open("rb") as stream, pytest.raises(JobFileError) as caught:
        list(HashedLines(stream, "a.jsonl"))
    assert caught.value.message == "cannot read `a.jsonl`: Input/output error"


def test_lines_are_digested_on_the_way() -> None:
    """Digest, size and count are those of all bytes."""
    content = b"a\r\n\nbc"
    lines = HashedLines(io.BytesIO(content), "a")
    assert list(lines) == [b"a\r\n", b"\n", b"bc"]
    assert lines.digest == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert (lines.size_bytes, lines.number) == (6, 3)


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    """What has no line breaks is no job file."""
    content = b"{}\n" + bytes([65]) * (MAX_LINE_BYTES + 1)
    with pytest.raises(JobFileError) as caught:
        list(HashedLines(io.BytesIO(content), "a.jsonl"))
    assert caught.value.message == "a.jsonl:2: the line is longer than 64 MiB"
    assert caught.value.hint == "write each request on a line of its own"
