"""Pictures scaled down: their size, kind and way up."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.pictures import png

from modelroute_cli.jobs.downscale import UnscalableError, scaled, scaled_size
from modelroute_cli.jobs.image_header import Size, image_kind, image_size


def drawn(form: str, size: tuple[int, int] = (640, 480), mode: str = "RGB", **how: object) -> bytes:
    """A picture of one colour but for a red left upper corner."""
    image = Image.new(mode, size)
    if mode == "RGB":
        image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    out = BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


@pytest.mark.parametrize(("form", "kind"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "webp")])
def test_a_large_picture_keeps_its_kind_and_shape(form: str, kind: str) -> None:
    """The longer side is as asked, the other in proportion."""
    small = scaled(drawn(form), 100)
    assert (image_kind(small), image_size(small)) == (kind, Size(100, 75))


def test_what_is_small_already_is_left_alone() -> None:
    """Byte for byte; so are GIFs, which may move, and what is no picture."""
    for content in (drawn("PNG", (100, 75)), drawn("GIF"), b"no picture"):
        assert scaled(content, 100) is content


def test_a_picture_is_sent_upright() -> None:
    """As the camera says it is to be shown, which is not kept."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    small = Image.open(BytesIO(scaled(drawn("JPEG", exif=exif), 100)))
    assert small.size == (75, 100)
    assert not small.getexif()
    assert small.convert("RGB").getchannel("R").getpixel((70, 5)) in range(200, 256)


@pytest.mark.parametrize(
    ("mode", "seen"), [("P", "RGB"), ("1", "RGB"), ("L", "L"), ("RGBA", "RGBA"), ("I;16", "L"), ("LA", "LA")]
)
def test_every_kind_of_pixels_is_scaled(mode: str, seen: str) -> None:
    """Palettes and 16 bits become what can be mixed; what is see-through stays so."""
    assert Image.open(BytesIO(scaled(drawn("PNG", mode=mode), 64))).mode == seen


def test_a_grey_of_16_bits_keeps_its_grey() -> None:
    """Half bright stays half bright."""
    image = Image.new("I;16", (200, 100), 32768)
    out = BytesIO()
    image.save(out, "PNG")
    assert Image.open(BytesIO(scaled(out.getvalue(), 50))).getpixel((5, 5)) == 128


def test_what_cannot_be_unpacked_is_refused() -> None:
    """Damage behind a sound header."""
    with pytest.raises(UnscalableError, match=r"^cannot be scaled down: it is damaged$"):
        scaled(drawn("PNG")[:60], 100)


def test_a_bomb_is_not_unpacked() -> None:
    """A small file that claims a field of pixels."""
    header = png(1, 1)
    claimed = header[:16] + (20_000).to_bytes(4) + (20_000).to_bytes(4) + header[24:]
    with pytest.raises(UnscalableError, match=r"^has 20,000 x 20,000 pixels, too many to be scaled down$"):
        scaled(claimed, 100)


@given(st.integers(1, 65535), st.integers(1, 65535), st.integers(16, 65535))
def test_the_planned_size_is_within_what_was_asked(width: int, height: int, most: int) -> None:
    """No side vanishes, none is longer, and nothing grows."""
    size = scaled_size(Size(width, height), most, "png")
    assert 1 <= size.width <= min(width, most)
    assert 1 <= size.height <= min(height, most)
    assert max(size.width, size.height) == min(max(width, height), most)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(16, 300))
def test_what_is_sent_is_what_was_planned(width: int, height: int, most: int) -> None:
    """To the pixel."""
    content = png(width, height)
    assert image_size(scaled(content, most)) == scaled_size(Size(width, height), most, "png")
