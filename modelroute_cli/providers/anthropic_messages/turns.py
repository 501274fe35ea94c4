"""The system's text and the chat as Anthropic's content blocks."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.jobs.sent_text import End
from modelroute_cli.providers.base import Call, UnsendableError
from modelroute_cli.providers.encoding import Body, Inline, inline, is_link, is_system, not_inline

OPENING = "(The conversation begins.)"
"""What the user says first in a chat that begins with the assistant: the API wants a user's turn there."""

_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_DOCUMENTS = frozenset({"application/pdf"})
_MARK: Body = {"cache_control": {"type": "ephemeral"}}  # kept for five minutes after its last use


@dataclass(frozen=True, slots=True)
class _Turn:
    """One speaker's blocks."""

    role: str
    blocks: list[Body] = field(default_factory=list)


def system_blocks(turns: Sequence[Message], end: End | None) -> list[Body]:
    """What the system says, a block a turn, marked at `end` when it stands in it.

    Turns of the system in the middle of a chat are put in front, in their order: newer models alone take them where
    they stand, and only behind a user's turn. Anthropic's own OpenAI endpoint does the same.
    """
    return [block for at, turn in enumerate(turns) if is_system(turn) for block in _texts(turn.content, _in(at, end))]


def chat_messages(turns: Sequence[Message], call: Call, end: End | None) -> list[Body]:
    """User and assistant in turn, with what the request carries besides text behind the text of the last user turn.

    Blank texts are refused by the API, so a blank turn is left out. Turns of one speaker in a row are sent as they
    are: the API joins them. A chat that ends with the assistant is sent as it is: older models go on from there,
    newer ones refuse it, which costs nothing. UnsendableError for sound, and for what cannot be read.
    """
    chat = [_Turn(turn.role, _said(turn, _in(at, end))) for at, turn in enumerate(turns) if not is_system(turn)]
    carried = _carried(call.request, call.provider)
    last = next((turn for turn in reversed(chat) if turn.role == "user"), None)
    if last is not None:
        last.blocks.extend(carried)
    opening = [_Turn("user", [_text(OPENING), *(carried if last is None else [])])]
    kept = [turn for turn in chat if turn.blocks]
    is_opened = bool(kept) and kept[0].role == "user"
    return [{"role": turn.role, "content": turn.blocks} for turn in (kept if is_opened else opening + kept)]


def _in(at: int, end: End | None) -> int | None:
    """After how many characters of this turn the mark stands; None where it stands in another one."""
    return end.chars if end is not None and end.turn == at else None


def _said(turn: Message, mark: int | None) -> list[Body]:
    """The text of a turn; an assistant's must not end in white space where it is the last."""
    return _texts(turn.content.rstrip() if turn.role == "assistant" else turn.content, mark)


def _texts(said: str, mark: int | None) -> list[Body]:
    """A text as one block, or as two where what is shared ends within it; none where it is blank."""
    if not said.strip():
        return []
    if mark is None:
        return [_text(said)]
    rest = said[mark:]
    return [_text(said[:mark]) | _MARK, *([_text(rest)] if rest.strip() else [])]


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
    named = "a picture" if kind == "image" else "a document"
    message = f"request `{request.custom_id}` carries {named} of type `{found.media_type}`"
    return UnsendableError(message, hint=f"Anthropic takes {', '.join(f'`{each}`' for each in sorted(takes))}")
