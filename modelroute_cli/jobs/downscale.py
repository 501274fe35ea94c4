"""Pictures scaled down before they are sent, where settings ask for it: `images: {max_side: 1024}`."""

import struct
from io import BytesIO
from typing import TYPE_CHECKING, Final

from modelroute_cli.jobs.image_header import Size, image_kind, image_size

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS: Final = 100_000_000  # of a picture that is unpacked to be scaled: 400 MB of memory
_SCALED: Final = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}  # a GIF may move: it is left alone
_PLAIN = ("L", "LA", "RGB", "RGBA")
_QUALITY = 90
_BROKEN = (OSError, SyntaxError, ValueError, struct.error, EOFError)  # what the decoders of Pillow raise on broken data


class UnscalableError(ValueError):
    """A picture that cannot be unpacked, or is too large to be."""


def scaled_size(size: Size, max_side: int | None, kind: str | None) -> Size:
    """The size that a picture is sent at: its longer side at most `max_side`, the other in proportion, rounded."""
    longer = max(size.width, size.height)
    if max_side is None or longer <= max_side or kind not in _SCALED:
        return size
    return Size(_side(size.width, longer, max_side), _side(size.height, longer, max_side))


def _side(side: int, longer: int, max_side: int) -> int:
    return max(1, (2 * side * max_side + longer) // (2 * longer))


def scaled(data: bytes, max_side: int) -> bytes:
    """A PNG, JPEG or WebP with no side longer than `max_side`, upright, in its own format; anything else as it is.

    The size is that of `scaled_size`, turned where the picture says so; the bytes depend on Pillow's version. What a
    camera wrote beside the picture (place, time) is not kept. UnscalableError.
    """
    kind, size = image_kind(data), image_size(data)
    if kind is None or size is None or scaled_size(size, max_side, kind) == size:
        return data
    if size.width * size.height > MOST_PIXELS:
        message = f"has {size.width:,} x {size.height:,} pixels, too many to be scaled down"
        raise UnscalableError(message)
    try:
        return _written(_shrunk(data, max_side), _SCALED[kind])
    except _BROKEN as error:
        message = "cannot be scaled down: it is damaged"
        raise UnscalableError(message) from error


def _shrunk(data: bytes, max_side: int) -> "Image":
    """The unpacked picture, upright and small; Pillow's own bound on pixels holds as well, and is an error here."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - 0.05 s that only jobs with large pictures pay

    with Image.open(BytesIO(data), formats=list(_SCALED.values())) as opened:
        upright = ImageOps.exif_transpose(_plain(opened))
        size = scaled_size(Size(*upright.size), max_side, "png")
        small = upright.resize((size.width, size.height), Image.Resampling.LANCZOS)
        small.info = {name: value for name, value in opened.info.items() if name == "icc_profile"}
        return small


def _plain(image: "Image") -> "Image":
    """The picture in eight bits a channel: palettes and 16-bit greys cannot be scaled as they are."""
    if image.mode in _PLAIN:
        return image
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _written(image: "Image", form: str) -> bytes:
    out = BytesIO()
    lossy = {} if form == "PNG" else {"quality": _QUALITY}
    image.save(out, form, icc_profile=image.info.get("icc_profile"), **lossy)
    return out.getvalue()
