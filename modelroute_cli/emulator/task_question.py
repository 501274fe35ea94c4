"""This program's own question, which task type a prompt has: answered as a model would, by a reading of that prompt."""

import re
from functools import cache

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.emulator.asked import Asked
from modelroute_cli.features.classify import TASK_TYPES, Classifier
from modelroute_cli.features.reading import read

_MARKED = re.compile(r"<(prompt-[0-9a-f]+)>\n(?:\[user\]\n)?(.+)\n</\1>", re.DOTALL)


def likely_type(asked: Asked) -> str | None:
    """The likeliest task type, never `other`, of the prompt between marks in the last turn; None without such marks."""
    found = _MARKED.search(asked.turns[-1].text) if asked.turns else None
    if found is None:
        return None
    shares = _classifier().shares([read(Request(custom_id="asked", prompt=found[2]))])[0]
    best = sorted(zip(shares.tolist(), TASK_TYPES, strict=True), reverse=True)
    return next(task_type.value for _, task_type in best if task_type is not TaskType.OTHER)


@cache
def _classifier() -> Classifier:
    """The one that ships."""
    return Classifier.load()
