"""What a picture is by its own first bytes, whatever it is called: PNG, JPEG, WebP or GIF, and its size in pixels."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["png", "jpeg", "webp", "gif"]

MOST_SIDE = 2**16 - 1
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_GIF = (b"GIF87a", b"GIF89a")
_VP8_START = b"\x9d\x01\x2a"
_VP8L_START = b"\x2f"
_NO_FRAME = {0xC4, 0xC8, 0xCC}  # markers among those of frames that begin none: tables, reserved, arithmetic coding
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels of a picture, as its header says."""

    width: int
    height: int

    @property
    def packed(self) -> int:
        """One number for a column: width x 65536 + height, each cut at 65535, which no provider takes."""
        return min(self.width, MOST_SIDE) << 16 | min(self.height, MOST_SIDE)


def image_kind(data: bytes) -> Kind | None:
    """The format that the first bytes name; None for any other."""
    if data.startswith(_PNG):
        return "png"
    if data.startswith(_JPEG):
        return "jpeg"
    if data.startswith(_GIF):
        return "gif"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def image_size(data: bytes) -> Size | None:
    """The size that the header states; None for no picture, and for a header that is damaged or cut off."""
    match image_kind(data):
        case "png":
            found = _big(data, 16, 4) if data[12:16] == b"IHDR" else None
        case "gif":
            found = _little(data, 6, 2)
        case "webp":
            found = _webp(data)
        case "jpeg":
            found = _jpeg(data)
        case None:
            found = None
    return found if found is not None and found.width and found.height else None


def _big(data: bytes, start: int, length: int) -> Size | None:
    """Width and height, one after the other, high byte first."""
    width, height = data[start : start + length], data[start + length : start + 2 * length]
    return Size(int.from_bytes(width), int.from_bytes(height)) if len(height) == length else None


def _little(data: bytes, start: int, length: int) -> Size | None:
    """Width and height, one after the other, low byte first."""
    found = _big(data, start, length)
    if found is None:
        return None
    width, height = data[start : start + length], data[start + length : start + 2 * length]
    return Size(int.from_bytes(width, "little"), int.from_bytes(height, "little"))


def _webp(data: bytes) -> Size | None:
    """By the first chunk: extended, lossless or lossy (RFC 9649, section 2)."""
    match data[12:16]:
        case b"VP8X":
            found = _little(data, 24, 3)
            return None if found is None else Size(found.width + 1, found.height + 1)
        case b"VP8L" if data[20:21] == _VP8L_START and len(data) >= 25:  # noqa: PLR2004 - the end of the two sizes
            bits = int.from_bytes(data[21:25], "little")
            return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8 " if data[23:26] == _VP8_START:
            found = _little(data, 26, 2)
            return None if found is None else Size(found.width & 0x3FFF, found.height & 0x3FFF)
        case _:
            return None


def _jpeg(data: bytes) -> Size | None:
    """The first frame's, found from segment to segment (ITU T.81, annex B); height stands before width there."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004 - every marker begins so
        marker = data[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 - a byte that only fills
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:  # noqa: PLR2004 - the frames
            found = _big(data, at + 5, 2)
            return None if found is None else Size(found.height, found.width)
        else:
            at += 2 + max(int.from_bytes(data[at + 2 : at + 4]), 2)
    return None
