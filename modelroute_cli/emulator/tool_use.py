"""Whether a function is called instead of an answer, and with what."""

import json
import random
from dataclasses import dataclass, replace

from modelroute_cli.emulator.asked import Asked, Function
from modelroute_cli.emulator.json_answer import make_value
from modelroute_cli.emulator.reading import Reading

_CHANCE = 0.2  # where the model may choose
_ID_CHARS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCall:
    """A call that the model asks for; `arguments` is JSON that meets the function's schema."""

    id: str
    name: str
    arguments: str


def call(asked: Asked, reading: Reading, dice: random.Random, digest: str) -> MadeCall | None:
    """The call; None where there is nothing to call or the model chose not to, as it does once a result has come."""
    function = _chosen(asked, dice)
    if function is None:
        return None
    value = make_value({"type": "object", **function.parameters}, replace(reading, items=1), dice)
    arguments = json.dumps(value, ensure_ascii=False)
    return MadeCall(id=digest[:_ID_CHARS], name=function.name, arguments=arguments)


def _chosen(asked: Asked, dice: random.Random) -> Function | None:
    """The function to call."""
    if asked.choice == "none" or not asked.functions:
        return None
    if asked.choice not in {"auto", "required"}:
        return next((each for each in asked.functions if each.name == asked.choice), None)
    if asked.choice == "auto" and (asked.turns[-1].role == "tool" or dice.random() >= _CHANCE):
        return None
    return dice.choice(asked.functions)
