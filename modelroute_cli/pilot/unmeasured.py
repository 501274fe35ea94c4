"""What is believed where nothing was measured: of models that were not asked, and of templates that were left out.

Problem: the prior table has no error in a plan, and every measured belief has one. So a plan fled from what was
measured to what was not: replayed on recorded outcomes, it gave a fifth of the requests to a model at the baseline's
own price that nobody had asked, and kept 94% of the quality instead of 98%.
Solution: beside a pilot, such beliefs have an error, too. A template that was left out is one more of those that were
measured: a model's difference to the baseline there is the mean of its differences on the others, unsure by how much
those differ (the prediction interval of a random effect, Higgins, Thompson & Spiegelhalter 2009). A model that nobody
asked is believed to be worse than the baseline by what the prior table says, never better, and unsure by its deviation.
What still fails: templates that were left out may be of another kind than all that were measured.
"""

from collections.abc import Iterator, Sequence
from math import sqrt
from statistics import fmean, variance

from msgspec import structs

from modelroute_cli.pilot.design import Design, TemplatePart
from modelroute_cli.pilot.posterior import Before, Known
from modelroute_cli.pilot.strata import Stratum
from modelroute_cli.planning.measured import Cell, Measured

LEAST_SD = 0.1
"""Judgement: nobody is surer than that of a model on a template where it was not measured."""


def completed(measured: Measured, design: Design, prior: Before) -> Measured:
    """The beliefs with a cell for every model of the design on each of its templates; those that stand stay.

    `prior` is what the table says of a model on a template.
    """
    cells = {part.template: dict(_cells(measured, design, part, prior)) for part in design.parts}
    groups = {part.template: part.template for part in design.parts if part.template not in measured.groups}
    return structs.replace(measured, groups={**measured.groups, **groups}, cells={**measured.cells, **cells})


def _cells(measured: Measured, design: Design, part: TemplatePart, prior: Before) -> Iterator[tuple[str, Cell]]:
    """Every model on one template, the baseline first."""
    stratum = Stratum(template=part.template, task_type=part.task_type, language=part.language, requests=part.requests)
    best = prior(stratum, design.baseline).mean
    held = measured.cells.get(measured.groups.get(part.template, ""), {})
    baseline = held.get(design.baseline) or _predicted_baseline(measured, design.baseline)
    yield design.baseline, baseline
    for model in design.models:
        if model != design.baseline:
            known = prior(stratum, model)
            worse = min(known.mean - best, 0.0)
            yield model, held.get(model) or _cell(measured, model, baseline, worse, _sd(known))
    yield from ((model, cell) for model, cell in held.items() if model not in design.models)


def _cell(measured: Measured, model: str, baseline: Cell, worse: float, sd: float) -> Cell:
    """A model on a template where it was not measured; by the table it is so much `worse`, give or take an `sd`."""
    differences = list(_differences(measured, model))
    if not differences:
        mean = min(max(baseline.mean + worse, 0.0), 1.0)
        return Cell(mean=mean, se=sqrt(sd**2 + baseline.se**2), se_paired=sd, source="prior")
    errors = [cell.se_paired**2 for _, cell in differences]
    apart = _predicted([difference for difference, _ in differences], fmean(errors))
    return Cell(
        mean=min(max(baseline.mean + fmean(difference for difference, _ in differences), 0.0), 1.0),
        se=sqrt(apart**2 + baseline.se**2),
        se_paired=apart,
        source="prior",
    )


def _sd(known: Known) -> float:
    """How unsure the table is."""
    return max(sqrt(known.mean * (1 - known.mean) / known.n) if known.n else 0.0, LEAST_SD)


def _predicted_baseline(measured: Measured, baseline: str) -> Cell:
    """The baseline on a template where it was not measured: as on the others, on average."""
    cells = [each[baseline] for each in measured.cells.values() if baseline in each]
    means = [cell.mean for cell in cells]
    return Cell(
        mean=fmean(means), se=_predicted(means, fmean(cell.se**2 for cell in cells)), se_paired=0.0, source="prior"
    )


def _differences(measured: Measured, model: str) -> Iterator[tuple[float, Cell]]:
    """A model's differences to the baseline on the templates where it was measured."""
    for each in measured.cells.values():
        cell = each.get(model)
        if cell is not None and cell.n and measured.baseline in each:
            yield cell.mean - each[measured.baseline].mean, cell


def _predicted(values: Sequence[float], error_squared: float) -> float:
    """How far one more value may be from the mean of these: they differ, each is measured with an error."""
    between = variance(values) if len(values) > 1 else LEAST_SD**2
    return max(sqrt((between + error_squared) * (1 + 1 / len(values))), LEAST_SD)
