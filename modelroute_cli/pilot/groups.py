"""Groups that a batch is measured by: its templates, and where those hold no pattern, prompts that read alike.

A template whose prompts share some words in a row is a group as it stands. What is left over (questions of all kinds
that happen to share no pattern) is divided anew by its words and letters: the finer a group, the more of what models
differ in it shows, and the fewer requests of it there are to measure.

"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from modelroute_cli.base.schema import Request
from modelroute_cli.features.likenesses import Matrix, Space, clusters, nearest
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.jobs.reader import RequestReader

REQUESTS_A_GROUP = 250
"""One group for so many loose prompts: 50 measured ones are then a fifth of it."""
MOST_GROUPS = 64
_LEARNED = 4_000  # prompts that the space is learned from
_CLUSTERED = 20_000  # and the centres
_LEAST = 40  # requests of a template that is a group of its own
_SEEN = 10  # of them in the sample, at least
_WORDS = 3  # in a row
_SHARED = 0.8  # of a template's prompts have a run of words that is part of its pattern
_PATTERN = 3  # runs: five words in a row; "which of the following" is none
_WORD = re.compile(r"\w+")
_BLOCK = 2_000

Text = Callable[[int], str]


def regrouped(job: JobFile) -> JobFile:
    """The job with `template` of loose prompts as `group_requests` divides them; the texts are read again."""
    rows = job.requests.select("template", "offset", "length").collect()
    places = rows.select("offset", "length").rows()
    with RequestReader(job.path, ignore_models=job.reading.ignore_models) as reader:
        names = group_requests(rows["template"].to_list(), lambda at: prompt_text(reader.at(*places[at])))
    if names == tuple(rows["template"]):
        return job
    keys = pl.int_range(len(names), eager=True, dtype=pl.Int64)
    known = pl.col("row").replace_strict(keys, pl.Series(names, dtype=pl.String), return_dtype=pl.String)
    return replace(job, requests=job.requests.with_columns(known.alias("template")))


def prompt_text(request: Request) -> str:
    """All turns of a request, as one text."""
    return "\n".join(turn.content for turn in request.turns())


def group_requests(templates: Sequence[str], text: Text, seed: int = 0) -> tuple[str, ...]:
    """The group of each request of a batch, from its template and the `text` of its place.

    Deterministic. A batch with fewer loose prompts than two groups take keeps its templates.
    """
    random = np.random.default_rng(seed)
    sample = _some(len(templates), _CLUSTERED, random)
    if not sample:
        return ()
    texts = [text(at) for at in sample]
    kept = _patterned([templates[at] for at in sample], texts, Counter(templates))
    loose = [at for at, name in enumerate(templates) if name not in kept]
    if len(loose) < 2 * REQUESTS_A_GROUP:
        return tuple(templates)
    seen = [each for at, each in zip(sample, texts, strict=True) if templates[at] not in kept]
    space = Space.of([seen[at] for at in _some(len(seen), _LEARNED, random)], seed)
    centres = clusters(space.points(seen), min(len(loose) // REQUESTS_A_GROUP, MOST_GROUPS), seed)
    return _named(templates, loose, _places(space, centres, (text(at) for at in loose)))


def _some(count: int, most: int, random: np.random.Generator) -> list[int]:
    """Places of at most `most` of `count`, in order."""
    if count <= most:
        return list(range(count))
    return sorted(random.choice(count, most, replace=False).tolist())


def _patterned(templates: Sequence[str], texts: Sequence[str], counts: Counter[str]) -> frozenset[str]:
    """Templates of some size whose prompts have the same words in a row."""
    held: dict[str, list[str]] = {}
    for name, text in zip(templates, texts, strict=True):
        held.setdefault(name, []).append(text)
    able = ((name, own) for name, own in held.items() if counts[name] >= _LEAST and len(own) >= _SEEN)
    return frozenset(name for name, own in able if _constant(own) >= _PATTERN)


def _constant(texts: Sequence[str]) -> int:
    """How many runs of words nearly all of the texts have."""
    found = Counter(run for text in texts for run in _runs(text))
    return sum(count >= _SHARED * len(texts) for count in found.values())


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return set(zip(*(words[at:] for at in range(_WORDS)), strict=False))


def _places(space: Space, centres: Matrix, texts: Iterable[str]) -> list[int]:
    """The nearest centre of each text, a block at a time."""
    places: list[int] = []
    block: list[str] = []
    for each in texts:
        block.append(each)
        if len(block) == _BLOCK:
            places += nearest(space.points(block), centres).tolist()
            block = []
    return places + nearest(space.points(block), centres).tolist() if block else places


def _named(templates: Sequence[str], loose: Sequence[int], places: Sequence[int]) -> tuple[str, ...]:
    """All templates, those of loose prompts named for their centre and what most of its prompts were taken for."""
    kinds: dict[int, Counter[str]] = {}
    for at, place in zip(loose, places, strict=True):
        kinds.setdefault(place, Counter())[templates[at].rpartition("-")[0] or templates[at]] += 1
    named = {at: f"{min(kind, key=lambda name: (-kind[name], name))}~{at + 1}" for at, kind in kinds.items()}
    names = list(templates)
    for at, place in zip(loose, places, strict=True):
        names[at] = named[place]
    return tuple(names)
