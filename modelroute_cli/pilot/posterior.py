"""From measured answers to what a plan believes: the quality model.

Each template's requests were answered by several models; what that says of each (template, model) is drawn towards its
model and its template (pilot.shrinkage), with the user's history and the prior table counted as some requests more.
The error that matters for "as good as the baseline" is that of the DIFFERENCE to it on the same requests.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from modelroute_cli.pilot.margin import margin
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.shrinkage import Extra, Fitted, Floats, Sample, shrunk
from modelroute_cli.pilot.strata import Stratum
from modelroute_cli.planning.measured import Cell, GateCell, Measured

PRIOR_WEIGHT = 5.0
"""The prior table counts as so many measured requests at most: it is judgement, not measurement."""
GOOD = 0.5


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of a model on a template before: a mean quality, as if `n` requests had been measured."""

    mean: float
    n: float


NOTHING_KNOWN = Known(0.5, 0.0)
Before = Callable[[Stratum, str], Known]


def nothing(_stratum: Stratum, _model: str) -> Known:
    """No history, no prior."""
    return NOTHING_KNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOptions:
    """How observations are read; `history` and `prior` are what was known before, by template and model."""

    baseline: str
    confidence: float = 0.95
    history: Before = field(default=nothing)
    prior: Before = field(default=nothing)
    seed: int = 0


def fit(seen: Sequence[Observation], strata: Sequence[Stratum], options: FitOptions) -> Measured:
    """The beliefs of every measured template; a template on which the baseline was not measured has none.

    Deterministic. ValueError without an observation of the baseline.
    """
    known = {stratum.template: stratum for stratum in strata}
    held = _by_template(seen, known, options.baseline)
    if not held:
        msg = f"no answer of the baseline `{options.baseline}` was measured"
        raise ValueError(msg)
    models = tuple(sorted({each.model for every in held.values() for each in every}))
    samples = [Sample(_matrix(every, models)) for every in held.values()]
    groups = [known[template] for template in held]
    fitted = shrunk(samples, _extra(groups, models, options), options.seed)
    return Measured(
        baseline=options.baseline,
        scorer=", ".join(sorted({each.scorer for each in seen})),
        confidence=options.confidence,
        z=margin(options.confidence, len(held), _choices(held)),
        groups={template: template for template in held},
        cells=_cells(held, models, fitted, groups, options),
        gates=tuple(_gates(held)),
        emulated=any(each.emulated for each in seen),
    )


def _choices(held: Mapping[str, Sequence[Observation]]) -> float:
    """How many models were measured in a template, on average."""
    return sum(len({each.model for each in every}) for every in held.values()) / len(held)


def _by_template(
    seen: Iterable[Observation], known: Mapping[str, Stratum], baseline: str
) -> dict[str, list[Observation]]:
    """The observations of each template on which the baseline was measured, in the order of their names."""
    found: dict[str, list[Observation]] = {}
    for each in seen:
        if each.template in known:
            found.setdefault(each.template, []).append(each)
    return {name: every for name, every in sorted(found.items()) if any(each.model == baseline for each in every)}


def _matrix(every: Sequence[Observation], models: Sequence[str]) -> Floats:
    """Requests x models, NaN where one was not asked."""
    rows = {name: at for at, name in enumerate(dict.fromkeys(each.custom_id for each in every))}
    columns = {name: at for at, name in enumerate(models)}
    quality = np.full((len(rows), len(models)), np.nan)
    for each in every:
        quality[rows[each.custom_id], columns[each.model]] = each.quality
    return quality


def _extra(groups: Sequence[Stratum], models: Sequence[str], options: FitOptions) -> Extra | None:
    """History and prior as requests more."""
    before = [[_both(options, stratum, model) for model in models] for stratum in groups]
    counts = np.array([[each.n for each in row] for row in before])
    return Extra(np.array([[each.mean for each in row] for row in before]), counts) if counts.any() else None


def _both(options: FitOptions, stratum: Stratum, model: str) -> Known:
    """History and prior together; the prior counts for PRIOR_WEIGHT at most."""
    past, prior = options.history(stratum, model), options.prior(stratum, model)
    weight = min(prior.n, PRIOR_WEIGHT)
    total = past.n + weight
    return Known((past.mean * past.n + prior.mean * weight) / total, total) if total else NOTHING_KNOWN


def _cells(
    held: Mapping[str, Sequence[Observation]],
    models: Sequence[str],
    fitted: Fitted,
    groups: Sequence[Stratum],
    options: FitOptions,
) -> dict[str, dict[str, Cell]]:
    """A belief for every template and measured model; one that was not asked here has that of its other templates."""
    mean, se, paired = fitted.mean, fitted.se, fitted.se_paired(models.index(options.baseline))
    cells: dict[str, dict[str, Cell]] = {}
    for at, (template, every) in enumerate(held.items()):
        cells[template] = {}
        for column, model in enumerate(models):
            own = [each for each in every if each.model == model]
            past = options.history(groups[at], model).n
            cells[template][model] = Cell(
                mean=float(np.clip(mean[at, column], 0.0, 1.0)),
                se=float(se[at, column]),
                se_paired=0.0 if model == options.baseline else float(paired[at, column]),
                source="pilot" if own else "history" if past else "prior",
                n=len(own),
                history_n=past,
                output_tokens=_mean([each.output_tokens for each in own if each.output_tokens is not None]),
            )
    return cells


def _mean(counts: Sequence[int]) -> float | None:
    return sum(counts) / len(counts) if counts else None


def _gates(held: Mapping[str, Sequence[Observation]]) -> Iterable[GateCell]:
    """What the gates said of every model whose answers they looked at, beside every other that answered the same."""
    for template, every in held.items():
        by_model: dict[str, dict[str, Observation]] = {}
        for each in every:
            by_model.setdefault(each.model, {})[each.custom_id] = each
        for cheap, own in sorted(by_model.items()):
            for strong, other in sorted(by_model.items()):
                pairs = [(own[name], other[name]) for name in own if name in other and own[name].passed is not None]
                if strong != cheap and any(not one.passed for one, _ in pairs):
                    yield _gate_cell(template, cheap, strong, pairs)


def _gate_cell(group: str, cheap: str, strong: str, pairs: Sequence[tuple[Observation, Observation]]) -> GateCell:
    rejected = [pair for pair in pairs if not pair[0].passed]
    return GateCell(
        group=group,
        cheap=cheap,
        strong=strong,
        passed=_joint([pair for pair in pairs if pair[0].passed]),
        rejected=_joint(rejected),
        strong_rejected_pusd=sum(other.cost_pusd or 0 for _, other in rejected),
        strong_all_pusd=sum(other.cost_pusd or 0 for _, other in pairs),
    )


def _joint(pairs: Sequence[tuple[Observation, Observation]]) -> tuple[int, int, int, int]:
    """Both good, only the cheap one, only the strong one, neither."""
    good = [(one.quality >= GOOD, other.quality >= GOOD) for one, other in pairs]
    return (
        good.count((True, True)),
        good.count((True, False)),
        good.count((False, True)),
        good.count((False, False)),
    )


def of_prior(mean: float, sd: float) -> Known:
    """A prior belief as requests: as many as would leave a mean so unsure."""
    return Known(mean, mean * (1 - mean) / sd**2 if sd > 0 else PRIOR_WEIGHT)
