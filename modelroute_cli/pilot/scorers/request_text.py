"""A request as a person reads it in a sheet."""

from modelroute_cli.base.schema import Request


def request_text(request: Request) -> str:
    """The one user turn as it is; else each turn under its role; and what the request carries besides."""
    turns = request.turns()
    alone = len(turns) == 1 and turns[0].role == "user"
    texts = [turns[0].content] if alone else [f"[{turn.role}]\n{turn.content}" for turn in turns]
    given = {"images": request.images, "sounds": request.audio, "documents": request.files, "tools": request.tools}
    carried = [f"[{name}: {len(items)}]" for name, items in given.items() if items]
    schema = ["[the answer is held to a JSON schema]"] if request.response_schema else []
    return "\n\n".join((*texts, *carried, *schema))
