"""The head of a GGUF file."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.gguf import Fields, gguf

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.local.gguf import Head, read_head

SMOL: Fields = {
    "general.architecture": "llama",
    "tokenizer.ggml.tokens": ["<|endoftext|>", "Ġthe"],
    "tokenizer.ggml.token_type": [3, 1],
    "llama.context_length": 8192,
    "llama.rope.freq_base": 100000.5,
    "general.file_type": 3,
    "tokenizer.ggml.add_bos_token": False,
    "tokenizer.chat_template": "{{ messages }}",
}


def head_of(content: bytes, folder: Path) -> Head:
    """The head of a file with this content."""
    path = folder / "model.gguf"
    path.write_bytes(content)
    return read_head(path)


def test_a_head_says_what_the_weights_are(tmp_path: Path) -> None:
    """Fields are found by name, behind lists and numbers of every kind."""
    assert head_of(gguf(SMOL), tmp_path) == Head("llama", 8192, 3, has_chat_template=True)


def test_what_a_head_does_not_say_is_none(tmp_path: Path) -> None:
    """Unknown is None, never 0."""
    assert head_of(gguf({}), tmp_path) == Head(None, None, None, has_chat_template=False)


@pytest.mark.parametrize(("file_type", "slow"), [(2, False), (3, True), (7, False), (8, True), (9, True), (15, False)])
def test_three_kinds_are_slow(tmp_path: Path, file_type: int, *, slow: bool) -> None:
    """Q4_1, Q5_0 and Q5_1 are made Q8_0 while they are loaded."""
    assert head_of(gguf({"general.file_type": file_type}), tmp_path).is_slow is slow


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04", "it does not begin with GGUF"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "its version is 1"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1), "unpack requires a buffer of 8 bytes"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**40), "it has a text of 1099511627776 bytes"),
        (b"GGUF" + struct.pack("<IQQQ1sI", 3, 0, 1, 1, b"a", 99), "it has a field of the unknown type 99"),
    ],
)
def test_no_head_is_said(tmp_path: Path, content: bytes, why: str) -> None:
    """With the file and what is wrong with it."""
    with pytest.raises(SettingsError) as caught:
        head_of(content, tmp_path)
    assert caught.value.message == f"`{tmp_path / 'model.gguf'}` cannot be read as a GGUF file: {why}"
    assert caught.value.hint == "download it again, or name another in `weights`"


@given(st.binary(max_size=200))
def test_nothing_in_a_file_crashes_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """A file that is damaged is read as far as it goes, or refused in words."""
    with suppress(SettingsError):
        assert isinstance(head_of(b"GGUF\x03\x00\x00\x00" + content, tmp_path_factory.getbasetemp()), Head)
