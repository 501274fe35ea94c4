"""What each model was sent over time, beside the limits that are known of it."""

from math import ceil

import numpy as np
import numpy.typing as npt
import polars as pl

from modelroute_cli.base.schema import HANDED_IN
from modelroute_cli.catalog.cards import Limits
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.planning.plan import PlanHeader
from modelroute_cli.providers.base import FailureKind
from modelroute_cli.report.detail_types import PACE_STEPS, PaceUse

_STEPS_S = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 21_600.0)
_DAY_S = 86_400.0
_REFUSALS = (FailureKind.RATE_LIMITED.value, FailureKind.QUOTA.value)
_TOKENS = pl.col("input_tokens").fill_null(0) + pl.col("output_tokens").fill_null(0)


def pace(attempts: pl.DataFrame, header: PlanHeader) -> tuple[PaceUse, ...]:
    """Each model that was sent something by itself, by name. Takes ATTEMPTS.

    What was handed in with others, and what a pilot had sent before the run, is left out; judges' calls are in it.
    """
    handed_in = [tier.value for tier in HANDED_IN]
    sent = attempts.filter(
        ~pl.col("service_tier").cast(pl.String).is_in(handed_in) & (pl.col("kind") != AttemptKind.PILOT.value)
    )
    since = (pl.col("started_at") - pl.col("started_at").min()).dt.total_microseconds() / 1e6
    told = sent.select(
        "model", since.alias("at_s"), pl.col("failure").is_in(_REFUSALS).fill_null(value=False).alias("refused"),
        _TOKENS.alias("tokens"),
    )  # fmt: skip
    if told.is_empty():
        return ()
    step_s = step_of(float(told["at_s"].to_numpy().max()))
    by_model = told.partition_by("model", as_dict=True)
    return tuple(_use(str(model), by_model[model,], step_s, header) for (model,) in sorted(by_model))


def step_of(span_s: float) -> float:
    """The shortest round step of which PACE_STEPS reach over the span, its end included; whole days at last."""
    fitting = (step for step in _STEPS_S if span_s < step * PACE_STEPS)
    return next(fitting, _DAY_S * ceil((span_s + 1) / (_DAY_S * PACE_STEPS)))


def _use(model: str, sent: pl.DataFrame, step_s: float, header: PlanHeader) -> PaceUse:
    """One model, up to its last step."""
    steps = (sent["at_s"].to_numpy() // step_s).astype(np.int64)
    limits = _limits(model, header)
    return PaceUse(
        model=model,
        step_s=step_s,
        started=_sums(steps, None),
        refused=_sums(steps, sent["refused"]),
        tokens=_sums(steps, sent["tokens"]),
        limit_rpm=limits.rpm,
        limit_tpm=limits.tpm,
    )


def _sums(steps: npt.NDArray[np.int64], each: pl.Series | None) -> tuple[int, ...]:
    """What falls into each step: how many, or the sum of `each`."""
    weights = None if each is None else each.cast(pl.Float64).to_numpy()
    return tuple(int(value) for value in np.bincount(steps, weights=weights))


def _limits(model: str, header: PlanHeader) -> Limits:
    """What the plan's cards say of a model, else of its account."""
    card = header.models.get(model)
    if card is None:
        return Limits()
    own, provider = card.limits, header.providers.get(card.provider)
    account = Limits() if provider is None else provider.limits
    return Limits(rpm=own.rpm or account.rpm, tpm=_tpm(own) or _tpm(account))


def _tpm(limits: Limits) -> int | None:
    """Input and output together; None where that is not known of both."""
    if limits.tpm is not None or limits.input_tpm is None or limits.output_tpm is None:
        return limits.tpm
    return limits.input_tpm + limits.output_tpm
