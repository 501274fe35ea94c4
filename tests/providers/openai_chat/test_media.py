"""Tests of modelroute_cli.providers.openai_chat.media."""

import msgspec
import pytest
from support.asked import AUDIO, FILES, IMAGES, LINKED_FILES, LINKED_IMAGES
from support.calls import OPENAI, make_call

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.base import UnsendableError
from modelroute_cli.providers.openai_chat.media import media_parts

MISTRAL = msgspec.structs.replace(OPENAI, media_parts="mistral")
NO_LINKS = msgspec.structs.replace(OPENAI, fetches_links=False)


def request(**fields: tuple[str, ...]) -> Request:
    """A request that carries these."""
    return msgspec.structs.replace(Request(custom_id="r7", prompt="What is it?"), **fields)


def refused(asked: Request, provider: Provider = OPENAI) -> tuple[str, str | None]:
    """Message and hint of what cannot be sent."""
    with pytest.raises(UnsendableError) as caught:
        media_parts(make_call(asked, provider))
    return caught.value.message, caught.value.hint


def test_pictures_come_before_sound_and_sound_before_documents() -> None:
    """Each in its order; documents get names."""
    asked = request(images=(LINKED_IMAGES[0], IMAGES[0]), audio=AUDIO, files=(FILES[0], FILES[0]))
    wav, mp3 = (item.partition(",")[2] for item in AUDIO)
    assert media_parts(make_call(asked)) == [
        {"type": "image_url", "image_url": {"url": LINKED_IMAGES[0]}},
        {"type": "image_url", "image_url": {"url": IMAGES[0]}},
        {"type": "input_audio", "input_audio": {"data": wav, "format": "wav"}},
        {"type": "input_audio", "input_audio": {"data": mp3, "format": "mp3"}},
        {"type": "file", "file": {"filename": "document-1.pdf", "file_data": FILES[0]}},
        {"type": "file", "file": {"filename": "document-2.pdf", "file_data": FILES[0]}},
    ]


def test_mistral_has_shapes_of_its_own() -> None:
    """Bare base64 for sound, `document_url` for documents, which may be addresses."""
    asked = request(audio=AUDIO[:1], files=(FILES[0], LINKED_FILES[0]))
    assert media_parts(make_call(asked, MISTRAL)) == [
        {"type": "input_audio", "input_audio": AUDIO[0].partition(",")[2]},
        {"type": "document_url", "document_url": FILES[0], "document_name": "document-1.pdf"},
        {"type": "document_url", "document_url": LINKED_FILES[0]},
    ]


@pytest.mark.parametrize("kind", ["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"])
def test_wav_has_many_names(kind: str) -> None:
    """And one format."""
    sound = AUDIO[0].replace("audio/wav", kind)
    assert media_parts(make_call(request(audio=(sound,))))[0]["input_audio"] == {
        "data": AUDIO[0].partition(",")[2],
        "format": "wav",
    }


def test_other_sound_is_refused_before_sending() -> None:
    """The format names two kinds."""
    assert refused(request(audio=("data:audio/ogg;base64,AAAA",))) == (
        "request `r7` carries sound of the kind `audio/ogg`, not WAV or MP3",
        "convert it to WAV or MP3",
    )


@pytest.mark.parametrize(
    ("asked", "provider"),
    [
        (request(images=LINKED_IMAGES[:1]), NO_LINKS),
        (request(audio=("https://example.com/a.png",)), OPENAI),
        (request(files=("https://example.com/a.png",)), OPENAI),
        (
            request(files=("https://example.com/a.png",)),
            msgspec.structs.replace(NO_LINKS, media_parts="mistral"),
        ),
    ],
    ids=["picture", "sound", "document", "document of Mistral's"],
)
def test_an_address_goes_only_where_it_is_fetched(asked: Request, provider: Provider) -> None:
    """OpenAI's shapes have a place for an address of a picture alone."""
    assert refused(asked, provider) == (
        "request `r7`: `https://example.com/a.png` is not in the request, and this provider reads no addresses",
        "give it as a file or as a `data:...;base64,` URL",
    )


def test_a_long_address_is_cut_in_the_message() -> None:
    """The request's own name says which it was."""
    message, _ = refused(request(files=(LINKED_FILES[0] + "x" * 100,)))
    assert message.count("x") < 90
    assert "…" in message
