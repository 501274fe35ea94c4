"""Sound and PDFs for tests: the least that is one."""

import struct
import zlib


def wav(seconds: float, *, rate: int = 800, stated: int | None = None) -> bytes:
    """A silent WAV, mono, eight bits; `stated`: what its header says of the bytes of sound."""
    content = b"\x80" * round(seconds * rate)
    size = len(content) if stated is None else stated
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, rate, 1, 8)
    body = b"WAVE" + form + b"data" + struct.pack("<I", size) + content
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp3(frames: int, *, tag: bytes = b"") -> bytes:
    """Silent frames of 1,152 samples at 44.1 kHz and 128 kbit/s: 26 ms each."""
    return tag + (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def id3(size: int) -> bytes:
    """A tag of so many bytes before the sound."""
    return b"ID3\x04\x00\x00" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + bytes(size)


def pdf(pages: int) -> bytes:
    """A PDF of empty pages, each object written out."""
    kids = " ".join(f"{number} 0 R" for number in range(3, 3 + pages))
    made = [
        "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj",
        f"2 0 obj\n<< /Type /Pages /Kids [{kids}] /Count {pages} >>\nendobj",
        *(f"{number} 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj" for number in range(3, 3 + pages)),
        "trailer\n<< /Root 1 0 R >>\n%%EOF\n",
    ]
    return ("%PDF-1.4\n" + "\n".join(made)).encode()


def packed_pdf(pages: int) -> bytes:
    """The same with its page tree in a compressed object stream, as most programs write it today."""
    catalog, tree = b"<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[]/Count {pages}>>".encode()
    numbers = f"1 0 2 {len(catalog) + 1} ".encode()
    content = zlib.compress(numbers + catalog + b" " + tree)
    head = f"<</Type/ObjStm/N 2/First {len(numbers)}/Filter/FlateDecode/Length {len(content)}>>".encode()
    packed = b"5 0 obj\n" + head + b"stream\n" + content + b"\nendstream\nendobj\n"
    return b"%PDF-1.5\n" + packed + b"6 0 obj\n<</Type/XRef/Root 1 0 R/Size 7>>stream\n\nendstream\nendobj\n"
