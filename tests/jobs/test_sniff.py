from pathlib import Path

import pytest
from support.job_files import read, refused

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.sniff import sniff

_LINE = b'{"custom_id":"a","prompt":"x"}\n'


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", _LINE, "jsonl"),
        ("a.csv", b"prompt\nx\n", "csv"),
        ("a.csv", _LINE, "jsonl"),
        ("a", b"\n\n  " + _LINE, "jsonl"),
        ("a", b"\xef\xbb\xbf" + _LINE, "jsonl"),
        ("a.txt", b"prompt,system\n", "csv"),
        ("a.jsonl", b"prompt,system\n", "jsonl"),
        ("a.NDJSON", b"x\n", "jsonl"),
    ],
)
def test_the_first_character_decides_the_format(name: str, content: bytes, expected: str, tmp_path: Path) -> None:
    """What begins like an object is JSONL whatever its name; else the suffix decides, and CSV is left."""
    (tmp_path / name).write_bytes(content)
    assert sniff(str(tmp_path / name), tmp_path / name).format == expected


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"", "`a.jsonl` is empty", 'write one request a line, such as `{"custom_id": "1", "prompt": "..."}`'),
        (b"\n \r\n\t\n", "`a.jsonl` holds no request", "write one request a line"),
        (b"\xef\xbb\xbf", "`a.jsonl` holds no request", "write one request a line"),
        (_LINE + b"\0", "`a.jsonl` is a binary file: NUL byte at offset 31", "give JSONL, CSV or Parquet"),
        (
            b"x\n a caf\xe9 in Rome\ny",
            "`a.jsonl` is not UTF-8 text: byte `0xe9` at offset 8; as Windows-1252 it would read `a café in Rome`",
            "if that is right, add `--encoding cp1252`; else save it as UTF-8",
        ),
        (
            b"caf\x81",
            "`a.jsonl` is not UTF-8 text: byte `0x81` at offset 3",
            "save it as UTF-8, or name what it is, as in `--encoding shift_jis`",
        ),
        (
            "prompt".encode("utf-16-le"),
            "`a.jsonl` looks like UTF-16 text without a byte order mark",
            "add `--encoding utf-16-le`, or save it as UTF-8",
        ),
        (
            "prompt".encode("utf-16-be"),
            "`a.jsonl` looks like UTF-16 text without a byte order mark",
            "add `--encoding utf-16-be`, or save it as UTF-8",
        ),
        (
            "提示\n翻译这个句子吧\n".encode("utf-16-le"),
            "`a.jsonl` looks like UTF-16 text without a byte order mark",
            "add `--encoding utf-16-le`, or save it as UTF-8",
        ),
        (
            b"\xff\xfa\x00\xe3\x01\x00",
            "`a.jsonl` is a binary file: NUL byte at offset 2",
            "give JSONL, CSV or Parquet",
        ),
        (
            b"BZh9",
            "`a.jsonl` is compressed with bzip2, which is not read",
            "unpack it first: `bunzip2 a.jsonl`",
        ),
        (
            b"PK\x03\x04",
            "`a.jsonl` is a ZIP archive or an Excel workbook, which is not read",
            "save it as JSONL, Parquet or CSV",
        ),
        (
            b'[{"custom_id":"a"}]',
            "`a.jsonl` is a JSON list; a job file has one request a line",
            "turn it into lines: `jq -c '.[]' a.jsonl > lines.jsonl`",
        ),
    ],
)
def test_what_is_no_job_file_is_named(content: bytes, message: str, hint: str, tmp_path: Path) -> None:
    """Each kind of wrong file has its own words and its own way out."""
    error = refused(tmp_path, "a.jsonl", content)
    assert (error.message, error.hint) == (message, hint)


def test_packed_standard_input_is_told_to_be_piped(tmp_path: Path) -> None:
    """There is no file to unpack: the hint is the pipe."""
    with pytest.raises(JobFileError) as caught:
        sniff("-", _written(tmp_path / "copy", b"BZh9"))
    assert caught.value.message == "`stdin` is compressed with bzip2, which is not read"
    assert caught.value.hint == "pipe it through `bunzip2`"


def test_the_suffix_below_that_of_the_packing_decides(tmp_path: Path) -> None:
    """`a.jsonl.gz` is JSONL even where its first line is broken."""
    assert sniff("a.jsonl.gz", _written(tmp_path / "copy", b"oops\n")).format == "jsonl"


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_character_cut_at_the_end_of_the_head_is_no_fault(tmp_path: Path) -> None:
    """The sniffed part may end inside a character."""
    content = b'{"custom_id":"a","prompt":"' + b"x" * (2**16 - 28) + "é".encode() + b'"}\n'
    path = _written(tmp_path / "a.jsonl", content)
    assert content[2**16 - 1] == 0xC3
    assert read(path).requests.collect().height == 1
