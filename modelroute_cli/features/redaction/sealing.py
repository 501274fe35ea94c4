"""A request as it leaves the machine: placeholders in every text of it that is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from msgspec import structs

from modelroute_cli.base.schema import Message, Request, Tool
from modelroute_cli.features.redaction.finder import Finder
from modelroute_cli.features.redaction.json_texts import texts_in, with_texts, without
from modelroute_cli.features.redaction.vault import Vault

_SHAPES = frozenset({"format", "pattern", "minLength", "maxLength"})
"""What a schema asks of the form of texts: placeholders have another, and answers could not be given with them."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A request as it is sent, and what puts the values back."""

    request: Request
    vault: Vault


def seal(request: Request, finder: Finder, before: Vault | None = None) -> Sealed:
    """The request with a placeholder for each value that `finder` finds in any text that is sent.

    With `before` (of the request that this one is about) its values are found too, and keep their placeholders. A
    request without values is itself. What it carries as pictures, sound and documents is not looked into, nor are the
    names of tools.
    """
    vault = Vault.of(list(_texts(request)), finder, before)
    return Sealed(_sealed(request, vault) if vault.by_value else request, vault)


def _texts(request: Request) -> Iterator[str]:
    """Every text that is sent, in the order in which a model reads it."""
    for turn in request.turns():
        yield turn.content
    yield from texts_in(request.response_schema)
    for tool in request.tools:
        yield from texts_in([tool.description, tool.parameters])
    yield from request.stop


def _sealed(request: Request, vault: Vault) -> Request:
    schema = request.response_schema
    return structs.replace(
        request,
        prompt=None if request.prompt is None else vault.sealed(request.prompt),
        system=None if request.system is None else vault.sealed(request.system),
        messages=None if request.messages is None else tuple(_turn(turn, vault) for turn in request.messages),
        response_schema=None if schema is None else _object(without(schema, _SHAPES), vault),
        tools=tuple(_tool(tool, vault) for tool in request.tools),
        stop=tuple(vault.sealed(text) for text in request.stop),
    )


def _turn(turn: Message, vault: Vault) -> Message:
    return Message(turn.role, vault.sealed(turn.content))


def _tool(tool: Tool, vault: Vault) -> Tool:
    described = None if tool.description is None else vault.sealed(tool.description)
    return structs.replace(tool, description=described, parameters=_object(without(tool.parameters, _SHAPES), vault))


def _object(value: object, vault: Vault) -> dict[str, object]:
    return cast("dict[str, object]", with_texts(value, vault.sealed))
