"""Bodies on disk, and forms in them."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.emulator.batches.form import fields
from modelroute_cli.emulator.batches.spool import Extract, Spool, spooled, whole
from modelroute_cli.emulator.batches.visit import blocks

PIECES = st.lists(st.binary(max_size=50), max_size=20)
MUCH = 300_000


@given(PIECES, st.integers(0, 60), st.integers(0, 60))
def test_any_part_can_be_read_again(pieces: list[bytes], start: int, stop: int) -> None:
    """As it was written."""
    content = b"".join(pieces)
    spool = spooled(iter(pieces))
    assert (spool.read(), spool.size) == (content, len(content))
    assert spool.read(start, max(start, stop)) == content[start : max(start, stop)]


def test_what_is_much_goes_to_disk_and_reads_alike() -> None:
    """Also what is added later."""
    spool = spooled(iter([b"a" * MUCH, b"needle", b"b" * MUCH]))
    assert spool.find(b"needle") == MUCH
    assert spool.find(b"needle", MUCH + 1) == -1
    spool.write(b"end")
    assert (spool.read(2 * MUCH), spool.size) == (b"b" * 6 + b"end", 2 * MUCH + 9)


@given(st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")), max_size=20), st.booleans())
def test_lines_are_those_between_newlines(lines: list[bytes], is_ended: bool) -> None:  # noqa: FBT001 - drawn
    """The last may have none."""
    content = b"\n".join(lines) + (b"\n" if is_ended else b"")
    assert list(whole(spooled(iter([content]))).lines()) == content.splitlines(keepends=True) or b"\r" in content


def test_a_line_may_lie_across_pieces() -> None:
    """However long it is."""
    spool = spooled(iter([b"x" * MUCH + b"\n" + b"y" * MUCH]))
    assert [len(line) for line in whole(spool).lines()] == [MUCH + 1, MUCH]
    assert [len(piece) for piece in Extract(spool, 10, 20).pieces()] == [10]


@given(st.binary(max_size=200))
def test_the_file_of_a_form_is_found_whatever_it_holds(content: bytes) -> None:
    """Line breaks, dashes, nothing at all."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.jsonl"\r\nContent-Type: a/b\r\n\r\n'
    )
    found = fields("multipart/form-data; boundary=b", spooled(iter([body, content, b"\r\n--b--\r\n"])))
    if b"\r\n--b" not in content:
        assert (found["purpose"].text, found["purpose"].filename) == ("batch", None)
        assert (found["file"].content.read(), found["file"].filename) == (content, "x.jsonl")


def test_what_is_no_form_has_no_fields() -> None:
    """No boundary, none of it in the body, or broken off."""
    assert fields("application/json", spooled(iter([b"{}"]))) == {}
    assert fields("multipart/form-data; boundary=b", Spool()) == {}
    assert fields("multipart/form-data; boundary=b", spooled(iter([b'--b\r\nname="x"\r\n\r\nabc']))) == {}


@given(PIECES)
def test_blocks_are_the_same_bytes(pieces: list[bytes]) -> None:
    """In fewer pieces."""
    assert b"".join(blocks(iter(pieces))) == b"".join(pieces)


def test_blocks_are_large() -> None:
    """So that a line costs no write of its own."""
    assert len(list(blocks(iter([b"x" * 100] * 1000)))) == 4
