"""What a sound is by its own bytes, WAV or MP3, and how long it lasts."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal

SoundKind = Literal["wav", "mp3"]

_RIFF, _WAVE, _ID3, _XING = b"RIFF", b"WAVE", b"ID3", (b"Xing", b"Info", b"VBRI")
_CHUNK_HEAD, _ID3_HEAD, _FRAME_HEAD = 8, 10, 4
_MARKED = 48  # bytes of a frame in which such a mark stands
_TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN")  # what may stand behind the last frame
_LEAST_BYTES_A_SECOND = 1_000  # of MP3: 8 kbit/s
_MOST_SKIPPED = 4_096  # bytes that are no frame, before the length is no longer counted

# ISO/IEC 11172-3, 2.4.2.3, and 13818-3: kbit/s by index, for MPEG 1 and for MPEG 2 and 2.5, layers I to III.
_KBITS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HERTZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_SAMPLES = {(1, 1): 384, (1, 2): 1_152, (1, 3): 1_152, (2, 1): 384, (2, 2): 1_152, (2, 3): 576}


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame of an MP3: its bytes, and how long it sounds."""

    size_bytes: int
    seconds: float


def sound_kind(data: bytes) -> SoundKind | None:
    """The format that the first bytes name; None for any other."""
    if data[:4] == _RIFF and data[8:12] == _WAVE:
        return "wav"
    return "mp3" if data.startswith(_ID3) or _begins_with_frames(data) else None


def _begins_with_frames(data: bytes) -> bool:
    """Whether two frames stand there, or one alone: two bytes that look like a header are not enough."""
    first = _frame(data, 0)
    return first is not None and (first.size_bytes >= len(data) or _frame(data, first.size_bytes) is not None)


def sound_seconds(data: bytes) -> int | None:
    """How long a sound lasts, rounded up; None for what is no sound, or whose header is damaged or cut off.

    Exact for WAV. An MP3 is counted frame by frame; where bytes lie between its frames that are none, its length is
    the most that so many bytes can hold.
    """
    match sound_kind(data):
        case "wav":
            return _wav_seconds(data)
        case "mp3":
            return _mp3_seconds(data)
        case None:
            return None


def _wav_seconds(data: bytes) -> int | None:
    """The bytes of the `data` chunk by the bytes a second of the `fmt ` chunk; cut where the file ends before it."""
    chunks = {name: (start, size) for name, start, size in _chunks(data)}
    form, content = chunks.get(b"fmt "), chunks.get(b"data")
    if form is None or content is None or form[1] < 16:  # noqa: PLR2004 - what every `fmt ` chunk has
        return None
    a_second = int.from_bytes(data[form[0] + 8 : form[0] + 12], "little")
    held = min(content[1], len(data) - content[0])
    return ceil(held / a_second) if a_second and held > 0 else None


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and stated size of each chunk; `data` of a stream, whose size nobody knew, is the last."""
    at = 12
    while at + _CHUNK_HEAD <= len(data):
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        yield name, at + _CHUNK_HEAD, size
        at += _CHUNK_HEAD + size + size % 2


def _mp3_seconds(data: bytes) -> int | None:
    """The frames added up; None without any."""
    at, seconds, skipped = _behind_id3(data), 0.0, 0
    while at + _FRAME_HEAD <= len(data) and not data.startswith(_TAGS, at):
        frame = _frame(data, at)
        if frame is None:
            at, skipped = at + 1, skipped + 1
            if skipped > _MOST_SKIPPED:
                return ceil(len(data) / _LEAST_BYTES_A_SECOND) if seconds else None
            continue
        seconds += 0 if not seconds and _tells_of_others(data, at) else frame.seconds
        at += frame.size_bytes
    return ceil(seconds) if seconds else None


def _behind_id3(data: bytes) -> int:
    """Where the first frame may begin: behind the tags (id3.org, ID3v2.4.0, 3.1: a size of four times seven bits)."""
    at = 0
    while data.startswith(_ID3, at) and at + _ID3_HEAD <= len(data):
        size = 0
        for byte in data[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += _ID3_HEAD + size + (_ID3_HEAD if data[at + 5] & 0x10 else 0)
    return at


def _tells_of_others(data: bytes, at: int) -> bool:
    """Whether a frame holds no sound, but where the others are."""
    return any(mark in data[at + _FRAME_HEAD : at + _MARKED] for mark in _XING)


def _frame(data: bytes, at: int) -> _Frame | None:
    """The frame whose header stands at `at`; None where none does."""
    head = data[at : at + _FRAME_HEAD]
    if len(head) < _FRAME_HEAD or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - eleven bits set
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    rate, hertz = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 4 or rate in {0, 15} or hertz == 3:  # noqa: PLR2004 - reserved, and free format
        return None
    kind = (1 if version == 3 else 2, layer)  # noqa: PLR2004 - MPEG 1
    samples, a_second = _SAMPLES[kind], _HERTZ[version][hertz]
    slot = 4 if layer == 1 else 1
    size = samples // 8 * _KBITS[kind][rate - 1] * 1_000 // slot // a_second * slot + (head[2] >> 1 & 1) * slot
    return _Frame(size, samples / a_second)
