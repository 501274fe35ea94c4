"""Tests of modelroute_cli.providers.unpack."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.providers.unpack import TooLargeError, Unpacker


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
