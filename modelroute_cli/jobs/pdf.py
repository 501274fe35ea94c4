"""How many pages a PDF has (ISO 32000-1): read from its page tree, also where that lies in compressed objects.

Only what leads to the root of the tree is followed, each step by the last definition in the file; what is encrypted,
damaged or built in another way has an unknown number of pages.
"""

import re
import zlib
from collections.abc import Iterator

PDF_START = b"%PDF-"
_OBJECT = re.compile(rb"(?<![0-9])(\d{1,10})\s+\d{1,5}\s+obj\b")
_ROOT = re.compile(rb"/Root\s+(\d{1,10})\s+\d{1,5}\s+R")
_PAGES = re.compile(rb"/Pages\s+(\d{1,10})\s+\d{1,5}\s+R")
_COUNT = re.compile(rb"/Count\s+(\d{1,7})(?![0-9]|\s+\d+\s+R)")
_IS_TREE = re.compile(rb"/Type\s*/Pages\b")
_IS_PACKED = re.compile(rb"/Type\s*/ObjStm\b")
_FIRST = re.compile(rb"/First\s+(\d{1,9})")
_STREAM = re.compile(rb"stream\r?\n")
_MOST_HEAD = 4_096  # bytes of the dictionary before a stream
_MOST_UNPACKED = 64 * 2**20


def pdf_pages(data: bytes) -> int | None:
    """The pages of a PDF; None where they cannot be told without reading all of it, or it is no PDF."""
    if not data.startswith(PDF_START) or b"/Encrypt" in data:
        return None
    roots = _ROOT.findall(data)
    if not roots:
        return None
    found = _objects(data)
    tree = _PAGES.search(found.get(int(roots[-1]), b""))
    node = found.get(int(tree[1]), b"") if tree else b""
    count = _COUNT.search(node)
    return int(count[1]) or None if count and _IS_TREE.search(node) else None


def _objects(data: bytes) -> dict[int, bytes]:
    """The dictionary of each object by its number, the last definition of each; streams left out."""
    found: dict[int, bytes] = {}
    unpacked = 0
    for number, body in _plain_objects(data):
        head = body[: _end_of_head(body)]
        found[number] = head
        if _IS_PACKED.search(head) and unpacked < _MOST_UNPACKED:
            content = _unpacked(body, _MOST_UNPACKED - unpacked)
            unpacked += len(content)
            found |= dict(_packed_objects(head, content))
    return found


def _plain_objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each object that stands in the file itself."""
    marks = list(_OBJECT.finditer(data))
    ends = [*(mark.start() for mark in marks[1:]), len(data)]
    for mark, end in zip(marks, ends, strict=True):
        yield int(mark[1]), data[mark.end() : end]


def _end_of_head(body: bytes) -> int:
    """Where the stream of an object begins; its end where it has none."""
    stream = _STREAM.search(body, 0, _MOST_HEAD)
    return stream.start() if stream else len(body)


def _unpacked(body: bytes, most: int) -> bytes:
    """The content of a compressed stream, at most so many bytes; empty where it is not simply deflated."""
    stream = _STREAM.search(body, 0, _MOST_HEAD)
    if stream is None or b"/FlateDecode" not in body[: stream.start()]:
        return b""
    try:
        return zlib.decompressobj().decompress(body[stream.end() :], most)
    except zlib.error:
        return b""


def _packed_objects(head: bytes, content: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects of an object stream: numbers and offsets first, then the objects one after the other (7.5.7)."""
    first = _FIRST.search(head)
    if first is None:
        return
    start = int(first[1])
    numbers = [int(each) for each in content[:start].split() if each.isdigit()]
    offsets = [start + offset for offset in numbers[1::2]]
    for number, begin, end in zip(numbers[::2], offsets, [*offsets[1:], len(content)], strict=False):
        yield number, content[begin:end]
