"""A judge's question about an answer to a request of the job, and the verdict of one who knows what is right."""

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from modelroute_cli.base.schema import Request
from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.replay.right import parsed
from modelroute_cli.emulator.replay.wrong import alike
from modelroute_cli.planning.judge_prompt import BEST_POINTS

_PART = re.compile(r"<(request|answer|first-answer|second-answer)-([0-9a-f]{16})>\n(.*?)\n</\1-\2>", re.DOTALL)
_BEGINS = "<request-"
_JSON = re.compile(r"[\[{].*[\]}]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Question:
    """What a judge is shown: the request, and one answer or two."""

    shown: str
    answers: tuple[str, ...]


def question_in(asked: Asked) -> Question | None:
    """The question of a judge, None for what is none."""
    last = asked.turns[-1].text if asked.turns else ""
    if _BEGINS not in last:
        return None
    parts = {found[1]: found[3] for found in _PART.finditer(last)}
    answers = tuple(parts[name] for name in ("answer", "first-answer", "second-answer") if name in parts)
    return Question(parts["request"], answers) if "request" in parts and answers else None


def verdict(rights: tuple[bool, ...], dice: random.Random) -> str:
    """What is said of one answer, or of two beside each other, in the form that judges are asked for."""
    if len(rights) == 1:
        points = BEST_POINTS - dice.randrange(2) if rights[0] else 1 + dice.randrange(2)
        return _written("The answer is right." if rights[0] else "The answer is wrong.", {"score": str(points)})
    if rights[0] == rights[1]:
        return _written("They are as good as each other.", {"better": "tie"})
    return _written("One of them is right.", {"better": "first" if rights[0] else "second"})


def says_expected(answer: str, request: Request) -> bool:
    """Whether an answer says what is expected: as text, or each expected field of its JSON."""
    expected = parsed(request.expected)
    if isinstance(expected, str) and alike(answer, expected):
        return True
    found = _found_json(answer)
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(name in found and _same(found[name], value) for name, value in expected.items())
    if isinstance(found, dict) and not isinstance(expected, list):
        return any(_same(value, expected) for value in found.values())
    return _same(found, expected) or (not isinstance(expected, str) and alike(answer, _plain(expected)))


def _found_json(answer: str) -> object:
    """The JSON in an answer; the answer itself where there is none."""
    found = _JSON.search(answer)
    return answer if found is None else parsed(found[0])


def _same(one: object, other: object) -> bool:
    return alike(one, other) if isinstance(one, str) and isinstance(other, str) else one == other


def _plain(value: object) -> str:
    """A value as it is written where no JSON is asked for."""
    return ", ".join(map(str, value)) if isinstance(value, list) else json.dumps(value, ensure_ascii=False)


def _written(reason: str, said: Mapping[str, str]) -> str:
    return json.dumps({"reason": reason, **said})
