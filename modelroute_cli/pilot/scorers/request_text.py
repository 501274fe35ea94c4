"""A request as a person reads it in a sheet."""

from collections.abc import Iterator, Sequence

from modelroute_cli.base.schema import Request


def request_text(request: Request) -> str:
    """The one user turn as it is; else each turn under its role; and what the request carries, by name or address."""
    turns = request.turns()
    alone = len(turns) == 1 and turns[0].role == "user"
    texts = [turns[0].content] if alone else [f"[{turn.role}]\n{turn.content}" for turn in turns]
    return "\n\n".join((*texts, *_carried(request)))


def _carried(request: Request) -> Iterator[str]:
    """What stands beside the turns, a line each."""
    yield from _named("image", request.images)
    yield from _named("sound", request.audio)
    yield from _named("document", request.files)
    yield from (f"[tool: {tool.name}]" for tool in request.tools)
    if request.response_schema:
        yield "[the answer is held to a JSON schema]"


def _named(kind: str, items: Sequence[str]) -> Iterator[str]:
    """Files and addresses, which a person can open; what stands in the request itself has no name."""
    for place, item in enumerate(items, start=1):
        yield f"[{kind}: {f'number {place}, in the request itself' if item.startswith('data:') else item}]"
