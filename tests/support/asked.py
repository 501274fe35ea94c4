"""Requests of every kind that a job file may hold, for properties of wire formats."""

import base64
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec.structs import replace
from support.pictures import data_url, jpeg, png, webp

from modelroute_cli.base.schema import Message, Modality, Request, Tool

EVERYTHING = frozenset(Modality)

_WAV = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data\x08\0\0\0" + b"\x80" * 8
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
IMAGES = (data_url(png(1, 1)), data_url(png(3, 2)), data_url(jpeg(4, 4), "jpeg"), data_url(webp(5, 2, "VP8X"), "webp"))
LINKED_IMAGES = ("https://example.com/a.png", "https://example.com/b.jpg?size=large")
AUDIO = (
    f"data:audio/wav;base64,{base64.b64encode(_WAV).decode()}",
    f"data:audio/mpeg;base64,{base64.b64encode(bytes.fromhex('fffb9064') + bytes(16)).decode()}",
)
FILES = (f"data:application/pdf;base64,{base64.b64encode(_PDF).decode()}",)
LINKED_FILES = ("https://example.com/report.pdf",)


@cache
def texts(*, most: int = 30) -> SearchStrategy[str]:
    """Text that can be sent: any whole characters, at least one that is seen."""
    whole = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=most - 1)
    return st.builds(str.__add__, whole, st.sampled_from("aé日!"))


@cache
def words() -> SearchStrategy[str]:
    """Names as programs use them."""
    return st.text("abcxyz_", min_size=1, max_size=6)


@cache
def schemas() -> SearchStrategy[dict[str, object]]:
    """Objects with fields of every type, nested twice at most, closed (as strict modes want them) or open."""
    plain: list[dict[str, object]] = [
        {"type": "string"},
        {"type": "integer", "minimum": 1, "maximum": 5},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "string", "enum": ["red", "green"]},
        {"type": ["string", "null"]},
        {"type": "array", "items": {"type": "string"}},
    ]
    inner = st.sampled_from(plain) | _objects(st.sampled_from(plain))
    return _objects(inner)


def _objects(fields: SearchStrategy[dict[str, object]]) -> SearchStrategy[dict[str, object]]:
    """An object with such fields; half of them closed, with all fields required."""
    return st.builds(_object, st.dictionaries(words(), fields, max_size=3), st.booleans())


def _object(fields: dict[str, dict[str, object]], closed: bool) -> dict[str, object]:  # noqa: FBT001 - drawn by hypothesis
    """One object's schema."""
    made: dict[str, object] = {"type": "object", "properties": fields}
    return made | {"required": list(fields), "additionalProperties": False} if closed else made


@cache
def tools() -> SearchStrategy[tuple[Tool, ...]]:
    """One to three functions of different names, with and without a description and arguments."""
    nothing: SearchStrategy[dict[str, object]] = st.just({})
    parameters = nothing | schemas()
    one = st.builds(Tool, name=words(), description=st.none() | texts(), parameters=parameters)
    return st.lists(one, min_size=1, max_size=3, unique_by=lambda tool: tool.name).map(tuple)


@cache
def chats() -> SearchStrategy[tuple[Message, ...]]:
    """Turns of all four roles in any order; the last one is the user's."""
    roles = st.sampled_from(["system", "developer", "user", "assistant"])
    turns = st.lists(st.builds(Message, roles, texts()), max_size=4)
    return st.builds(lambda before, last: (*before, Message("user", last)), turns, texts())


@cache
def _fields(carries: frozenset[Modality], links: bool, linked_files: bool) -> dict[str, SearchStrategy[object]]:  # noqa: FBT001 - as the caller was told
    """What each field may be, made once: making strategies takes longer than drawing from them."""
    return {
        "system": st.none() | texts(),
        "max_output_tokens": st.none() | st.integers(1, 4000),
        "response_schema": st.none() | schemas(),
        "images": _some(carries, Modality.IMAGE, IMAGES + (LINKED_IMAGES if links else ())),
        "audio": _some(carries, Modality.AUDIO, AUDIO),
        "files": _some(carries, Modality.FILE, FILES + (LINKED_FILES if links and linked_files else ())),
        "temperature": st.none() | st.sampled_from([0.0, 0.3, 1.0, 2.0]),
        "top_p": st.none() | st.sampled_from([0.1, 1.0]),
        "seed": st.none() | st.integers(0, 2**31 - 1),
        "stop": st.lists(texts(most=4), max_size=4, unique=True).map(tuple),
    }


def _some(carries: frozenset[Modality], kind: Modality, known: tuple[str, ...]) -> SearchStrategy[object]:
    """None to two of the known items, where the request may carry them at all."""
    return st.lists(st.sampled_from(known), max_size=2).map(tuple) if kind in carries else st.just(())


def _with_choice(given: tuple[Tool, ...]) -> SearchStrategy[dict[str, object]]:
    """Tools and a choice that fits them."""
    if not given:
        return st.just({})
    choices = st.none() | st.sampled_from(["auto", "none", "required", *(tool.name for tool in given)])
    return choices.map(lambda choice: {"tools": given, "tool_choice": choice})


@cache
def _tooled() -> SearchStrategy[dict[str, object]]:
    """Tools, half of the time."""
    nothing: SearchStrategy[tuple[Tool, ...]] = st.just(())
    return (nothing | tools()).flatmap(_with_choice)


@cache
def _asked() -> SearchStrategy[dict[str, object]]:
    """What is asked: a prompt or a chat."""
    return st.builds(lambda text: {"prompt": text}, texts()) | st.builds(lambda turns: {"messages": turns}, chats())


@cache
def requests(
    *,
    carries: frozenset[Modality] = EVERYTHING,
    links: bool = True,
    linked_files: bool = True,
    with_tools: bool = True,
) -> SearchStrategy[Request]:
    """A request with any mix of what a row may ask for.

    `carries` names what it may hold besides text, `links` allows pictures and files by address, `linked_files` the
    latter.
    """
    fields = st.fixed_dictionaries(_fields(carries, links, linked_files))
    tooled = _tooled() if with_tools else st.just({})
    return st.builds(_request, _asked(), fields, tooled)


def _request(*parts: dict[str, object]) -> Request:
    """The request of all these fields."""
    plain = Request(custom_id="r", prompt="Hi")
    return replace(plain, **({"prompt": None} | {name: value for part in parts for name, value in part.items()}))
