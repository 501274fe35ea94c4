"""What is believed about a model's quality on a task type before anything was measured: the prior table."""

from collections.abc import Mapping

import polars as pl
from msgspec import Struct

from modelroute_cli.base.schema import Share, TaskType
from modelroute_cli.base.shipped import shipped_digest, shipped_table
from modelroute_cli.planning.tables import by_task

UNMEASURED = "unmeasured: prior only"

_FILE = "quality_prior.yaml"
_DECIMALS = 6


class Belief(Struct, frozen=True, forbid_unknown_fields=True):
    """A mean quality, how far the true mean may be from it (one standard deviation), and who says so."""

    mean: Share
    sd: Share
    source: str


class Penalty(Struct, frozen=True, forbid_unknown_fields=True):
    """What a language that is not well served takes off the mean."""

    mean: Share
    source: str


class Languages(Struct, frozen=True, forbid_unknown_fields=True):
    """Languages without a penalty (ISO 639-1, `und` for undetermined), and the penalty of all others."""

    well_served: tuple[str, ...]
    penalty: Penalty


class ModelPrior(Struct, frozen=True, forbid_unknown_fields=True):
    """One model's beliefs, one for each task type, and its own language penalty where it has one."""

    cells: Mapping[TaskType, Belief]
    language_penalty: Penalty | None = None


class QualityPrior(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table, by base model."""

    version: str
    unknown_model: Belief
    languages: Languages
    models: Mapping[str, ModelPrior]

    def belief(self, base_model: str, task_type: TaskType) -> Belief:
        """The cell of a model and a task type, or what is believed of a model nobody knows."""
        prior = self.models.get(base_model)
        return self.unknown_model if prior is None else prior.cells[task_type]

    def penalty(self, base_model: str) -> Penalty:
        """What a language that is not well served takes off this model's means."""
        prior = self.models.get(base_model)
        own = None if prior is None else prior.language_penalty
        return self.languages.penalty if own is None else own

    def expected(self, base_model: str, task_type: TaskType, language: str) -> float:
        """The mean quality of a model's answers to requests of a task type in a language."""
        penalty = 0.0 if language in self.languages.well_served else self.penalty(base_model).mean
        return round(min(max(self.belief(base_model, task_type).mean - penalty, 0.0), 1.0), _DECIMALS)


def load_prior() -> QualityPrior:
    """The table that ships."""
    return shipped_table(_FILE, QualityPrior)


def prior_digest() -> str:
    """Names the table that a plan used."""
    return shipped_digest(_FILE)


def quality_columns(prior: QualityPrior, base_model: str) -> tuple[pl.Expr, pl.Expr]:
    """`quality` and `quality_low` (mean - 1 sd) of one model, from `task_type` and `language`, both in [0,1]."""
    cells = {task: prior.belief(base_model, task) for task in TaskType}
    well_served = pl.col("language").is_in(list(prior.languages.well_served))
    penalty = pl.when(well_served).then(0.0).otherwise(prior.penalty(base_model).mean)
    mean = by_task(lambda task: cells[task].mean)
    low = by_task(lambda task: cells[task].mean - cells[task].sd)
    return _share(mean - penalty).alias("quality"), _share(low - penalty).alias("quality_low")


def _share(value: pl.Expr) -> pl.Expr:
    """A value held within [0,1], without the noise of its last digits."""
    return value.clip(0.0, 1.0).round(_DECIMALS)
