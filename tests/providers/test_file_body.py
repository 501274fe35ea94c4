"""Tests of modelroute_cli.providers.file_body."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelroute_cli.providers.file_body import PIECE_BYTES, FileBody


def body_of(folder: Path, content: bytes, *, as_list: bool = False) -> FileBody:
    """A body around this content."""
    path = folder / "content"
    path.write_bytes(content)
    return FileBody(b"<", path, b">", as_list=as_list)


def test_a_file_stands_between_its_head_and_its_tail(tmp_path: Path) -> None:
    """As it is, newlines too."""
    body = body_of(tmp_path, b"a\nb\n")
    assert body.read() == b"<a\nb\n>"
    assert body.length() == 6


def test_lines_become_the_elements_of_a_list(tmp_path: Path) -> None:
    """A comma for each newline but the last."""
    body = body_of(tmp_path, b'{"a":1}\n{"b":2}\n', as_list=True)
    assert body.read() == b'<{"a":1},{"b":2}>'
    assert body.length() == len(body.read())


def test_no_lines_are_an_empty_list(tmp_path: Path) -> None:
    """Nothing stands between head and tail."""
    body = body_of(tmp_path, b"", as_list=True)
    assert body.read() == b"<>"
    assert body.length() == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"."))))
def test_the_length_is_always_that_of_what_is_sent(tmp_path: Path, lines: list[bytes]) -> None:
    """Servers close a connection over a wrong one."""
    content = b"".join(line + b"\n" for line in lines)
    for as_list in (False, True):
        body = body_of(tmp_path, content, as_list=as_list)
        assert body.length() == len(body.read())
    assert body.read() == b"<" + b",".join(lines) + b">"


def test_a_newline_at_the_edge_of_a_piece_is_a_comma(tmp_path: Path) -> None:
    """Also where the file ends with a piece."""
    content = b"x" * (PIECE_BYTES - 1) + b"\n" + b"y" * (PIECE_BYTES - 1) + b"\n"
    body = body_of(tmp_path, content, as_list=True)
    assert body.read() == b"<" + content[:-1].replace(b"\n", b",") + b">"
    assert max(map(len, body.pieces())) <= PIECE_BYTES


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A batch may be 200 MB."""
    body = body_of(tmp_path, (b"x" * 999 + b"\n") * 20_000, as_list=True)
    tracemalloc.start()
    sent = sum(map(len, body.pieces()))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent == body.length() == 20_000_001
    assert most < 8 * PIECE_BYTES


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    """The transport says so in its words."""
    with pytest.raises(FileNotFoundError):
        FileBody(b"", tmp_path / "gone").length()
