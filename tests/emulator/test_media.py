"""Tests of modelroute_cli.emulator.media."""

import base64
import io
import wave

import pytest
from support.pictures import data_url, pictures, png

from modelroute_cli.emulator.media import Kind, Medium, from_base64, from_url, tokens
from modelroute_cli.jobs.image_header import Size


def encoded(data: bytes) -> str:
    """As it stands in a request."""
    return base64.b64encode(data).decode()


def sound(seconds: int) -> bytes:
    """Silence as WAV."""
    into = io.BytesIO()
    with wave.open(into, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 8000 * seconds))
    return into.getvalue()


def test_a_picture_is_measured_by_its_own_bytes() -> None:
    """Every format that providers take."""
    for _, content in pictures(640, 480):
        assert from_base64("image", encoded(content)) == Medium(kind="image", size=Size(640, 480))


@pytest.mark.parametrize("data", ["%", encoded(b"GIF9"), encoded(b"text"), ""])
def test_what_is_no_picture_is_none(data: str) -> None:
    """A provider would say so."""
    assert from_base64("image", data) is None


def test_a_wav_says_how_long_it_is() -> None:
    """By its header; anything else is taken as MP3 of the usual rate."""
    assert from_base64("audio", encoded(sound(3))) == Medium(kind="audio", amount=3.0)
    assert from_base64("audio", encoded(b"\xff\xfb" + bytes(31_998))) == Medium(kind="audio", amount=2.0)


def test_a_wav_that_claims_more_than_it_holds_is_as_long_as_it_is() -> None:
    """No request is billed for sound that is not there."""
    claimed = sound(3)[:44] + bytes(16_000)
    assert from_base64("audio", encoded(claimed)) == Medium(kind="audio", amount=1.0)


def test_pages_are_counted() -> None:
    """By the objects of the file, at least one."""
    pages = b"%PDF-1.4 /Type /Pages /Type /Page /Type/Page >>"
    assert from_base64("file", encoded(pages)) == Medium(kind="file", amount=2)
    assert from_base64("file", encoded(b"%PDF-1.4")) == Medium(kind="file", amount=1)


def test_what_is_behind_an_address_is_of_unknown_size() -> None:
    """The emulator opens none."""
    found = [from_url(kind, "https://e.example/x") for kind in ("image", "audio", "file")]
    assert found == [Medium(kind="image"), Medium(kind="audio", amount=30.0), Medium(kind="file", amount=1.0)]
    assert from_url("image", "/etc/x.png") is None


def test_a_data_url_is_opened() -> None:
    """It carries its content."""
    assert from_url("image", data_url(png(10, 20))) == Medium(kind="image", size=Size(10, 20))


@pytest.mark.parametrize(
    ("model", "counted"),
    [
        ("gpt-4o", 85 + 4 * 170),  # 1024 x 1024 in four tiles, OpenAI's own example
        ("openai/gpt-4o", 85 + 4 * 170),
        ("gpt-5-mini", 1659),  # 1,024 patches of 32 pixels, 1.62 each
        ("claude-haiku-5-5", 1369),  # 37 x 37 patches of 28 pixels
        ("anthropic/claude-sonnet-5.5", 1369),
        ("gemini-3.8-flash", 1120),  # at any size
        ("gemini-2.5-flash", 4 * 258),
        ("smollm2", 1659),  # without a rule
    ],
)
def test_each_family_counts_a_picture_its_own_way(model: str, counted: int) -> None:
    """1024 x 1024."""
    assert tokens(Medium(kind="image", size=Size(1024, 1024)), model) == counted


@pytest.mark.parametrize(("model", "counted"), [("gpt-6-luna", 1659), ("claude-haiku-5-5", 1296), ("gemini-3", 1120)])
def test_a_picture_of_unknown_size_has_the_family_s_number(model: str, counted: int) -> None:
    """About a megapixel."""
    assert tokens(Medium(kind="image"), model) == counted


@pytest.mark.parametrize(
    ("kind", "amount", "model", "counted"),
    [("audio", 10.0, "gemini-3.8-flash", 320), ("audio", 2.05, "gpt-4o-audio", 21), ("file", 3.0, "gemini-3", 774)],
)
def test_sound_is_counted_by_the_second_and_files_by_the_page(
    kind: Kind, amount: float, model: str, counted: int
) -> None:
    """Rounded up."""
    assert tokens(Medium(kind=kind, amount=amount), model) == counted
