"""Which format a job file has, found in its first bytes; what is no job file is named for what it is."""

import codecs
from pathlib import Path

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.batch_lines import recognised
from modelroute_cli.jobs.given import BOM, MAX_LINE_BYTES, FileFormat, Given, folder_of, shown_name
from modelroute_cli.jobs.problems import quoted
from modelroute_cli.jobs.unpack import packed_with

PARQUET_MAGIC = b"PAR1"
HEAD_BYTES = 2**16
_UNREAD_PACKING = {b"BZh": ("bzip2", "bunzip2"), b"\xfd7zXZ\x00": ("xz", "unxz")}
_ZIP_MAGIC = b"PK\x03\x04"
_SHOWN_AROUND = 12
_SHORTEST_UTF16 = 2


def sniff(source: str, path: Path) -> Given:
    """Find the format of the unpacked file at `path`; JobFileError for what is empty, binary or no job file."""
    shown = shown_name(source)
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    _refuse_foreign(shown, head)
    folder = folder_of(source)
    if head.startswith(PARQUET_MAGIC):
        return Given(source=source, path=path, folder=folder, format="parquet")
    _refuse_binary(shown, head)
    found = _text_format(source, head.removeprefix(BOM).lstrip())
    return Given(source=source, path=path, folder=folder, format=_lines_format(path) if found == "jsonl" else found)


def _text_format(source: str, text: bytes) -> FileFormat:
    """The first character decides; where it does not, the suffix."""
    if text.startswith(b"["):
        msg = f"`{shown_name(source)}` is a JSON list; a job file has one request a line"
        raise JobFileError(msg, hint=f"turn it into lines: `jq -c '.[]' {Path(source).name} > lines.jsonl`")
    suffixes = {suffix.lower() for suffix in Path(source).suffixes[-2:]}
    named_jsonl = bool(suffixes & {".jsonl", ".ndjson", ".json"})
    return "jsonl" if text.startswith(b"{") or named_jsonl else "csv"


def _lines_format(path: Path) -> FileFormat:
    """Whether the first line that is not blank is one of a batch API; native otherwise."""
    with path.open("rb") as stream:
        while raw := stream.readline(MAX_LINE_BYTES):
            if line := raw.removeprefix(BOM).strip():
                return recognised(line) or "jsonl"
    return "jsonl"


def _refuse_foreign(shown: str, head: bytes) -> None:
    if not head:
        msg = f"`{shown}` is empty"
        raise JobFileError(msg, hint='write one request a line, such as `{"custom_id": "1", "prompt": "..."}`')
    if name := packed_with(head):
        msg = f"`{shown}` is packed twice: what it holds is compressed with {name} again"
        raise JobFileError(msg, hint="unpack it once")
    for magic, (name, tool) in _UNREAD_PACKING.items():
        if head.startswith(magic):
            msg = f"`{shown}` is compressed with {name}, which is not read"
            raise JobFileError(
                msg, hint=f"unpack it first: `{tool} {shown}`" if shown != "stdin" else f"pipe it through `{tool}`"
            )
    if head.startswith(_ZIP_MAGIC):
        msg = f"`{shown}` is a ZIP archive or an Excel workbook, which is not read"
        raise JobFileError(msg, hint="save it as JSONL, Parquet or CSV")


def _refuse_binary(shown: str, head: bytes) -> None:
    if (at := head.find(b"\0")) >= 0:
        _refuse_nul(shown, head, at)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError as error:
        msg = f"`{shown}` is not UTF-8 text: byte `0x{head[error.start]:02x}` at offset {error.start}"
        if guess := _as_windows(head, error.start):
            msg = f"{msg}; as Windows-1252 it would read {quoted(guess)}"
            raise JobFileError(msg, hint="if that is right, add `--encoding cp1252`; else save it as UTF-8") from error
        raise JobFileError(msg, hint="save it as UTF-8, or name what it is, as in `--encoding shift_jis`") from error


def _refuse_nul(shown: str, head: bytes, at: int) -> None:
    """NUL bytes in every second place, or in second places alone among bytes that are no UTF-8, are UTF-16."""
    for name, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        all_there = len(head) > _SHORTEST_UTF16 and not head[first:64:2].strip(b"\0")
        if all_there or (b"\0" not in head[1 - first :: 2] and not _is_utf8(head) and _is_printable(head, name)):
            msg = f"`{shown}` looks like UTF-16 text without a byte order mark"
            raise JobFileError(msg, hint=f"add `--encoding {name}`, or save it as UTF-8")
    msg = f"`{shown}` is a binary file: NUL byte at offset {at}"
    raise JobFileError(msg, hint="give JSONL, CSV or Parquet")


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _is_printable(head: bytes, encoding: str) -> bool:
    """Whether the bytes are text in an encoding of two bytes."""
    text = head[: len(head) // 2 * 2].decode(encoding, errors="replace")[:_SHOWN_AROUND]
    return all(character.isprintable() or character.isspace() for character in text)


def _as_windows(head: bytes, at: int) -> str | None:
    """The text around a byte if the file were Windows-1252; None where it cannot be."""
    try:
        head.decode("cp1252")
    except UnicodeDecodeError:
        return None
    line = head[head.rfind(b"\n", 0, at) + 1 :].partition(b"\n")[0]
    place = at - (head.rfind(b"\n", 0, at) + 1)
    return line[max(place - _SHOWN_AROUND, 0) : place + _SHOWN_AROUND].decode("cp1252").strip()
