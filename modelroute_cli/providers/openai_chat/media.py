"""OpenAI Chat Completions: pictures, sound and documents as parts of a turn."""

from modelroute_cli.providers.base import Call
from modelroute_cli.providers.encoding import Body, inline, is_link, not_inline
from modelroute_cli.providers.openai_fields import carried, document_name, sound_format


def media_parts(call: Call) -> list[Body]:
    """Pictures, then sound, then documents, each in the order of the request.

    A picture may be an address where the provider fetches it; OpenAI's own shapes have no place for an address of sound
    or of a document. UnsendableError for what has to stand in the request and does not.
    """
    request = call.request
    return [
        *(_image(image, call) for image in request.images),
        *(_sound(sound, call) for sound in request.audio),
        *(_document(file, number, call) for number, file in enumerate(request.files, start=1)),
    ]


def _image(image: str, call: Call) -> Body:
    """A picture by its address or its content."""
    if not inline(image) and not (is_link(image) and call.provider.fetches_links):
        raise not_inline(image, call.request)
    return {"type": "image_url", "image_url": {"url": image}}


def _sound(item: str, call: Call) -> Body:
    """Sound as bare base64: OpenAI is told its format, Mistral (SDK 3.7, `AudioChunk`) hears it."""
    sound = carried(item, call.request)
    format_ = sound_format(sound, call.request)
    if call.provider.media_parts == "mistral":
        return {"type": "input_audio", "input_audio": sound.base64}
    return {"type": "input_audio", "input_audio": {"data": sound.base64, "format": format_}}


def _document(item: str, number: int, call: Call) -> Body:
    """A document as a data URL under a name of its own; Mistral (SDK 3.7, `DocumentURLChunk`) takes addresses too."""
    if call.provider.media_parts == "mistral":
        return _document_url(item, number, call)
    name = document_name(number, carried(item, call.request))
    return {"type": "file", "file": {"filename": name, "file_data": item}}


def _document_url(item: str, number: int, call: Call) -> Body:
    """A document by its address or its content; what is fetched keeps the name it has there."""
    if is_link(item) and call.provider.fetches_links:
        return {"type": "document_url", "document_url": item}
    name = document_name(number, carried(item, call.request))
    return {"type": "document_url", "document_url": item, "document_name": name}
