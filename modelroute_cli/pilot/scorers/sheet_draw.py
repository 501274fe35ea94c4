"""Which of a pilot's answers people are asked about."""

import random
from collections.abc import Sequence

from modelroute_cli.pilot.scorers.answers import Answer


def drawn(answers: Sequence[Answer], per_template: int, seed: int) -> tuple[Answer, ...]:
    """All answers to so many requests of each template, drawn by lot, in the order given.

    Whole requests, since labels of a model without the baseline's beside it say little; by lot, since a judge is
    corrected by labels only where they are a random draw of what it judged. More requests hold those of fewer.
    """
    requests: dict[str, set[str]] = {}
    for answer in answers:
        requests.setdefault(answer.template, set()).add(answer.custom_id)
    taken = {(template, name) for template, names in requests.items() for name in _some(names, per_template, seed)}
    return tuple(answer for answer in answers if (answer.template, answer.custom_id) in taken)


def _some(names: set[str], count: int, seed: int) -> list[str]:
    """So many names by lot: each has a number of its own, so that a larger draw holds a smaller one."""
    return sorted(names, key=lambda name: (random.Random(f"{seed}/sheet/{name}").random(), name))[:count]  # noqa: S311 - a draw
