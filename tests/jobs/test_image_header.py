from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.pictures import gif, jpeg, pictures, png, webp

from modelroute_cli.jobs.image_header import Kind, Size, image_kind, image_size

_SAMPLES = Path(__file__).parents[2] / "sample_jobs" / "images"


@pytest.mark.parametrize(("kind", "content"), pictures(300, 7))
def test_a_picture_is_known_by_its_content(kind: Kind, content: bytes) -> None:
    """Format and size stand in the first bytes of every format."""
    assert image_kind(content) == kind
    assert image_size(content) == Size(300, 7)


@pytest.mark.parametrize(
    ("name", "kind", "size"),
    [
        ("receipt.png", "png", Size(360, 480)),
        ("sales.png", "png", Size(640, 400)),
        ("teapot.jpg", "jpeg", Size(800, 600)),
        ("sign.webp", "webp", Size(500, 300)),
    ],
)
def test_pictures_that_other_programs_wrote_are_read(name: str, kind: Kind, size: Size) -> None:
    """The samples were written by an imaging library, not by the helpers of these tests."""
    content = (_SAMPLES / name).read_bytes()
    assert (image_kind(content), image_size(content)) == (kind, size)


def test_a_jpeg_is_searched_for_its_frame() -> None:
    """Comments, profiles and previews stand in front of it, tables that are no frames too."""
    table = b"\xff\xd8\xff\xc4\x00\x04\x00\x00\xff\xd0"
    assert image_size(jpeg(640, 480, b"\xff\xc0" * 9000)) == Size(640, 480)
    assert image_size(table + jpeg(640, 480)[2:]) == Size(640, 480)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<svg/>", b"BM", b"RIFF\0\0\0\0WAVE", b"II*\0"])
def test_anything_else_is_no_picture(content: bytes) -> None:
    """Formats that providers do not take are not known."""
    assert image_kind(content) is None
    assert image_size(content) is None


@pytest.mark.parametrize(("kind", "content"), pictures(300, 7))
def test_a_header_that_is_cut_off_states_no_size(kind: Kind, content: bytes) -> None:
    """The format is still known, which makes a better message."""
    size_ends = {"png": 24, "gif": 10, "jpeg": 16, "webp": 25 if content[12:16] == b"VP8L" else 30}[kind]
    assert image_kind(content[: size_ends - 1]) == kind
    assert image_size(content[: size_ends - 1]) is None
    assert image_size(content[:size_ends]) == Size(300, 7)


@pytest.mark.parametrize("content", [png(0, 3), gif(3, 0), jpeg(0, 0), webp(1, 1, "VP8X")[:12] + b"JUNK" + bytes(20)])
def test_a_header_without_a_size_is_damaged(content: bytes) -> None:
    """No picture is nothing wide."""
    assert image_size(content) is None


def test_a_png_whose_first_chunk_is_another_is_damaged() -> None:
    """What stands at the place of the size is none."""
    assert image_size(png(3, 3).replace(b"IHDR", b"IHDX")) is None


def test_sizes_are_packed_into_one_number() -> None:
    """Sides that no column holds are cut: no provider takes them either."""
    assert Size(800, 600).packed == 800 * 65536 + 600
    assert Size(2**31 - 1, 5).packed == 65535 * 65536 + 5


@given(st.sampled_from(pictures(40, 30)), st.integers(0, 60), st.binary(max_size=8))
def test_no_bytes_break_the_reader(picture: tuple[Kind, bytes], at: int, junk: bytes) -> None:
    """Damage gives a size or none, never an error or an endless loop."""
    content = picture[1]
    found = image_size(content[:at] + junk + content[at + len(junk) :])
    assert found is None or (found.width > 0 and found.height > 0)
