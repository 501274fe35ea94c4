"""What OpenAI's two wire formats write alike: roles, tiers, cache words, sampling, tools, names of documents."""

from modelroute_cli.base.schema import Message, Request, ServiceTier, Tool
from modelroute_cli.providers.base import Call, UnsendableError
from modelroute_cli.providers.encoding import Body, Inline, inline, is_system, not_inline

TOOL_MODES = frozenset({"auto", "none", "required"})

_AT_ONCE = frozenset({ServiceTier.FLEX, ServiceTier.PRIORITY})
_ENDINGS = {"application/pdf": "pdf"}
_SOUNDS = {
    "audio/wav": "wav",
    "audio/wave": "wav",
    "audio/x-wav": "wav",
    "audio/vnd.wave": "wav",
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
}


def role(turn: Message, call: Call) -> str:
    """OpenAI calls the system's turn `developer`, most others do not know that word."""
    return call.provider.system_role if is_system(turn) else turn.role


def service_tier(call: Call) -> Body:
    """The tier by name where the provider sells more than one at once: a project's default may be a dearer one.

    What is handed in, or waits for cheap hours, is the standard tier in the body of a request.
    """
    if _AT_ONCE.isdisjoint(call.provider.tiers):
        return {}
    return {"service_tier": call.service_tier if call.service_tier in _AT_ONCE else "default"}


def cache_key(call: Call) -> Body:
    """The word by which the provider sends requests of one beginning to where it keeps that beginning."""
    if call.prefix is None or not call.provider.prompt_cache_key:
        return {}
    return {"prompt_cache_key": f"modelroute-{call.prefix:016x}"}


def sampling(call: Call) -> Body:
    """Temperature and nucleus, as far as they are asked for and the model takes them."""
    if not call.card.sampling:
        return {}
    asked = {"temperature": call.request.temperature, "top_p": call.request.top_p}
    return {name: value for name, value in asked.items() if value is not None}


def arguments(tool: Tool) -> Body:
    """The schema of a tool's arguments; a tool without any takes an object without fields."""
    return tool.parameters or {"type": "object", "properties": {}}


def carried(item: str, request: Request) -> Inline:
    """The content of a picture, sound or file that has to stand in the request; UnsendableError where it does not."""
    found = inline(item)
    if found is None:
        raise not_inline(item, request)
    return found


def document_name(number: int, document: Inline) -> str:
    """A name for a document, which the format wants and a job file does not give; `number` counts from 1."""
    return f"document-{number}.{_ENDINGS.get(document.media_type, 'bin')}"


def sound_format(sound: Inline, request: Request) -> str:
    """`wav` or `mp3`; UnsendableError for any other sound."""
    found = _SOUNDS.get(sound.media_type)
    if found is None:
        message = f"request `{request.custom_id}` carries sound of the kind `{sound.media_type}`, not WAV or MP3"
        raise UnsendableError(message, hint="convert it to WAV or MP3")
    return found
