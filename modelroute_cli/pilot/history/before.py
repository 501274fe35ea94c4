"""The history as the quality model takes it: what is known before, as a mean and a number of requests."""

from modelroute_cli.pilot.history.recall import Evidence, Recalled
from modelroute_cli.pilot.posterior import NOTHING_KNOWN, Before, Known
from modelroute_cli.pilot.strata import Stratum

KIND_WEIGHT = 5.0
"""One template of a kind says nothing of how far others are from it: it counts as so many requests of them at most."""


def before(recalled: Recalled) -> Before:
    """What a recalled history says of a model on a template: of the template itself, else of its kind, else nothing."""

    def known(stratum: Stratum, model: str) -> Known:
        own = recalled.of_template(stratum.template, model)
        if own is not None:
            return Known(own.quality.mean, own.quality.effective_n)
        kind = recalled.of_kind(stratum.task_type, stratum.language, model)
        return NOTHING_KNOWN if kind is None else of_kind(kind)

    return known


def of_kind(kind: Evidence) -> Known:
    """What all templates of a kind say of one that was never seen: a mean, as sure as so many requests of its own.

    Its true mean is unsure by the error of the kind's mean and by how templates differ: V = s2 / N + T (1 + 1 / k), of
    k templates with variance T between them. As many requests of its own would leave it as unsure: m (1 - m) / V.
    """
    quality = kind.quality
    if kind.between is None or quality.standard_error is None:
        return Known(quality.mean, min(quality.effective_n, KIND_WEIGHT))
    spread = quality.standard_error**2 + kind.between * (1 + 1 / kind.templates)
    mean = (quality.mean * quality.effective_n + 0.5) / (quality.effective_n + 1)  # never 0 or 1
    return Known(quality.mean, min(mean * (1 - mean) / spread, quality.effective_n) if spread else quality.effective_n)
