"""Recorded outcomes as matrices, halved by a hash: one half measures a table, the other is planned and realised.

Left out, and said: models that answered under 99% of the prompts or whose recorded cost is missing or leaves hidden
reasoning tokens out; then the prompts that a remaining model did not answer. Nothing is sampled.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from modelroute_cli.base.money import PER_USD
from modelroute_cli.planning.cascades import paired_error
from modelroute_cli.planning.hull import Floats, Ints

LEAST_ANSWERED = 0.99
_DIGEST_BYTES = 8


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Prompts by models: what every model's answer to every prompt was worth and cost."""

    models: tuple[str, ...]
    categories: tuple[str, ...]
    prompts: tuple[str, ...]
    category: Ints  # by prompt, a place in `categories`
    quality: Floats  # prompts x models, in [0,1]
    cost_pusd: Ints  # prompts x models
    chance: Floats  # prompts x models, in [0,1): what a simulated gate draws

    def part(self, rows: Ints) -> "Outcomes":
        """The prompts `rows`, in that order."""
        return Outcomes(
            self.models,
            self.categories,
            tuple(self.prompts[row] for row in rows.tolist()),
            self.category[rows],
            self.quality[rows],
            self.cost_pusd[rows],
            self.chance[rows],
        )

    @property
    def counts(self) -> Ints:
        """Prompts of each category."""
        return np.bincount(self.category, minlength=len(self.categories)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A set, and what was left out of it in words."""

    name: str
    outcomes: Outcomes
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Halves:
    """The half that is measured, and the half that is planned; both in the order of their hash."""

    fit: Outcomes
    plan: Outcomes


@dataclass(frozen=True, slots=True)
class Table:
    """Categories by models, of the measured half."""

    cost_pusd: Ints  # mean, rounded up
    quality: Floats  # mean
    quality_low: Floats  # the premium model's mean + mean paired difference to it - 1 standard error
    premium: int  # the model of the best mean quality over the measured half


def unit(*words: str | int) -> float:
    """A number in [0,1) that these words decide."""
    text = "\x1f".join(map(str, words)).encode()
    whole = int.from_bytes(hashlib.blake2b(text, digest_size=_DIGEST_BYTES).digest())
    return (whole >> 11) / 2**53


def load(path: Path) -> Loaded:
    """Read `NAME.outcomes.parquet` and the `NAME.prompts.parquet` next to it."""
    rows = pl.read_parquet(path)
    prompts = pl.read_parquet(path.with_name(path.name.replace(".outcomes.", ".prompts."))).sort("prompt_id")
    kept = _kept(rows, prompts.height)
    unfit = rows["model"].n_unique() - len(kept)
    rows = rows.filter(pl.col("model").is_in(kept))
    answered = rows.group_by("prompt_id").len().filter(pl.col("len") == len(kept))
    missing = prompts.height - answered.height
    whole = prompts.join(answered, on="prompt_id", how="semi", maintain_order="left")
    left_out = (
        f"{unfit} models with few answers or no whole cost" if unfit else "",
        f"{missing} prompts that a model left unanswered" if missing else "",
    )
    name = path.name.removesuffix(".outcomes.parquet")
    return Loaded(name, matrices(rows, whole, kept), tuple(filter(None, left_out)))


def _kept(rows: pl.DataFrame, prompts: int) -> tuple[str, ...]:
    """Models that answered nearly all prompts, each at a recorded whole cost."""
    hidden = pl.col("cost_kind").str.contains("NOT counted").fill_null(value=False)
    fit = pl.col("cost_usd").is_not_null() & ~hidden
    found = rows.group_by("model").agg(fit.all().alias("fit"), pl.len().alias("answers"))
    return tuple(found.filter(pl.col("fit") & (pl.col("answers") >= LEAST_ANSWERED * prompts))["model"].sort())


def matrices(rows: pl.DataFrame, prompts: pl.DataFrame, models: Sequence[str]) -> Outcomes:
    """Long rows as matrices, every prompt answered by every model."""
    grid = prompts.select("prompt_id").join(pl.DataFrame({"model": models}), how="cross")
    filled = grid.join(rows, on=("prompt_id", "model"), how="left", maintain_order="left", validate="1:1")
    shape = (prompts.height, len(models))
    categories = prompts["category"].unique().sort()
    place = pl.DataFrame({"category": categories, "at": range(len(categories))})
    names = tuple(prompts["prompt_id"])
    return Outcomes(
        models=tuple(models),
        categories=tuple(categories),
        prompts=names,
        category=prompts.join(place, on="category", how="left", maintain_order="left")["at"]
        .to_numpy()
        .astype(np.int64),
        quality=filled["quality"].to_numpy().astype(np.float64).reshape(shape),
        cost_pusd=np.rint(filled["cost_usd"].to_numpy() * PER_USD).astype(np.int64).reshape(shape),
        chance=np.array([[unit("gate", prompt, model) for model in models] for prompt in names]),
    )


def halve(outcomes: Outcomes, seed: int) -> Halves:
    """Half of the prompts by the hash of their id and `seed`."""
    drawn = np.array([unit(seed, prompt) for prompt in outcomes.prompts])
    order = np.argsort(drawn, kind="stable").astype(np.int64)
    at = int(np.count_nonzero(drawn < 0.5))
    return Halves(fit=outcomes.part(order[:at]), plan=outcomes.part(order[at:]))


def measure(fit: Outcomes) -> Table:
    """The table of the measured half; ValueError when a category has no prompt in it."""
    if not fit.counts.all():
        empty = fit.categories[int(np.argmin(fit.counts))]
        msg = f"category `{empty}` has no prompt in the measured half"
        raise ValueError(msg)
    premium = int(np.argmax(fit.quality.mean(axis=0)))
    groups = [np.flatnonzero(fit.category == at) for at in range(len(fit.categories))]
    quality = np.array([fit.quality[rows].mean(axis=0) for rows in groups])
    cost = np.array([-(-fit.cost_pusd[rows].sum(axis=0) // len(rows)) for rows in groups])
    low = np.array([_low(fit.quality[rows], premium) for rows in groups])
    return Table(cost, quality, low, premium)


def _low(quality: Floats, premium: int) -> Floats:
    """Lower bounds of one category's models; the premium model is compared with itself, so it has no error."""
    apart = quality - quality[:, [premium]]
    sums, squares = apart.sum(axis=0).tolist(), (apart**2).sum(axis=0).tolist()
    error = np.array([paired_error(len(apart), *both) for both in zip(sums, squares, strict=True)])
    error[premium] = 0.0
    low: Floats = np.clip(quality.mean(axis=0) - error, 0.0, 1.0)
    return low
