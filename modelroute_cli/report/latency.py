"""How long each model took to answer."""

import numpy as np
import polars as pl

from modelroute_cli.base.schema import HANDED_IN
from modelroute_cli.execution.records import OutcomeKind
from modelroute_cli.report.detail_types import LATENCY_EDGES_S, LatencyUse
from modelroute_cli.report.judging_use import written

_MOST = 0.95


def latency(attempts: pl.DataFrame) -> tuple[LatencyUse, ...]:
    """Each model that answered something at once, by name. Takes ATTEMPTS; answers of judges are left out."""
    handed_in = [tier.value for tier in HANDED_IN]
    answered = written(attempts).filter(
        (pl.col("outcome") == OutcomeKind.ANSWERED.value)
        & pl.col("latency_s").is_not_null()
        & ~pl.col("service_tier").cast(pl.String).is_in(handed_in)
    )
    by_model = answered.select("model", "latency_s").partition_by("model", as_dict=True)
    return tuple(_use(str(model), by_model[model,]["latency_s"]) for (model,) in sorted(by_model))


def _use(model: str, seconds: pl.Series) -> LatencyUse:
    """One model; the 95th percentile is the shortest time that at least 95% of the answers kept to."""
    ordered = np.sort(seconds.to_numpy())
    places = np.searchsorted(np.array(LATENCY_EDGES_S), ordered, side="right")
    return LatencyUse(
        model=model,
        answers=len(ordered),
        median_s=float(np.median(ordered)),
        p95_s=float(ordered[int(np.ceil(_MOST * len(ordered))) - 1]),
        longest_s=float(ordered[-1]),
        bins=tuple(np.bincount(places, minlength=len(LATENCY_EDGES_S) + 1).tolist()),
    )
