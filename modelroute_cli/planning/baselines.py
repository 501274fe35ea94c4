"""What the same job costs on one model, at the same prices and assumptions, and where a plan's saving comes from.

A baseline knows no rules and answers every copy of a duplicate: answering duplicates once is the plan's own doing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.planning.figures import count_requests, mean, total
from modelroute_cli.planning.plan import Baseline, Saving
from modelroute_cli.planning.totals import NOTHING_BESIDES, Besides
from modelroute_cli.planning.writers import setup_total

_TOLERANCE = 1e-9
_TIER_COSTS = ("standard_cost_pusd", "uncached_cost_pusd")
_CACHE_COSTS = ("uncached_cost_pusd", "cost_pusd")


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What the plan itself pays and expects for one request of each portion, duplicates at the price of their first."""

    cost_pusd: pl.Series
    quality: pl.Series
    prefix: pl.Series  # of the beginning that others share, null without one
    requests: pl.Series  # that are sent
    answers: pl.Series  # requests, duplicates included

    @property
    def mean_quality(self) -> float:
        """Over all requests."""
        return mean(self.quality, self.answers)


def chosen_baseline(model: str, quotes: pl.DataFrame, own: OwnTerms, note: str = "") -> Baseline:
    """The user's model for every request; `quotes` has a row for each of the plan's portions.

    Requests it cannot do stand at the plan's own cost and quality. A request's own `min_quality` binds the plan, not
    the baseline.
    """
    unable = unable_of(quotes)
    count = int(own.answers.filter(unable).sum())
    notes = [
        *([f"{count_requests(count)} it cannot do stand at the plan's own cost"] if count else []),
        *([note] if note else []),
    ]
    return Baseline(
        kind="chosen",
        model=model,
        requests=int(own.answers.sum()),
        unable=count,
        cost_pusd=PicoUSD(
            total(_or_own(quotes["cost_pusd"], unable, own.cost_pusd), own.answers)
            + setup_total(quotes.filter(~unable), own.prefix.filter(~unable))
        ),
        quality=mean(_or_own(quotes["quality"], unable, own.quality), own.answers),
        note="; ".join(notes),
    )


def unable_of(quotes: pl.DataFrame) -> pl.Series:
    """Which requests a model cannot do at all."""
    return quotes["problem"].cast(pl.String).is_in(["modality", "tools", "links", "context"]).fill_null(value=False)


def _or_own(quoted: pl.Series, unable: pl.Series, own: pl.Series) -> pl.Series:
    """What a model quotes, and the plan's own where it quotes nothing."""
    return pl.select(pl.when(unable).then(own).otherwise(quoted)).to_series()


def best_single(quotes: Mapping[str, pl.DataFrame], kinds: pl.DataFrame, mean_quality: float) -> Baseline:
    """The cheapest one of `quotes` (a row for each kind) that can do every request with the plan's mean quality."""
    answers = kinds["requests"] * kinds["copies"]
    requests = int(answers.sum())
    able = [model for model, frame in quotes.items() if frame["problem"].is_null().all()]
    good = [model for model in able if mean(quotes[model]["quality"], answers) >= mean_quality - _TOLERANCE]
    if not good:
        note = "no single model does every request at the plan's quality"
        return Baseline(
            kind="best_single", model=None, requests=requests, unable=0, cost_pusd=None, quality=None, note=note
        )
    costs = {model: _cost_alone(quotes[model], answers, kinds["prefix"]) for model in good}
    qualities = {model: mean(quotes[model]["quality"], answers) for model in good}
    best = min(good, key=lambda model: (costs[model], -qualities[model]))
    return Baseline(
        kind="best_single",
        model=best,
        requests=requests,
        unable=0,
        cost_pusd=costs[best],
        quality=qualities[best],
    )


def _cost_alone(quotes: pl.DataFrame, answers: pl.Series, prefixes: pl.Series) -> PicoUSD:
    """All these quotes, each shared beginning written once to the cache of each offer."""
    return PicoUSD(total(quotes["cost_pusd"], answers) + setup_total(quotes, prefixes))


def all_cheapest(candidates: pl.DataFrame, kinds: pl.DataFrame) -> Baseline:
    """For each request the cheapest model that its rule allows, quality aside; `kinds` are by `row`."""
    cheapest = candidates.sort(["row", "cost_pusd", pl.col("quality")], descending=[False, False, True])
    cheapest = cheapest.unique("row", keep="first", maintain_order=True)
    counts = kinds.select("row", "requests", "copies", "prefix")
    cheapest = cheapest.join(counts, on="row", how="left", maintain_order="left")
    models = cheapest["model"].unique().to_list()
    answers = cheapest["requests"] * cheapest["copies"]
    return Baseline(
        kind="all_cheapest",
        model=models[0] if len(models) == 1 else None,
        requests=int(answers.sum()),
        unable=0,
        cost_pusd=_cost_alone(cheapest, answers, cheapest["prefix"]),
        quality=mean(cheapest["quality"], answers),
    )


def savings(
    baseline: Baseline,
    plan_cost: PicoUSD,
    duplicates_cost: PicoUSD,
    bought: Mapping[str, PicoUSD],
    besides: Besides = NOTHING_BESIDES,
) -> tuple[Saving, ...]:
    """Causes that add up to baseline minus plan exactly; `duplicates_cost` is what the baseline pays for duplicates.

    `bought` is what the way of buying saves (`bought_for_less`). `plan_cost` includes what questions and judges cost.
    """
    if baseline.cost_pusd is None:
        return ()
    questions = besides.questions
    asking = questions.expected_pusd if questions else 0
    judging = sum(line.cost_pusd for line in besides.judging)
    models = baseline.cost_pusd - (plan_cost - asking - judging) - duplicates_cost - sum(bought.values())
    return (
        Saving(cause="cheaper_models", saved_pusd=PicoUSD(models)),
        Saving(cause="duplicates", saved_pusd=duplicates_cost),
        *(Saving(cause=cause, saved_pusd=saved) for cause, saved in bought.items()),
        *([Saving(cause="questions", saved_pusd=PicoUSD(-asking))] if questions else []),
        *([Saving(cause="judging", saved_pusd=PicoUSD(-judging))] if besides.judging else []),
    )


def bought_for_less(portions: pl.DataFrame) -> dict[str, PicoUSD]:
    """What each service tier and the prompt cache save on the chosen models against their standard price; none is 0."""
    causes = {**saved_by_tiers(portions), "prompt_cache": _difference(portions, _CACHE_COSTS)}
    return {cause: saved for cause, saved in causes.items() if saved}


def saved_by_tiers(portions: pl.DataFrame) -> dict[str, PicoUSD]:
    """What each tier beside the standard one saves against it on the chosen models; negative where it is dearer."""
    tiers = portions["service_tier"].cast(pl.String)
    found = [tier for tier in tiers.unique().sort() if tier != ServiceTier.STANDARD.value]
    return {tier: _difference(portions.filter(tiers == tier), _TIER_COSTS) for tier in found}


def _difference(portions: pl.DataFrame, names: tuple[str, str]) -> PicoUSD:
    """How much the first cost of these requests is above the second, exactly."""
    most, least = names
    return PicoUSD(total(portions[most], portions["requests"]) - total(portions[least], portions["requests"]))


def cost_of_duplicates(quotes: pl.DataFrame, own: OwnTerms) -> PicoUSD:
    """What the baseline pays for requests that repeat another; `quotes` has a row for each of the plan's portions."""
    costs = _or_own(quotes["cost_pusd"], unable_of(quotes), own.cost_pusd)
    return total(costs, own.answers - own.requests)


def models_of(baselines: Sequence[Baseline]) -> tuple[str, ...]:
    """The models that baselines name."""
    return tuple(baseline.model for baseline in baselines if baseline.model is not None)
