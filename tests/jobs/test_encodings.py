import io
from pathlib import Path

import pytest
from support.job_files import read_bytes, refused, requests_in, spool_dir

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.encodings import known_encoding, marked_encoding, transcode
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.reading import Reading
from modelroute_cli.jobs.spool import Aside, file_digest

_TEXT = "custom_id;prompt\na;Grüße aus 東京 🎉\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize(("name", "text"), [("a.csv", _TEXT), ("a.jsonl", '{"custom_id":"a","prompt":"Grüße 🎉"}\n')])
def test_text_with_a_byte_order_mark_is_read(encoding: str, name: str, text: str, tmp_path: Path) -> None:
    """Spreadsheets write UTF-16; the digest stays that of the file."""
    job = read_bytes(tmp_path, name, text.encode(encoding))
    assert [request.custom_id for request in requests_in(job)] == ["a"]
    assert str(requests_in(job)[0].prompt) in text
    assert job.digest == file_digest(tmp_path / name)
    assert locate(job, spool_dir(job.source)) == job.path


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le"])
def test_a_named_encoding_is_believed(encoding: str, tmp_path: Path) -> None:
    """What the user says, the file is."""
    job = read_bytes(tmp_path, "a.csv", "prompt\nGrüße\n".encode(encoding), Reading(encoding=encoding))
    assert [request.prompt for request in requests_in(job)] == ["Grüße"]
    job.path.unlink()
    assert locate(job, spool_dir(job.source)) == job.path


def test_bytes_that_are_no_such_text_are_refused(tmp_path: Path) -> None:
    """A wrong name is found out."""
    error = refused(tmp_path, "a.csv", b"prompt\ncaf\x81\n", Reading(encoding="cp1252"))
    assert error.message == "`a.csv` is not cp1252 text: byte `0x81`"
    assert error.hint == "save it as UTF-8, or name its encoding with `--encoding`"
    assert refused(tmp_path, "a.csv", "x".encode("utf-16") + b"\x00").message.startswith("`a.csv` is not utf-16 text")


@pytest.mark.parametrize("name", ["windows1252x", "hex", "a\0b", "rot13"])
def test_a_name_of_no_text_is_refused(name: str) -> None:
    """Codecs of bytes are none of text."""
    with pytest.raises(JobFileError) as caught:
        known_encoding(name)
    assert caught.value.message == f"--encoding: `{name}` is no encoding of text"


@pytest.mark.parametrize(
    ("head", "name"),
    [(b"\xff\xfea\0", "utf-16"), (b"\xfe\xff\0a", "utf-16"), (b"\xff\xfe\0\0", "utf-32"), (b"\xef\xbb\xbf", None)],
)
def test_a_mark_names_its_encoding(head: bytes, name: str | None) -> None:
    """UTF-32 begins like UTF-16."""
    assert marked_encoding(head) == name


def test_a_character_may_be_cut_by_a_block(tmp_path: Path) -> None:
    """Blocks end anywhere."""
    text = "x" + "é" * 2**20
    with Aside(tmp_path) as aside:
        transcode(io.BytesIO(text.encode("utf-16")), aside, "utf-16", "a")
        assert aside.path.read_text("utf-8") == text
