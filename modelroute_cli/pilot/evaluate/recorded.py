"""A batch with recorded outcomes: what each model's answer to each request was worth, and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from modelroute_cli.base.errors import OutcomesError
from modelroute_cli.pilot.shrinkage import Floats
from modelroute_cli.planning.hull import Ints

BEST = "best"
_WHOLE = 0.99  # of the requests: a baseline answered them, or nearly all


@dataclass(frozen=True, slots=True)
class Recorded:
    """Requests by models; `quality` is NaN and `cost_pusd` 0 where a model's answer was not recorded.

    The baseline's answers are there for all requests. `group` gives each request's place in `groups`.
    """

    models: tuple[str, ...]
    baseline: int
    ids: tuple[str, ...]
    group: Ints
    groups: tuple[str, ...]
    quality: Floats
    cost_pusd: Ints

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which answers were recorded."""
        return ~np.isnan(self.quality)

    @property
    def counts(self) -> Ints:
        """Requests of each group."""
        return np.bincount(self.group, minlength=len(self.groups)).astype(np.int64)

    def rows(self, group: int) -> Ints:
        """The requests of a group, in their order."""
        return np.flatnonzero(self.group == group).astype(np.int64)

    @property
    def bill_pusd(self) -> int:
        """What the baseline costs for all requests."""
        return int(self.cost_pusd[:, self.baseline].sum())

    @property
    def worth(self) -> float:
        """The sum of the baseline's qualities."""
        return float(self.quality[:, self.baseline].sum())


@dataclass(frozen=True, slots=True)
class Loaded:
    """A batch, and in words what was left out of it."""

    recorded: Recorded
    left_out: tuple[str, ...]


def load(ids: Sequence[str], groups: Sequence[str], outcomes: pl.DataFrame, baseline: str) -> Loaded:
    """The outcomes (OUTCOMES with whole costs) of the requests `ids`, each with its group, as matrices.

    `baseline` is a model's name, or `best`: of those that answered nearly all, the best mean quality, the cheaper
    where two are as good. Left out, and said: outcomes without a cost, models dearer than the baseline on what both
    answered (what is asked for is a saving), requests without the baseline's answer.
    OutcomesError where nothing is left, or the baseline is not there.
    """
    here = outcomes.filter(pl.col("custom_id").is_in(pl.Series(ids).implode()))
    priced = here.filter(pl.col("cost_pusd").is_not_null())
    unpriced = sorted(set(here["model"].unique()) - set(priced["model"].unique()))
    chosen = _baseline(priced, len(ids), baseline)
    models = _affordable(priced, chosen)
    dearer = priced["model"].n_unique() - len(models)
    matrix = _matrices(ids, priced, models)
    kept = np.flatnonzero(~np.isnan(matrix.quality[:, models.index(chosen)])).astype(np.int64)
    names = tuple(sorted({groups[at] for at in kept.tolist()}))
    place = {name: at for at, name in enumerate(names)}
    recorded = Recorded(
        models=models,
        baseline=models.index(chosen),
        ids=tuple(ids[at] for at in kept.tolist()),
        group=np.array([place[groups[at]] for at in kept.tolist()], np.int64),
        groups=names,
        quality=matrix.quality[kept],
        cost_pusd=matrix.cost_pusd[kept],
    )
    missing = len(ids) - len(kept)
    return Loaded(recorded, tuple(_told(unpriced, dearer, missing, chosen)))


def _told(unpriced: Sequence[str], dearer: int, missing: int, baseline: str) -> list[str]:
    told = []
    if unpriced:
        told.append(f"{len(unpriced)} models without a known cost: {', '.join(unpriced)}")
    if dearer:
        told.append(f"{dearer} models that cost more than `{baseline}`")
    if missing:
        told.append(f"{missing:,} requests without an outcome of `{baseline}`")
    return told


def _baseline(priced: pl.DataFrame, requests: int, name: str) -> str:
    """The model that is compared with."""
    if not priced.height:
        message = "no outcome of these requests has a cost"
        raise OutcomesError(message, hint="give `cost_usd`, or the tokens of models that the catalog has a price of")
    found = priced.group_by("model").agg(
        pl.len().alias("answers"), pl.col("quality").mean(), pl.col("cost_pusd").mean().alias("cost")
    )
    if name != BEST:
        if name not in found["model"].to_list():
            message = f"there is no priced outcome of the baseline `{name}`"
            raise OutcomesError(message, hint="choose another `--baseline`, or `best`")
        return name
    whole = found.filter(pl.col("answers") >= _WHOLE * requests)
    ordered = (whole if whole.height else found).sort(
        ["answers" if not whole.height else "quality", "quality", "cost", "model"],
        descending=[True, True, False, False],
    )
    return str(ordered["model"][0])


def _affordable(priced: pl.DataFrame, baseline: str) -> tuple[str, ...]:
    """Models that cost no more than the baseline on the requests that both answered."""
    own = priced.filter(pl.col("model") == baseline).select("custom_id", pl.col("cost_pusd").alias("own"))
    both = priced.join(own, on="custom_id").group_by("model").agg(pl.col("cost_pusd").sum(), pl.col("own").sum())
    return tuple(both.filter(pl.col("cost_pusd") <= pl.col("own"))["model"].sort())


@dataclass(frozen=True, slots=True)
class _Matrices:
    quality: Floats
    cost_pusd: Ints


def _matrices(ids: Sequence[str], priced: pl.DataFrame, models: Sequence[str]) -> _Matrices:
    """Long rows as matrices."""
    rows = pl.DataFrame(
        {"custom_id": list(ids), "at": range(len(ids))}, schema={"custom_id": pl.String, "at": pl.Int64}
    )
    columns = pl.DataFrame({"model": list(models), "to": range(len(models))})
    placed = priced.join(rows, on="custom_id").join(columns, on="model")
    at, to = placed["at"].to_numpy(), placed["to"].to_numpy()
    quality = np.full((len(ids), len(models)), np.nan)
    quality[at, to] = placed["quality"].to_numpy()
    cost = np.zeros((len(ids), len(models)), np.int64)
    cost[at, to] = placed["cost_pusd"].to_numpy()
    return _Matrices(quality, cost)
