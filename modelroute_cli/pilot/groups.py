"""Groups that a batch is measured by: its templates, and where those hold no pattern, prompts that read alike.

A template whose prompts differ in a few places is a group as it stands. What is left over (questions of all kinds that
happen to share no pattern) is divided anew by its letters: the finer a group, the more of the differences between
models it shows, and the fewer requests of it there are to measure.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from modelroute_cli.features.likenesses import Matrix, Space, clusters, nearest

REQUESTS_A_GROUP = 250
"""One group for so many loose prompts: 50 measured ones are then a fifth of it."""
MOST_GROUPS = 64
_LEARNED = 4_000  # prompts that the space is learned from
_CLUSTERED = 20_000  # and the centres
_LEAST = 40  # requests of a template that is a group of its own
_TIGHT = 0.92


@dataclass(frozen=True, slots=True)
class Grouped:
    """The group of each request, in their order, and the template that each group's requests mostly have."""

    names: tuple[str, ...]


def group_requests(templates: Sequence[str], texts: Sequence[str], seed: int = 0) -> Grouped:
    """The group of each request of a batch, by its template and the text of its prompt, side by side.

    Deterministic; a batch of fewer than two groups' requests, or one whose templates all share a pattern, keeps them.
    """
    if not texts:
        return Grouped(())
    random = np.random.default_rng(seed)
    space = Space.of([texts[at] for at in _some(len(texts), _LEARNED, random)], seed)
    points = space.points(texts)
    tight = _tight(templates, points)
    names = list(templates)
    loose = np.array([at for at, name in enumerate(templates) if name not in tight], np.int64)
    if len(loose):
        for at, name in zip(
            loose.tolist(), _divided(points[loose], [templates[at] for at in loose], seed), strict=True
        ):
            names[at] = name
    return Grouped(tuple(names))


def _some(count: int, most: int, random: np.random.Generator) -> list[int]:
    """Places of at most `most` of `count`, in order."""
    if count <= most:
        return list(range(count))
    return sorted(random.choice(count, most, replace=False).tolist())


def _tight(templates: Sequence[str], points: Matrix) -> frozenset[str]:
    """Templates of some size whose prompts are alike."""
    rows: dict[str, list[int]] = {}
    for at, name in enumerate(templates):
        rows.setdefault(name, []).append(at)
    return frozenset(name for name, held in rows.items() if len(held) >= _LEAST and _tightness(points[held]) >= _TIGHT)


def _tightness(points: Matrix) -> float:
    """The mean cosine of points to their centre: 1 where all are the same."""
    return float(np.linalg.norm(points.mean(axis=0)))


def _divided(points: Matrix, templates: Sequence[str], seed: int) -> list[str]:
    """The group of each loose prompt, named for what most of its prompts were taken for."""
    count = min(max(len(points) // REQUESTS_A_GROUP, 1), MOST_GROUPS)
    sample = _some(len(points), _CLUSTERED, np.random.default_rng(seed))
    place = nearest(points, clusters(points[sample], count, seed))
    kinds: dict[int, Counter[str]] = {}
    for at, name in zip(place.tolist(), templates, strict=True):
        kinds.setdefault(at, Counter())[name.rpartition("-")[0] or name] += 1
    named = {at: f"{min(kind, key=lambda name: (-kind[name], name))}~{at + 1}" for at, kind in kinds.items()}
    return [named[at] for at in place.tolist()]
