"""How far a judge is from people, and what its qualities are once that is taken out.

The correction is prediction-powered inference (Angelopoulos et al., Science 2023): the mean of the judge on all
answers, plus the mean of what people gave more than the judge to the answers that both looked at. It is right whatever
the judge is like, if what people saw is a random draw of all. It is narrower than the labels alone where judge and
labels agree (a correlation above a half, as a rule), and wider where they do not: both are told.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, hypot, sqrt
from statistics import fmean

from modelroute_cli.base.statistics import Interval, t_quantile
from modelroute_cli.pilot.observation import Observation

_GOOD = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """What a judge and a person said of one answer, or of the difference of two; `request` is its custom_id."""

    judge: float
    label: float
    request: str = ""


@dataclass(frozen=True, slots=True)
class Bias:
    """A judge beside people: how much more it gives on average, and how often it says the same."""

    mean_difference: float  # judge less label, in [-1,1]
    standard_error: float | None  # by requests: answers to one are alike; None for one request, or gaps all the same
    agreement: float  # share of answers that both, or neither, give 0.5 or more
    n: int  # answers
    requests: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """A mean with the judge's bias taken out, beside what the labels alone say of it."""

    mean: float
    standard_error: float | None  # None for fewer than two labels
    labels_mean: float
    labels_standard_error: float | None
    judged: int  # requests that the judge looked at
    labelled: int  # of them, those that people looked at too
    templates: int = 1  # that were corrected each by its own labels
    gaps_vary: bool = True  # whether people gave more than the judge by different amounts


def pairs_of(judged: Iterable[Observation], labelled: Iterable[Observation]) -> tuple[Pair, ...]:
    """The answers that both looked at, by request and model, in the order of the labels."""
    said = {(each.custom_id, each.model): each.quality for each in judged}
    return tuple(
        Pair(said[each.custom_id, each.model], each.quality, each.custom_id)
        for each in labelled
        if (each.custom_id, each.model) in said
    )


def bias(judged: Iterable[Observation], labelled: Iterable[Observation]) -> Bias | None:
    """The judge's bias against labels of the same answers; None where there is no such answer."""
    pairs = pairs_of(judged, labelled)
    if not pairs:
        return None
    gaps = [pair.judge - pair.label for pair in pairs]
    mean = fmean(gaps)
    by_request: dict[str, float] = defaultdict(float)
    for pair, gap in zip(pairs, gaps, strict=True):
        by_request[pair.request] += gap - mean
    agreed = fmean(float((pair.judge >= _GOOD) == (pair.label >= _GOOD)) for pair in pairs)
    return Bias(mean, _clustered(list(by_request.values()), len(pairs)), agreed, len(pairs), len(by_request))


def corrected(unlabelled: Sequence[float], pairs: Sequence[Pair]) -> Corrected | None:
    """The mean that people would give all answers, one a request; None without any label.

    `unlabelled` is what the judge said of the answers people did not see. With f the judge, y the labels, N answers in
    all and n labelled: mean(f over N) + mean(y - f over n). Each row's share of its variance is taken as it stands in
    both sums: f/N + (y - f)/n of a labelled one, f/N of another.
    """
    if not pairs:
        return None
    labelled, total = len(pairs), len(pairs) + len(unlabelled)
    shares = [pair.judge / total + (pair.label - pair.judge) / labelled for pair in pairs]
    others = [value / total for value in unlabelled]
    error = None
    if labelled > 1:
        error = sqrt(_scatter(shares) + (_scatter(others) if len(others) > 1 else 0.0))
    labels = [pair.label for pair in pairs]
    alone = sqrt(_scatter(labels)) / labelled if labelled > 1 else None
    gaps = {pair.label - pair.judge for pair in pairs}
    return Corrected(sum(shares) + sum(others), error, fmean(labels), alone, total, labelled, gaps_vary=len(gaps) > 1)


def corrected_interval(found: Corrected, level: float) -> Interval | None:
    """Where the corrected mean lies, by Student's t with a degree of freedom less than labels for each template.

    None for fewer than two of them. Under twenty it holds less often than it says (benchmarks/judge_correction.py).
    Where people differ from the judge by the same each time, a share 1 - (1 - level)^(1/n) of what they did not see may
    be otherwise, by 1 (Clopper & Pearson's limit for none of n): so few labels are no proof of anything.
    """
    if found.standard_error is None:
        return None
    spread = t_quantile((1 + level) / 2, found.labelled - found.templates) * found.standard_error
    unseen = 0.0 if found.gaps_vary else 1 - (1 - level) ** (1 / found.labelled)
    width = hypot(spread, unseen)
    return Interval(found.mean, found.mean - width, found.mean + width, level)


def corrected_difference(
    judged: Sequence[Observation], labelled: Sequence[Observation], model: str, baseline: str
) -> Corrected | None:
    """The mean of a model's quality less the baseline's on the same requests, as people would give it.

    Each template is corrected by its own labels and counts by what was judged of it (stratified prediction-powered
    inference, Fisch et al. 2024), since sheets are drawn template by template; one with a single label counts only
    where there is no other. None without any label.
    """
    by_judge, by_people = (_differences(each, model, baseline) for each in (judged, labelled))
    parts = [found for name in by_people if (found := _corrected(by_judge.get(name, {}), by_people[name])) is not None]
    sure = [part for part in parts if part.standard_error is not None]
    return _together(sure) if sure else next(iter(parts), None)


def _together(parts: Sequence[Corrected]) -> Corrected:
    """One mean of several templates', each by its share of what was judged."""
    total = sum(part.judged for part in parts)
    weights = [part.judged / total for part in parts]
    return Corrected(
        mean=fsum(w * part.mean for w, part in zip(weights, parts, strict=True)),
        standard_error=hypot(*(w * (part.standard_error or 0.0) for w, part in zip(weights, parts, strict=True))),
        labels_mean=fsum(w * part.labels_mean for w, part in zip(weights, parts, strict=True)),
        labels_standard_error=hypot(
            *(w * (part.labels_standard_error or 0.0) for w, part in zip(weights, parts, strict=True))
        ),
        judged=total,
        labelled=sum(part.labelled for part in parts),
        templates=len(parts),
        gaps_vary=any(part.gaps_vary for part in parts),
    )


def _corrected(by_judge: Mapping[str, float], by_people: Mapping[str, float]) -> Corrected | None:
    """By request; labels of what no judge saw are left out."""
    pairs = [Pair(by_judge[name], label, name) for name, label in sorted(by_people.items()) if name in by_judge]
    return corrected([by_judge[name] for name in sorted(by_judge.keys() - by_people.keys())], pairs)


def _differences(observations: Sequence[Observation], model: str, baseline: str) -> dict[str, dict[str, float]]:
    """A model's quality less the baseline's, by template and request."""
    beside = {each.custom_id: each.quality for each in observations if each.model == baseline}
    found: dict[str, dict[str, float]] = {}
    for each in observations:
        if each.model == model and each.custom_id in beside:
            found.setdefault(each.template, {})[each.custom_id] = each.quality - beside[each.custom_id]
    return found


def _clustered(sums: Sequence[float], count: int) -> float | None:
    """The standard error of a mean of `count` values, deviations summed by cluster; None for one, or no deviation."""
    clusters = len(sums)
    if clusters <= 1 or not any(sums):
        return None
    return sqrt(sum(each**2 for each in sums) * clusters / (clusters - 1)) / count


def _scatter(values: Sequence[float]) -> float:
    """The variance of a sum of so many independent values: n times their sample variance."""
    mean = fmean(values)
    return sum((value - mean) ** 2 for value in values) * len(values) / (len(values) - 1)
