"""What a judge's answer says: a score in [0,1], or nothing that can be used. Nothing is searched for inside a text."""

from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from modelroute_cli.base.schema import JudgeRule
from modelroute_cli.execution.gates.answer import unfenced
from modelroute_cli.planning.judge_prompt import BEST_POINTS

_WIN = {("first", True): 1.0, ("second", False): 1.0, ("first", False): 0.0, ("second", True): 0.0}
_TIE = 0.5


@dataclass(frozen=True, slots=True)
class Heard:
    """What one judge said of an answer."""

    score: float  # in [0,1]; in a comparison the share of the win
    reason: str


class _Points(Struct, frozen=True):
    score: Annotated[float, Meta(ge=1, le=BEST_POINTS)] | Literal["1", "2", "3", "4", "5"]
    reason: str = ""


class _Better(Struct, frozen=True):
    better: Literal["first", "second", "tie"]
    reason: str = ""


def heard(text: str, rule: JudgeRule, *, answer_first: bool) -> Heard | None:
    """What `text`, the whole answer of a judge, says; None where it is not what was asked for."""
    try:
        if rule.mode == "rubric":
            points = msgspec.json.decode(unfenced(text), type=_Points)
            return Heard((float(points.score) - 1) / (BEST_POINTS - 1), points.reason)
        said = msgspec.json.decode(unfenced(text), type=_Better)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return Heard(_WIN.get((said.better, answer_first), _TIE), said.reason)
