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
from modelroute_cli.pilot.history.moments import Moments, Summed, between, pooled
from modelroute_cli.pilot.history.naming import known_as, lasts
from modelroute_cli.pilot.history.sums import Sums
from modelroute_cli.pilot.history.weighing import Ageing, newest_served, weight


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
class _Weighed:
    """A row with what it counts as, the template that it is of, and whether another version answered."""

    row: Sums
    template: str
    weight: float
    is_older: bool


_By = TypeVar("_By", str, Kind)


def recall(path: Path, question: Question) -> Recalled:
    """What the history at `path` knows; HistoryError when it cannot be read, `NOTHING` where there is none."""
    return recalled(keeping.rows(path, emulated=question.emulated), question)


def recalled(rows: Sequence[Sums], question: Question) -> Recalled:
    """What these rows tell; those that are not of the question's sort (emulated or real) are left out.

    On each template, and on each kind, one scorer's measurements are taken, so that its models are compared by one
    measure. Kinds are those of the whole history; with the templates that are asked for among them.
    """
    weighed = _weighed(rows, question)
    by_template = _grouped(weighed, lambda each: each.template)
    by_kind = _grouped(weighed, lambda each: Kind(each.row.task_type, each.row.language))
    return Recalled(
        {(name, one.model): one for name in question.templates for one in _evidence(by_template[name], question)},
        {(kind, one.model): one for kind, found in by_kind.items() for one in _evidence(found, question)},
    )


def _weighed(rows: Sequence[Sums], question: Question) -> list[_Weighed]:
    """The rows that count."""
    sort = [row for row in rows if row.emulated == question.emulated]
    newest = newest_served(sort)
    counted = [row for row in sort if row.run != question.without_run]
    names = known_as(question.templates, {row.template for row in counted})
    weights = [weight(row, newest, question.at.date(), question.ageing) for row in counted]
    return [
        _Weighed(row, names.get(row.template, _told_apart(row)), found.value, found.is_other_version)
        for row, found in zip(counted, weights, strict=True)
    ]


def _told_apart(row: Sums) -> str:
    """The template's name; with the run, where the name means something else in each."""
    return row.template if lasts(row.template) else f"{row.template} of {row.run}"


def _grouped(weighed: Iterable[_Weighed], key: Callable[[_Weighed], _By]) -> defaultdict[_By, list[_Weighed]]:
    groups: defaultdict[_By, list[_Weighed]] = defaultdict(list)
    for each in weighed:
        groups[key(each)].append(each)
    return groups


def _evidence(found: Sequence[_Weighed], question: Question) -> Iterator[Evidence]:
    """What is known of each model, by one scorer."""
    scorer = _scorer(found, question.scorers)
    by_model = _grouped((each for each in found if each.row.scorer == scorer), lambda each: each.row.model)
    for model, measured in sorted(by_model.items()):
        quality = _quality(measured)
        if quality is not None:
            yield _of_model(model, measured, quality, question.baseline)


def _scorer(found: Sequence[_Weighed], asked: Sequence[str]) -> str | None:
    """The first of those asked for that measured something; of all, the one that measured most models, then most."""
    groups = _grouped(found, lambda each: each.row.scorer)
    reach = {name: (len({each.row.model for each in group}), _counted(group)) for name, group in sorted(groups.items())}
    if asked:
        return next((name for name in asked if name in reach), None)
    return max(reach, key=reach.__getitem__, default=None)


def _counted(found: Iterable[_Weighed]) -> float:
    return fsum(each.weight * each.row.n for each in found)


def _of_model(model: str, measured: Sequence[_Weighed], quality: Moments, baseline: str) -> Evidence:
    by_template = _grouped(measured, lambda each: each.template).values()
    return Evidence(
        model=model,
        scorer=measured[0].row.scorer,
        quality=quality,
        paired=_paired(measured, baseline),
        output_tokens=_tokens(measured),
        last_seen=max(each.row.day for each in measured),
        runs=len({each.row.run for each in measured}),
        older_n=sum(each.row.n for each in measured if each.is_older),
        templates=len(by_template),
        between=_between(_quality(rows) for rows in by_template),
        paired_between=_between(_paired(rows, baseline) for rows in by_template),
    )


def _between(groups: Iterable[Moments | None]) -> float | None:
    return between([each for each in groups if each is not None])


def _quality(measured: Sequence[_Weighed]) -> Moments | None:
    return pooled(
        [Summed(each.row.n, each.row.quality_sum, each.row.quality_squares, each.weight) for each in measured]
    )


def _paired(measured: Sequence[_Weighed], baseline: str) -> Moments | None:
    """Of the pairs with this baseline."""
    rows = [(each.row, each.weight) for each in measured if each.row.baseline == baseline]
    return pooled([Summed(row.n_paired, row.difference_sum, row.difference_squares, by) for row, by in rows])


def _tokens(measured: Sequence[_Weighed]) -> Moments | None:
    rows = [(each.row, each.weight) for each in measured]
    return pooled([Summed(row.n_tokens, row.output_tokens_sum, row.output_tokens_squares, by) for row, by in rows])
