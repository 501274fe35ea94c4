"""Which of a pilot's answers people are asked about, and what several people's words come to."""

import random
from collections.abc import Iterable, Sequence
from statistics import fmean

from msgspec import structs

from modelroute_cli.pilot.observation import Observation
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


def averaged(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """One observation for each request, model and scorer: the mean of what several people (or rounds) said.

    All but the quality is the first one's, and so is the order.
    """
    groups: dict[tuple[str, str, str], list[Observation]] = {}
    for each in observations:
        groups.setdefault((each.custom_id, each.model, each.scorer), []).append(each)
    return tuple(structs.replace(group[0], quality=_mean(group)) for group in groups.values())


def _mean(group: Sequence[Observation]) -> float:
    """In [0,1] whatever rounding does."""
    return min(max(fmean(each.quality for each in group), 0.0), 1.0)


def _some(names: set[str], count: int, seed: int) -> list[str]:
    """So many names by lot: each has a number of its own, so that a larger draw holds a smaller one."""
    return sorted(names, key=lambda name: (random.Random(f"{seed}/sheet/{name}").random(), name))[:count]  # noqa: S311 - a draw
