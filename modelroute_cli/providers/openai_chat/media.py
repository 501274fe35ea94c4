"""OpenAI Chat Completions: pictures, sound and documents as parts of a turn."""

from modelroute_cli.base.schema import Request
from modelroute_cli.providers.base import Call
from modelroute_cli.providers.encoding import Body, inline, is_link, not_inline
from modelroute_cli.providers.openai_fields import carried, document_name, sound_format


def media_parts(call: Call) -> list[Body]:
    """Pictures, then sound, then documents, each in the order of the request.

    A picture may be an address where the provider fetches it; the format has no place for an address of sound or of a
    document. UnsendableError for what has to stand in the request and does not.
    """
    request = call.request
    return [
        *(_image(image, call) for image in request.images),
        *(_sound(sound, request) for sound in request.audio),
        *(_document(file, number, request) for number, file in enumerate(request.files, start=1)),
    ]


def _image(image: str, call: Call) -> Body:
    """A picture by its address or its content."""
    if not inline(image) and not (is_link(image) and call.provider.fetches_links):
        raise not_inline(image, call.request)
    return {"type": "image_url", "image_url": {"url": image}}


def _sound(item: str, request: Request) -> Body:
    """Sound, bare base64 with the name of its format."""
    sound = carried(item, request)
    return {"type": "input_audio", "input_audio": {"data": sound.base64, "format": sound_format(sound, request)}}


def _document(item: str, number: int, request: Request) -> Body:
    """A document as a data URL under a name of its own."""
    name = document_name(number, carried(item, request))
    return {"type": "file", "file": {"filename": name, "file_data": item}}
