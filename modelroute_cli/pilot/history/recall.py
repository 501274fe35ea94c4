"""What is known from before of the templates of a job, and of templates of the same kind."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import fsum
from pathlib import Path
from typing import TypeVar

from modelroute_cli.base.schema import TaskType
from modelroute_cli.pilot.history import keeping
from modelroute_cli.pilot.history.moments import Moments, Summed, Total, between
from modelroute_cli.pilot.history.naming import known_as, lasts
from modelroute_cli.pilot.history.sums import Sums
from modelroute_cli.pilot.history.weighing import Ageing, Weight, newest_served, weight


@dataclass(frozen=True, slots=True)
class Kind:
    """What templates may have in common."""

    task_type: TaskType
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a history.

    `scorers`: those whose measurements count, the best first, because another's are on another scale; without any, on
    each template the one that measured most models. `without_run`: a run whose own measurements do not count, because
    its pilot has them already; the versions that it saw do.
    """

    templates: frozenset[str]
    at: datetime
    baseline: str
    emulated: bool
    scorers: tuple[str, ...] = ()
    without_run: str | None = None
    ageing: Ageing = field(default_factory=Ageing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was measured of one model, by one scorer, on a template or on all templates of a kind."""

    model: str
    scorer: str
    quality: Moments
    paired: Moments | None  # quality minus the baseline's on the same requests; None: no pair with this baseline
    output_tokens: Moments | None
    last_seen: date
    runs: int
    older_n: int  # of `quality.n`, those of another `model_served` than the newest
    templates: int = 1
    between: float | None = None  # variance of the templates' mean qualities beyond chance; None: fewer than two
    paired_between: float | None = None  # the same of paired differences


@dataclass(frozen=True, slots=True)
class Recalled:
    """The answers: by template and model, by kind and model."""

    templates: Mapping[tuple[str, str], Evidence]
    kinds: Mapping[tuple[Kind, str], Evidence]

    def of_template(self, template: str, model: str) -> Evidence | None:
        """What is known of a model on a template; None when it was never measured there."""
        return self.templates.get((template, model))

    def of_kind(self, task_type: TaskType, language: str, model: str) -> Evidence | None:
        """What is known of a model on all templates of a kind together; None when it was never measured on one."""
        return self.kinds.get((Kind(task_type, language), model))


NOTHING = Recalled({}, {})


@dataclass(frozen=True, slots=True)
class _Cell:
    """All rows of one template, kind, scorer and model, summed up with their weights."""

    template: str
    kind: Kind
    scorer: str
    model: str
    quality: Total
    paired: Total
    tokens: Total
    last_seen: date
    runs: frozenset[str]
    older_n: int


_Key = TypeVar("_Key")
_Item = TypeVar("_Item", _Cell, tuple[Sums, Weight])


def recall(path: Path, question: Question) -> Recalled:
    """What the history at `path` knows; HistoryError when it cannot be read, `NOTHING` where there is none."""
    return recalled(keeping.rows(path, emulated=question.emulated), question)


def recalled(rows: Sequence[Sums], question: Question) -> Recalled:
    """What these rows tell; those that are not of the question's sort (emulated or real) are left out.

    On each template, and on each kind, one scorer's measurements are taken, so that its models are compared by one
    measure. Kinds are those of the whole history; with the templates that are asked for among them.
    """
    cells = _cells(rows, question)
    by_template = _grouped(cells, lambda cell: cell.template)
    by_kind = _grouped(cells, lambda cell: cell.kind)
    asked = [name for name in question.templates if name in by_template]
    return Recalled(
        {(name, one.model): one for name in asked for one in _evidence(by_template[name], question.scorers)},
        {(kind, one.model): one for kind, found in by_kind.items() for one in _evidence(found, question.scorers)},
    )


def _cells(rows: Sequence[Sums], question: Question) -> list[_Cell]:
    """The rows that count, summed up."""
    sort = [row for row in rows if row.emulated == question.emulated]
    newest = newest_served(sort)
    at, ageing = question.at.date(), question.ageing
    weighed = [(row, weight(row, newest, at, ageing)) for row in sort if row.run != question.without_run]
    names = known_as(question.templates, {row.template for row, _ in weighed})
    groups = _grouped(weighed, lambda each: _place(each[0], names))
    cells = [_cell(place, found, question.baseline) for place, found in groups.items()]
    return [cell for cell in cells if cell.quality.weight]


_Place = tuple[str, Kind, str, str]


def _place(row: Sums, names: Mapping[str, str]) -> _Place:
    """The template by today's name, kind, scorer and model; a name that does not last is told apart by its run."""
    own = row.template if lasts(row.template) else f"{row.template} of {row.run}"
    return names.get(row.template, own), Kind(row.task_type, row.language), row.scorer, row.model


def _cell(place: _Place, found: Sequence[tuple[Sums, Weight]], baseline: str) -> _Cell:
    rows = [(row, by.value) for row, by in found]
    beside = [(row, by) for row, by in rows if row.baseline == baseline]
    return _Cell(
        *place,
        quality=Total.of([Summed(row.n, row.quality_sum, row.quality_squares, by) for row, by in rows]),
        paired=Total.of([Summed(row.n_paired, row.difference_sum, row.difference_squares, by) for row, by in beside]),
        tokens=Total.of(
            [Summed(row.n_tokens, row.output_tokens_sum, row.output_tokens_squares, by) for row, by in rows]
        ),
        last_seen=max(row.day for row, _ in found),
        runs=frozenset(row.run for row, _ in found),
        older_n=sum(row.n for row, by in found if by.is_other_version),
    )


def _grouped(items: Iterable[_Item], key: Callable[[_Item], _Key]) -> dict[_Key, list[_Item]]:
    groups: defaultdict[_Key, list[_Item]] = defaultdict(list)
    for each in items:
        groups[key(each)].append(each)
    return dict(groups)


def _evidence(found: Sequence[_Cell], scorers: Sequence[str]) -> Iterator[Evidence]:
    """What is known of each model, by one scorer."""
    scorer = _scorer(found, scorers)
    by_model = _grouped((cell for cell in found if cell.scorer == scorer), lambda cell: cell.model)
    for _, cells in sorted(by_model.items()):
        quality = Total.together([cell.quality for cell in cells]).moments
        if quality is not None:
            yield _of_model(cells, quality)


def _scorer(found: Sequence[_Cell], asked: Sequence[str]) -> str | None:
    """The first of those asked for that measured something; of all, the one that measured most models, then most."""
    groups = _grouped(found, lambda cell: cell.scorer)
    if asked:
        return next((name for name in asked if name in groups), None)
    reach = {name: _reach(cells) for name, cells in sorted(groups.items())}
    return max(reach, key=reach.__getitem__, default=None)


def _reach(cells: Sequence[_Cell]) -> tuple[int, float]:
    """How many models, and how much counts."""
    return len({cell.model for cell in cells}), fsum(cell.quality.weight for cell in cells)


def _of_model(cells: Sequence[_Cell], quality: Moments) -> Evidence:
    by_template = _grouped(cells, lambda cell: cell.template).values()
    return Evidence(
        model=cells[0].model,
        scorer=cells[0].scorer,
        quality=quality,
        paired=Total.together([cell.paired for cell in cells]).moments,
        output_tokens=Total.together([cell.tokens for cell in cells]).moments,
        last_seen=max(cell.last_seen for cell in cells),
        runs=len(frozenset[str]().union(*(cell.runs for cell in cells))),
        older_n=sum(cell.older_n for cell in cells),
        templates=len(by_template),
        between=_between(Total.together([cell.quality for cell in one]).moments for one in by_template),
        paired_between=_between(Total.together([cell.paired for cell in one]).moments for one in by_template),
    )


def _between(groups: Iterable[Moments | None]) -> float | None:
    return between([each for each in groups if each is not None])
