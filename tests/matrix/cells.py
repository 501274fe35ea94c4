"""The cells of the provider matrix: what is asked for, what comes back, what is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from support.pictures import data_url, png
from support.scripted import Scripted

from modelroute_cli.base.schema import Request, Tool, Usage

PIXEL = data_url(png(1, 1))
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"subject": {"type": "string"}},
    "required": ["subject"],
    "additionalProperties": False,
}
LOOK_UP = Tool(name="look_up", description="Finds a tea.", parameters=SCHEMA)


class Case(StrEnum):
    """What happens; a column of the matrix."""

    TEXT = "text"
    SCHEMA = "schema"
    TOOLS = "tools"
    IMAGE = "image"
    REFUSAL = "refusal"
    TRUNCATED = "truncated"
    EMPTY = "empty"  # an answer without text, billed
    LIMITED = "429"
    BROKEN = "5xx"
    AUTH = "auth error"
    TIMEOUT = "time-out"
    ERROR_IN_200 = "error in a 200"
    NOTHING = "200 with nothing"


ANSWERS = (Case.TEXT, Case.SCHEMA, Case.TOOLS, Case.IMAGE, Case.REFUSAL, Case.TRUNCATED, Case.EMPTY)
TROUBLES = (Case.LIMITED, Case.BROKEN, Case.AUTH, Case.TIMEOUT, Case.ERROR_IN_200, Case.NOTHING)

_SPECIAL: Mapping[Case, Mapping[str, object]] = {
    Case.SCHEMA: {"response_schema": SCHEMA},
    Case.TOOLS: {"tools": (LOOK_UP,), "tool_choice": "required"},
    Case.IMAGE: {"images": (PIXEL,)},
}

Shapes = Mapping[Case, Scripted]
"""What a provider sends in each case, in its own words."""


def request_of(case: Case) -> Request:
    """What is asked for in a case."""
    fields = _SPECIAL.get(case, {})
    return Request(custom_id="r1", system="Be brief.", prompt="Which tea is it?", **fields)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What became of one exchange: the result of a cell."""

    verdict: str  # the gate that spoke; for a failure its kind
    text: str  # the answer, or the message of the failure
    cost_pusd: int | None  # None: nobody knows, the reservation stays held
    follows: str  # what the run does next, in our words
    status: int | None = None
    tool: str | None = None  # the tool that is asked for
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a failure must come to."""

    kind: str
    message: str
    follows: str
