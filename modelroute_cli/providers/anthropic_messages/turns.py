"""The system's text and the chat as Anthropic's content blocks."""

from collections.abc import Sequence

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.providers.base import Call, UnsendableError
from modelroute_cli.providers.encoding import Body, Inline, inline, is_link, is_system, last_user, not_inline

OPENING = "(The conversation begins.)"
"""What the user says first in a chat that begins with the assistant: the API wants a user's turn there."""

_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_DOCUMENTS = frozenset({"application/pdf"})


def system_blocks(turns: Sequence[Message]) -> list[Body]:
    """What the system says, a block a turn.

    Turns of the system in the middle of a chat are put in front, in their order: newer models alone take them where
    they stand, and only behind a user's turn. Anthropic's own OpenAI endpoint does the same.
    """
    return [_text(turn.content) for turn in turns if is_system(turn) and turn.content.strip()]


def chat_messages(turns: Sequence[Message], call: Call) -> list[Body]:
    """User and assistant in turn, with what the request carries besides text behind the text of the last user turn.

    Blank texts are refused by the API, so a blank turn is left out. Turns of one speaker in a row are sent as they
    are: the API joins them. A chat that ends with the assistant is sent as it is: older models go on from there,
    newer ones refuse it, which costs nothing. UnsendableError for sound, and for what cannot be read.
    """
    carried = _carried(call.request, call.provider)
    chat = _with_opening([turn for turn in turns if not is_system(turn)], carries=bool(carried))
    place = last_user(chat)
    return [_message(turn, carried if at == place else []) for at, turn in enumerate(chat)]


def _with_opening(chat: Sequence[Message], *, carries: bool) -> list[Message]:
    """The turns that say or carry something; the first is the user's."""
    carrier = last_user(chat)
    kept = [
        turn
        for place, turn in enumerate(chat)
        if turn.content.strip() or (carries and place == carrier and turn.role == "user")
    ]
    return kept if kept and kept[0].role == "user" else [Message("user", OPENING), *kept]


def _message(turn: Message, carried: Sequence[Body]) -> Body:
    """One turn; an assistant's text must not end in white space where it is the last."""
    said = turn.content.rstrip() if turn.role == "assistant" else turn.content
    return {"role": turn.role, "content": [*([_text(said)] if said.strip() else []), *carried]}


def _text(said: str) -> Body:
    return {"type": "text", "text": said}


def _carried(request: Request, provider: Provider) -> list[Body]:
    """Pictures, then documents."""
    if request.audio:
        message = f"request `{request.custom_id}` carries sound, which Anthropic's format has no place for"
        raise UnsendableError(message, hint="route it to a model whose card lists `audio` in `modalities`")
    pictures = [_block("image", item, _PICTURES, request, provider) for item in request.images]
    return pictures + [_block("document", item, _DOCUMENTS, request, provider) for item in request.files]


def _block(kind: str, item: str, takes: frozenset[str], request: Request, provider: Provider) -> Body:
    """A picture or document, by its address or in the request itself."""
    if is_link(item) and provider.fetches_links:
        return {"type": kind, "source": {"type": "url", "url": item}}
    found = inline(item)
    if found is None:
        raise not_inline(item, request)
    if found.media_type not in takes:
        raise _strange(kind, found, takes, request)
    return {"type": kind, "source": {"type": "base64", "media_type": found.media_type, "data": found.base64}}


def _strange(kind: str, found: Inline, takes: frozenset[str], request: Request) -> UnsendableError:
    """The error for a kind of file that the API refuses."""
    message = f"request `{request.custom_id}` has a {kind} of type `{found.media_type}`"
    return UnsendableError(message, hint=f"Anthropic takes {', '.join(f'`{each}`' for each in sorted(takes))}")
