"""How long sound lasts, by its own bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.media import id3, mp3, wav

from modelroute_cli.jobs.sound import sound_kind, sound_seconds

_FRAME_S = 1152 / 44_100


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (wav(1), "wav"),
        (mp3(3), "mp3"),
        (mp3(1), "mp3"),
        (id3(20), "mp3"),
        (b"\xff\xfe" + "Not a sound".encode("utf-16-le"), None),
        (b"\xff\xd8\xff\xe0 a JPEG", None),
        (b"RIFF\0\0\0\0WEBP", None),
        (b"", None),
    ],
)
def test_the_content_names_the_kind(content: bytes, kind: str | None) -> None:
    """Two bytes that look like the header of a frame are not enough."""
    assert sound_kind(content) == kind


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        (wav(30), 30),
        (wav(0.2), 1),
        (wav(2.001), 3),
        (wav(5, stated=0xFFFFFFFF), 5),  # a stream whose end nobody knew
        (wav(5, stated=8000), 5),  # cut off: what is there counts
        (wav(9, stated=800), 1),  # what follows is another chunk's
    ],
)
def test_a_wav_says_how_long_it_is(content: bytes, seconds: int) -> None:
    """Bytes of sound by bytes a second, rounded up."""
    assert sound_seconds(content) == seconds


def test_chunks_before_the_sound_are_passed_over() -> None:
    """A list of names stands there, of odd length, which is padded."""
    plain = wav(4)
    named = plain[:12] + b"LIST" + struct.pack("<I", 5) + b"abcde\0" + plain[12:]
    assert sound_seconds(named) == 4


@pytest.mark.parametrize(
    "content",
    [
        wav(3)[:20],
        wav(3)[:12] + b"data" + struct.pack("<I", 100) + bytes(100),
        wav(0),
        wav(3).replace(struct.pack("<I", 800), bytes(4)),
        b"no sound",
        id3(20),
    ],
)
def test_a_damaged_sound_has_no_length(content: bytes) -> None:
    """Without a header, without sound, without a rate."""
    assert sound_seconds(content) is None


@pytest.mark.parametrize("frames", [1, 38, 39, 1000])
def test_the_frames_of_an_mp3_are_counted(frames: int) -> None:
    """38 of them are just short of a second."""
    assert sound_seconds(mp3(frames)) == -(-frames * 1152 // 44_100)


def test_tags_around_the_frames_are_no_sound() -> None:
    """Before, behind, and the frame that tells of the others."""
    told = b"\xff\xfb\x90\x00" + bytes(32) + b"Xing" + bytes(377)
    assert sound_seconds(id3(300) + mp3(38)) == 1
    assert sound_seconds(mp3(38) + b"TAG" + bytes(125)) == 1
    assert sound_seconds(told + mp3(38)) == 1


@pytest.mark.parametrize(
    ("header", "size", "seconds"),
    [
        (b"\xff\xf3\x80\x00", 208, 576 / 22_050),  # MPEG 2, layer III, 64 kbit/s at 22.05 kHz
        (b"\xff\xe3\x80\x00", 417, 576 / 11_025),  # MPEG 2.5, the same at 11.025 kHz
        (b"\xff\xfd\xa4\x00", 576, 1152 / 48_000),  # MPEG 1, layer II, 192 kbit/s at 48 kHz
        (b"\xff\xff\x98\x00", 432, 384 / 32_000),  # MPEG 1, layer I, 288 kbit/s at 32 kHz
    ],
)
def test_every_kind_of_frame_has_its_own_length(header: bytes, size: int, seconds: float) -> None:
    """Worked by hand from the tables of the standard."""
    assert sound_seconds((header + bytes(size - 4)) * 100) == -int(-100 * seconds // 1)


def test_lost_frames_count_as_many_as_the_bytes_can_hold() -> None:
    """The length of what cannot be followed is never planned too short."""
    lost = mp3(50) + b"\0" * 10_000
    assert sound_seconds(lost) == -(-len(lost) // 1000)


@given(st.binary(max_size=300), st.sampled_from([b"", b"RIFF\0\0\0\0WAVE", b"ID3", b"\xff\xfb\x90\x00"]))
def test_no_bytes_break_it(content: bytes, head: bytes) -> None:
    """A length from one second on, or none."""
    seconds = sound_seconds(head + content)
    assert seconds is None or seconds >= 1
