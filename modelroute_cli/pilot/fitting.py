"""What a pilot measured, read by the quality model: its templates as strata, the prior table as known before."""

from collections.abc import Mapping, Sequence

from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.pilot.design import Design
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.posterior import Before, FitOptions, Known, fit, nothing, of_prior
from modelroute_cli.pilot.strata import Stratum
from modelroute_cli.pilot.unmeasured import completed
from modelroute_cli.planning.measured import Measured
from modelroute_cli.planning.quality import QualityPrior, load_prior


def fitted(
    design: Design,
    seen: Sequence[Observation],
    cards: Mapping[str, ModelCard],
    confidence: float,
    history: Before = nothing,
) -> Measured | None:
    """The beliefs after a pilot, by what was known before; None where no answer of the baseline was measured."""
    if not any(each.model == design.baseline for each in seen):
        return None
    prior = by_prior(load_prior(), cards)
    options = FitOptions(
        baseline=design.baseline, confidence=confidence, history=history, prior=prior, seed=design.seed
    )
    return completed(fit(seen, strata(design), options), design, prior)


def strata(design: Design) -> tuple[Stratum, ...]:
    """The measured templates."""
    return tuple(
        Stratum(template=part.template, task_type=part.task_type, language=part.language, requests=part.requests)
        for part in design.measured
    )


def by_prior(prior: QualityPrior, cards: Mapping[str, ModelCard]) -> Before:
    """What the prior table says of a model on a template, as some requests."""

    def known(stratum: Stratum, model: str) -> Known:
        base = cards[model].base_model if model in cards else model
        mean = prior.expected(base, stratum.task_type, stratum.language)
        return of_prior(mean, prior.belief(base, stratum.task_type).sd)

    return known
