"""Tests of modelroute_cli.providers.unpack."""

import gzip
import io
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.providers.unpack import Saver, TooLargeError, Unpacker

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def _fed(unpacker: Unpacker, packed: bytes, size: int) -> bytes:
    for start in range(0, len(packed), size):
        unpacker.add(packed[start : start + size])
    return unpacker.body()


@given(st.binary(max_size=5000), st.sampled_from(["", "gzip", "x-gzip", "deflate"]), st.integers(1, 300))
def test_a_body_comes_out_as_it_went_in(body: bytes, encoding: str, size: int) -> None:
    """Whatever the pieces it comes in."""
    packed = {"": body, "deflate": zlib.compress(body)}.get(encoding, gzip.compress(body))
    assert _fed(Unpacker(encoding, 5000), packed, size) == body


@given(st.integers(0, 20_000), st.integers(1, 300), st.booleans())
def test_the_bound_is_never_passed(length: int, size: int, packed: bool) -> None:  # noqa: FBT001 - drawn
    """One byte too many is one too many, packed or not."""
    body = gzip.compress(b"x" * length) if packed else b"x" * length
    unpacker = Unpacker("gzip" if packed else "", 10_000)
    if length <= 10_000:
        assert _fed(unpacker, body, size) == b"x" * length
        return
    with pytest.raises(TooLargeError):
        _fed(unpacker, body, size)


def test_a_length_beyond_the_bound_is_refused_unread() -> None:
    """What is no number says nothing."""
    unpacker = Unpacker("", 100)
    for written in ("100", "", "many", "-5"):
        unpacker.expect(written)
    with pytest.raises(TooLargeError):
        unpacker.expect("101")


@pytest.mark.parametrize(
    ("packed", "why"),
    [
        (gzip.compress(b"hello" * 100, mtime=0)[:-9], "a compressed body that breaks off"),
        (b"no gzip", "a compressed body that is none"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_said_to_be_that(packed: bytes, why: str) -> None:
    """Half an answer is none."""
    with pytest.raises(ValueError, match=why):
        _fed(Unpacker("gzip", 10_000), packed, 10)


def test_an_empty_packed_body_is_empty() -> None:
    """204 and some errors carry the header without a body."""
    assert Unpacker("gzip", 10).body() == b""


def _saved(encoding: str, most: int, packed: bytes, size: int) -> bytes:
    file = io.BytesIO()
    saver = Saver(encoding, most, file)
    for start in range(0, len(packed), size):
        saver.add(packed[start : start + size])
    saver.end()
    return file.getvalue()


@given(st.binary(max_size=5000), st.sampled_from(["", "gzip", "x-gzip", "deflate"]), st.integers(1, 300))
def test_a_saved_body_comes_out_as_it_went_in(body: bytes, encoding: str, size: int) -> None:
    """Whatever the pieces it comes in."""
    packed = {"": body, "deflate": zlib.compress(body)}.get(encoding, gzip.compress(body))
    assert _saved(encoding, 5000, packed, size) == body


@given(st.integers(0, 20_000), st.integers(1, 300), st.booleans())
def test_a_saved_body_has_a_bound_too(length: int, size: int, packed: bool) -> None:  # noqa: FBT001 - drawn
    """A disk is not the provider's to fill."""
    body = gzip.compress(b"x" * length) if packed else b"x" * length
    encoding = "gzip" if packed else ""
    if length <= 10_000:
        assert _saved(encoding, 10_000, body, size) == b"x" * length
        return
    with pytest.raises(TooLargeError):
        _saved(encoding, 10_000, body, size)


def test_a_small_packed_body_that_is_large_is_written_piece_by_piece() -> None:
    """What is unpacked at a time is a megabyte at most."""
    written: list[int] = []

    class Noting(io.BytesIO):
        def write(self, data: "ReadableBuffer", /) -> int:
            written.append(len(memoryview(data)))
            return written[-1]

    saver = Saver("gzip", 10**9, Noting())
    saver.add(gzip.compress(b"x" * 5_000_000))
    saver.end()
    assert sum(written) == 5_000_000
    assert max(written) == 1024 * 1024


def test_a_saved_body_that_breaks_off_or_is_none_is_refused() -> None:
    """Half a result file would look like missing lines."""
    with pytest.raises(ValueError, match="a compressed body that breaks off"):
        _saved("gzip", 100_000, gzip.compress(bytes(range(256)) * 20)[:-12], 50)
    with pytest.raises(ValueError, match="a compressed body that is none"):
        _saved("gzip", 1000, b"no gzip", 50)


@pytest.mark.parametrize("length", ["11", "99999999999"])
def test_a_length_beyond_the_bound_is_refused_before_it_is_saved(length: str) -> None:
    """Nothing of it is read."""
    with pytest.raises(TooLargeError):
        Saver("", 10, io.BytesIO()).expect(length)
    Saver("", 10, io.BytesIO()).expect("10")
