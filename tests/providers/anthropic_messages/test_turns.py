"""Tests of modelroute_cli.providers.anthropic_messages.turns."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import structs
from support.asked import AUDIO, FILES, IMAGES, LINKED_FILES, LINKED_IMAGES
from support.claude import ANTHROPIC, ask

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.jobs.sent_text import End
from modelroute_cli.providers.anthropic_messages.turns import OPENING, chat_messages, system_blocks
from modelroute_cli.providers.base import UnsendableError
from modelroute_cli.providers.encoding import Body

MARK = {"cache_control": {"type": "ephemeral"}}
PNG_DATA = IMAGES[0].partition(",")[2]
PDF_DATA = FILES[0].partition(",")[2]
NO_FETCHING = structs.replace(ANTHROPIC, fetches_links=False)


def text(said: str) -> Body:
    """A block of text."""
    return {"type": "text", "text": said}


def chat(turns: Sequence[Message], end: End | None = None, **carried: Any) -> list[Body]:  # noqa: ANN401 - fields of a request
    """The messages of a chat that carries these things."""
    return chat_messages(turns, ask(Request(custom_id="r", messages=tuple(turns), **carried)), end)


def refused(request: Request, *, fetches: bool = True) -> tuple[str, str | None]:
    """Message and hint of a request that cannot be sent."""
    with pytest.raises(UnsendableError) as caught:
        chat_messages(request.turns(), ask(request, provider=ANTHROPIC if fetches else NO_FETCHING), None)
    return caught.value.message, caught.value.hint


def test_what_the_system_says_stands_apart() -> None:
    """A block a turn, in order, also from the middle of a chat; blank turns say nothing."""
    turns = [Message("system", "a"), Message("user", "b"), Message("developer", "c"), Message("system", " ")]
    assert system_blocks(turns, None) == [text("a"), text("c")]
    assert chat(turns) == [{"role": "user", "content": [text("b")]}]


def test_turns_keep_their_order() -> None:
    """Two of one speaker in a row too: the API joins them."""
    turns = [Message("user", "a"), Message("user", "b"), Message("assistant", "c"), Message("user", "d")]
    assert [(turn["role"], turn["content"]) for turn in chat(turns)] == [
        ("user", [text("a")]),
        ("user", [text("b")]),
        ("assistant", [text("c")]),
        ("user", [text("d")]),
    ]


@pytest.mark.parametrize(
    "turns",
    [
        [Message("assistant", "Hello."), Message("user", "Hi.")],
        [Message("user", " \n"), Message("assistant", "Hello."), Message("user", "Hi.")],
    ],
)
def test_a_chat_begins_with_the_user(turns: list[Message]) -> None:
    """The API refuses another's first turn, and blank ones."""
    assert chat(turns) == [
        {"role": "user", "content": [text(OPENING)]},
        {"role": "assistant", "content": [text("Hello.")]},
        {"role": "user", "content": [text("Hi.")]},
    ]


def test_a_system_turn_alone_still_gets_an_answer() -> None:
    """The API wants at least one message."""
    turns = [Message("system", "Write a poem.")]
    assert (system_blocks(turns, None), chat(turns)) == (
        [text("Write a poem.")],
        [{"role": "user", "content": [text(OPENING)]}],
    )


def test_an_assistant_s_last_words_end_in_no_space() -> None:
    """A text to go on from must not, says the API."""
    assert chat([Message("user", "Go."), Message("assistant", "So: \n")])[1]["content"] == [text("So:")]


def test_pictures_and_documents_follow_the_last_user_text() -> None:
    """By their content or their address, pictures first."""
    turns = [Message("user", "a"), Message("user", "b"), Message("assistant", "c")]
    sent = chat(turns, images=(IMAGES[0], LINKED_IMAGES[0]), files=(FILES[0], LINKED_FILES[0]))
    assert [len(list(turn["content"])) for turn in sent if isinstance(turn["content"], list)] == [1, 5, 1]
    assert sent[1]["content"] == [
        text("b"),
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG_DATA}},
        {"type": "image", "source": {"type": "url", "url": LINKED_IMAGES[0]}},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF_DATA}},
        {"type": "document", "source": {"type": "url", "url": LINKED_FILES[0]}},
    ]


@pytest.mark.parametrize("turns", [[Message("assistant", "c")], [Message("system", "s")], [Message("user", " ")]])
def test_pictures_never_stand_in_an_assistant_s_turn(turns: list[Message]) -> None:
    """The API refuses documents there; the user's first turn carries them."""
    sent = chat(turns, files=FILES)
    content = sent[0]["content"]
    assert sent[0]["role"] == "user"
    assert isinstance(content, list)
    assert [block["type"] for block in content][-1] == "document"


def test_a_beginning_is_marked_where_it_ends() -> None:
    """The text is split there, so that what stands before the mark is the same for all who share it."""
    turns = [Message("system", "rules"), Message("user", "Read this: tea."), Message("user", "Now.")]
    assert system_blocks(turns, End(0, 5)) == [text("rules") | MARK]
    assert system_blocks(turns, End(0, 3)) == [text("rul") | MARK, text("es")]
    assert system_blocks(turns, End(1, 5)) == [text("rules")]
    assert chat(turns, End(1, 11))[0]["content"] == [text("Read this: ") | MARK, text("tea.")]
    assert chat(turns, End(1, 15))[0]["content"] == [text("Read this: tea.") | MARK]
    assert chat([Message("user", "Read. \n")], End(0, 5))[0]["content"] == [text("Read.") | MARK]


def test_sound_cannot_be_sent() -> None:
    """The format has no place for it, so nothing is sent."""
    assert refused(Request(custom_id="r7", prompt="Hear.", audio=AUDIO[:1])) == (
        "request `r7` carries sound, which Anthropic's format has no place for",
        "route it to a model whose card lists `audio` in `modalities`",
    )


def test_a_path_cannot_be_sent() -> None:
    """The run reads files into the request before; an address is sent only where it is fetched."""
    assert refused(Request(custom_id="r", prompt="See.", images=("a.png",))) == (
        "request `r`: `a.png` is not in the request, and this provider reads no addresses",
        "give it as a file or as a `data:...;base64,` URL",
    )
    linked = Request(custom_id="r", prompt="See.", files=LINKED_FILES)
    assert refused(linked, fetches=False)[0].startswith(f"request `r`: `{LINKED_FILES[0]}` is not in the request")


def test_kinds_of_files_that_are_refused_are_not_sent() -> None:
    """The API takes four kinds of pictures and one of documents."""
    assert refused(Request(custom_id="r", prompt="See.", images=("data:image/bmp;base64,AAAA",))) == (
        "request `r` carries a picture of type `image/bmp`",
        "Anthropic takes `image/gif`, `image/jpeg`, `image/png`, `image/webp`",
    )
    assert refused(Request(custom_id="r", prompt="See.", files=("data:text/csv;base64,AAAA",))) == (
        "request `r` carries a document of type `text/csv`",
        "Anthropic takes `application/pdf`",
    )
