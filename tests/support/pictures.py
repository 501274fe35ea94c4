"""Small pictures for tests: PNGs that any viewer shows, and the bare headers of the other formats."""

import base64
import struct
import zlib

from modelroute_cli.jobs.image_header import Kind


def png(width: int, height: int) -> bytes:
    """A white PNG."""
    rows = b"".join(b"\0" + b"\xff" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def gif(width: int, height: int) -> bytes:
    """The beginning of a GIF."""
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0"


def jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    """The beginning of a JPEG, with `before` in a comment that stands in front of its frame."""
    comment = b"\xff\xfe" + struct.pack(">H", len(before) + 2) + before
    return b"\xff\xd8" + comment + b"\xff\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"


def webp(width: int, height: int, chunk: str) -> bytes:
    """The beginning of a WebP: `VP8 ` (lossy), `VP8L` (lossless) or `VP8X` (extended)."""
    forms = {
        "VP8 ": b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width | 0x4000, height),
        "VP8L": b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14),
        "VP8X": b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"),
    }
    return b"RIFF\0\0\0\0WEBP" + chunk.encode() + struct.pack("<I", len(forms[chunk])) + forms[chunk]


def pictures(width: int, height: int) -> list[tuple[Kind, bytes]]:
    """The same size in every format and variant."""
    webps: list[tuple[Kind, bytes]] = [("webp", webp(width, height, chunk)) for chunk in ("VP8 ", "VP8L", "VP8X")]
    return [("png", png(width, height)), ("gif", gif(width, height)), ("jpeg", jpeg(width, height)), *webps]


def data_url(content: bytes, kind: str = "png") -> str:
    """A picture as a data URL."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
