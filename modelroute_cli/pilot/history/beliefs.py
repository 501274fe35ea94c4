"""What a plan believes of templates that were measured before, where this batch itself has no pilot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, sqrt

from modelroute_cli.pilot.history.moments import Moments
from modelroute_cli.pilot.history.recall import Evidence, Recalled
from modelroute_cli.pilot.margin import margin
from modelroute_cli.pilot.posterior import PRIOR_WEIGHT, Before, Known
from modelroute_cli.pilot.strata import Stratum
from modelroute_cli.planning.measured import Cell, Measured

LEAST = 20.0
"""Requests, aged, that a model and the baseline must have on a template: fewer can be worse than nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a history is read for a plan; `prior` is what the prior table says."""

    baseline: str
    confidence: float
    prior: Before
    emulated: bool


def believed(recalled: Recalled, strata: Sequence[Stratum], terms: Terms) -> Measured | None:
    """The beliefs of every template on which the baseline and another model were measured enough; None for no such.

    A mean is that of the history and the prior table together, the latter as PRIOR_WEIGHT requests at most. What other
    templates say of a model is left out, so errors are wider than after a pilot.
    """
    found = {stratum.template: _cells(recalled, stratum, terms) for stratum in strata}
    cells = {template: known for template, known in sorted(found.items()) if len(known) > 1}
    if not cells:
        return None
    scorers = {one.scorer for (template, _), one in recalled.templates.items() if template in cells}
    return Measured(
        baseline=terms.baseline,
        scorer=", ".join(sorted(scorers)),
        confidence=terms.confidence,
        z=margin(terms.confidence, len(cells), sum(map(len, cells.values())) / len(cells)),
        groups={template: template for template in cells},
        cells=cells,
        emulated=terms.emulated,
    )


def _cells(recalled: Recalled, stratum: Stratum, terms: Terms) -> Mapping[str, Cell]:
    """The beliefs of a template; none where the baseline was not measured enough."""
    known = {model: one for (template, model), one in recalled.templates.items() if template == stratum.template}
    enough = {model: one for model, one in sorted(known.items()) if one.quality.effective_n >= LEAST}
    base = enough.get(terms.baseline)
    if base is None:
        return {}
    return {model: _cell(one, base, terms.prior(stratum, model)) for model, one in enough.items()}


def _cell(one: Evidence, base: Evidence, prior: Known) -> Cell:
    own, weight = one.quality, min(prior.n, PRIOR_WEIGHT)
    error = _error(own)
    return Cell(
        mean=min(max((own.mean * own.effective_n + prior.mean * weight) / (own.effective_n + weight), 0.0), 1.0),
        se=error,
        se_paired=0.0 if one.model == base.model else _paired(one.paired, hypot(error, _error(base.quality))),
        source="history",
        history_n=own.effective_n,
        output_tokens=None if one.output_tokens is None else one.output_tokens.mean,
    )


def _paired(pairs: Moments | None, apart: float) -> float:
    """The error of the difference to the baseline: of the pairs where there are enough, else of the two means apart."""
    return apart if pairs is None or pairs.effective_n < LEAST else min(_error(pairs), apart)


def _error(found: Moments) -> float:
    """The standard error, never 0: as if half of one value more had been otherwise."""
    share = 0.5 / (found.effective_n + 1)
    return sqrt(max(found.variance or 0.0, share * (1 - share)) / found.effective_n)
