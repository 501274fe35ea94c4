"""What the same job costs on one model, at the same prices and assumptions, and where a plan's saving comes from.

A baseline knows no rules and answers every copy of a duplicate: answering duplicates once is the plan's own doing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.figures import count_requests, mean, total
from modelroute_cli.planning.plan import Baseline, Saving

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What the plan itself pays and expects for every request, duplicates at the price of the request they repeat."""

    cost_pusd: pl.Series
    quality: pl.Series

    @property
    def mean_quality(self) -> float:
        """Over all requests."""
        return mean(self.quality)


def chosen_baseline(model: str, quotes: pl.DataFrame, own: OwnTerms, note: str = "") -> Baseline:
    """The user's model for every request of `quotes`; requests it cannot do stand at the plan's own cost and quality.

    A request's own `min_quality` binds the plan, not the baseline.
    """
    unable = _unable(quotes)
    count = int(unable.sum())
    everything = pl.DataFrame({"unable": unable, "own": own.cost_pusd, "cost": quotes["cost_pusd"]})
    notes = [
        *([f"{count_requests(count)} it cannot do stand at the plan's own cost"] if count else []),
        *([note] if note else []),
    ]
    quality = pl.select(pl.when(unable).then(own.quality).otherwise(quotes["quality"])).to_series()
    return Baseline(
        kind="chosen",
        model=model,
        requests=quotes.height,
        unable=count,
        cost_pusd=total(everything.select(pl.when("unable").then("own").otherwise("cost")).to_series()),
        quality=mean(quality),
        note="; ".join(notes),
    )


def _unable(quotes: pl.DataFrame) -> pl.Series:
    """Which requests a model cannot do at all."""
    return quotes["problem"].cast(pl.String).is_in(["modality", "context"]).fill_null(value=False)


def best_single(quotes: Mapping[str, pl.DataFrame], own: OwnTerms) -> Baseline:
    """The cheapest one of `quotes` that can do every request with a mean quality no lower than the plan's."""
    requests = len(own.quality)
    able = [model for model, frame in quotes.items() if frame["problem"].is_null().all()]
    good = [model for model in able if mean(quotes[model]["quality"]) >= own.mean_quality - _TOLERANCE]
    if not good:
        note = "no single model does every request at the plan's quality"
        return Baseline(
            kind="best_single", model=None, requests=requests, unable=0, cost_pusd=None, quality=None, note=note
        )
    best = min(good, key=lambda model: (total(quotes[model]["cost_pusd"]), -mean(quotes[model]["quality"])))
    return Baseline(
        kind="best_single",
        model=best,
        requests=requests,
        unable=0,
        cost_pusd=total(quotes[best]["cost_pusd"]),
        quality=mean(quotes[best]["quality"]),
    )


def all_cheapest(candidates: pl.DataFrame, copies: pl.DataFrame) -> Baseline:
    """For each request the cheapest model that its rule allows, quality aside; `copies` has `row` and `weight`."""
    cheapest = candidates.sort(["row", "cost_pusd", pl.col("quality")], descending=[False, False, True])
    cheapest = cheapest.unique("row", keep="first", maintain_order=True).join(copies, on="row", how="left")
    models = cheapest["model"].unique().to_list()
    weight = cheapest["weight"]
    return Baseline(
        kind="all_cheapest",
        model=models[0] if len(models) == 1 else None,
        requests=int(weight.sum()),
        unable=0,
        cost_pusd=total(cheapest["cost_pusd"] * weight),
        quality=float((cheapest["quality"] * weight).sum()) / int(weight.sum()),
    )


def savings(baseline: Baseline, plan_cost: PicoUSD, duplicates_cost: PicoUSD) -> tuple[Saving, ...]:
    """Causes that add up to baseline minus plan exactly; `duplicates_cost` is what the baseline pays for duplicates."""
    if baseline.cost_pusd is None:
        return ()
    models = baseline.cost_pusd - plan_cost - duplicates_cost
    return (
        Saving(cause="cheaper_models", saved_pusd=PicoUSD(models)),
        Saving(cause="duplicates", saved_pusd=duplicates_cost),
    )


def cost_of_duplicates(quotes: pl.DataFrame, own: OwnTerms, is_duplicate: pl.Series) -> PicoUSD:
    """What the baseline pays for requests that repeat another."""
    costs = pl.select(pl.when(_unable(quotes)).then(own.cost_pusd).otherwise(quotes["cost_pusd"])).to_series()
    return total(costs.filter(is_duplicate))


def models_of(baselines: Sequence[Baseline]) -> tuple[str, ...]:
    """The models that baselines name."""
    return tuple(baseline.model for baseline in baselines if baseline.model is not None)
