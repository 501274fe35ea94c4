"""What lines of every batch API say of sampling, stop words and tools, as the fields of a request."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec
from msgspec import structs

from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.batch_body import Body, shown

EARLIER_CALLS = "earlier calls of tools and their results are not sent"
KEPT_FILE = "a file that is kept by the provider is not known here"


def give_sampling(body: Body, name: str, *names: str) -> None:
    """Set `temperature`, `top_p` or `seed`, found under one of `names`.

    A number that no provider is sent (a seed below 0) is left out and told, like all that is not sent.
    """
    value = body.take(*(names or (name,)))
    if isinstance(value, int | float) and not _fits(name, value):
        body.found.dropped.append(name)
    else:
        body.found.give(name, value)


def _fits(name: str, value: float) -> bool:
    try:
        msgspec.convert(value, _types()[name])
    except msgspec.ValidationError:
        return False
    return True


@lru_cache(maxsize=1)
def _types() -> Mapping[str, object]:
    return {field.name: field.type for field in structs.fields(Request)}


def give_stop(body: Body, *names: str) -> None:
    """Set `stop` from one text or a list of them."""
    value = body.take(*names)
    if value in ([], ""):
        return
    body.found.give("stop", [value] if isinstance(value, str) else value)


def give_tools(body: Body, tools: list[dict[str, object]]) -> None:
    """Set `tools`, each without the fields that were not given."""
    if tools:
        given = [{name: value for name, value in tool.items() if value is not None} for tool in tools]
        body.found.row["tools"] = given


def give_choice(body: Body, name: str, choice: object, words: Mapping[str, str]) -> None:
    """Set `tool_choice` from a provider's own word; a fault for one that is not kept."""
    if isinstance(choice, str) and choice in words:
        body.found.row["tool_choice"] = words[choice]
    elif choice is not None:
        body.refuse(name, f"cannot be {shown(choice)}: a request has {', '.join(words)} or one tool", None)


def without_choice_alone(body: Body) -> None:
    """A choice without tools chooses nothing: it is passed over, as providers do."""
    if "tools" not in body.found.row and body.found.row.get("tool_choice") in {"auto", "none"}:
        del body.found.row["tool_choice"]
