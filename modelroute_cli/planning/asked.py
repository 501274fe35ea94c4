"""What quality a plan must keep: a number, or a share of what the baseline is believed to give on this very job."""

from fractions import Fraction
from math import ceil

import polars as pl

from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.settings import Objective
from modelroute_cli.planning.baselines import unable_of
from modelroute_cli.planning.figures import mean
from modelroute_cli.planning.hull import UNITS


def asked_quality(objective: Objective, baseline: pl.DataFrame, answers: pl.Series) -> float | None:
    """The mean quality that is asked for, the higher where two are; None where none is.

    `baseline` has `quality` and `problem` of the baseline's quotes, `answers` counts requests, side by side. A share is
    of the baseline's mean over the requests it can do, rounded up: what is promised is kept. UsageError where it can do
    none.
    """
    if objective.baseline_share is None:
        return objective.min_quality
    able = ~unable_of(baseline)
    if not able.any():
        message = f"`{objective.baseline}` can do none of these requests: there is no quality to keep a share of"
        raise UsageError(message, hint="choose another `--baseline`, or ask for a number with `--min-quality`")
    whole = mean(baseline["quality"].filter(able), answers.filter(able))
    kept = ceil(Fraction(whole) * Fraction(str(objective.baseline_share)) * UNITS) / UNITS
    return max(kept, objective.min_quality or 0.0)
