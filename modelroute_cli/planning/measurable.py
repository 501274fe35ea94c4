"""What of a job can be measured before it is planned: which requests, on which models, at what price."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl
from msgspec import structs

from modelroute_cli.base.frames import IMPORTANCE, TASK_TYPE, Schema, check
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import DataClass, ServiceTier
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand
from modelroute_cli.catalog.restrictions import every_rule, refusal
from modelroute_cli.catalog.settings import DataPolicy, Objective, Rule, Settings
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning.header import Market, PlanOptions
from modelroute_cli.planning.make import Opened, open_market
from modelroute_cli.planning.offers import STANDARD, Offer
from modelroute_cli.planning.quotes import quote
from modelroute_cli.planning.rules import rules_named

MEASURABLE: Schema = {
    "row": pl.Int64,
    "custom_id": pl.String,
    "template": pl.String,
    "task_type": TASK_TYPE,
    "language": pl.String,
    "importance": IMPORTANCE,
    "input_tokens": pl.Int64,
    "offset": pl.Int64,
    "length": pl.Int64,
    "kind": pl.Int64,
}
PRICED: Schema = {
    "kind": pl.Int64,
    "model": pl.String,
    "cost_pusd": pl.Int64,
    "cost_high_pusd": pl.Int64,
    "quality": pl.Float64,
    "quality_low": pl.Float64,
}

_PRIVATE = [DataClass.PERSONAL.value, DataClass.CONFIDENTIAL.value]
_BLIND = ("min_quality", "rule_quality")
"""What is only believed of a model does not keep it from being measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurable:
    """The requests that may be drawn (MEASURABLE: sent, of one text each, naming no model) and who can do them.

    `priced` (PRICED) holds the models that rules allow, by kind, and the baseline where it may be asked.
    """

    objective: Objective
    requests: pl.DataFrame
    priced: pl.DataFrame
    bill_pusd: PicoUSD  # of the baseline for all requests that it can do


def measurable(
    job: JobFile, catalog: Catalog, settings: Settings, options: PlanOptions, judge: str | None = None
) -> Measurable:
    """What of a job can be measured at the standard tier; the errors of make_plan but InfeasibleError.

    `judge` (a name or an alias) is who reads what is measured: what a rule keeps from it is not drawn.
    """
    opened = open_market(job, catalog, unbelieved(settings), options)
    market, baseline = opened.market, opened.market.objective.baseline
    kinds = opened.kinds.frame.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("kind"))
    asking = _Asking(catalog, every_rule(settings), market)
    own = _of_baseline(kinds, market, asking.open_keys())
    others = _priced(kinds, market.allowed.filter(pl.col("model") != baseline))
    return Measurable(
        objective=market.objective,
        requests=_requests(opened, job, asking, judge),
        priced=check(pl.concat([own, others]).sort("kind", "cost_pusd", "model"), PRICED),
        bill_pusd=_bill(kinds, market),
    )


def unbelieved(settings: Settings) -> Settings:
    """The settings without what rules ask of believed quality."""
    policy = {
        each.value: structs.replace(getattr(settings.data_policy, each.value), min_quality=None) for each in DataClass
    }
    rules = tuple(structs.replace(rule, min_quality=None) for rule in settings.rules)
    return replace(settings, rules=rules, data_policy=DataPolicy(**policy))


def _requests(opened: Opened, job: JobFile, asking: "_Asking", judge: str | None) -> pl.DataFrame:
    """The requests that may be drawn; private ones only where their rule allows the baseline by name.

    Those alone that a judge, where one is named, may read.
    """
    rows = opened.requests.collect().with_columns(pl.Series("kind", opened.kinds.kind, dtype=pl.Int64))
    first = job.requests.filter(pl.col("duplicate_of").is_null()).select("row").collect()["row"]
    sent = pl.col("duplicate_of").is_null() & pl.col("row").is_in(first.implode())
    private = pl.col("data_class").cast(pl.String).is_in(_PRIVATE).fill_null(value=False)
    shown = ~private | pl.col("rule").is_in(asking.named_keys())
    if judge is not None:
        shown &= pl.col("rule").is_in(asking.read_by(judge))
    drawn = rows.filter(sent & pl.col("model").is_null() & shown)
    return check(drawn.select(list(MEASURABLE)), MEASURABLE)


def _priced(kinds: pl.DataFrame, quotes: pl.DataFrame) -> pl.DataFrame:
    """What of `quotes` can be had at the standard tier, by kind."""
    problem = pl.col("problem").cast(pl.String)
    able = quotes.filter(
        (problem.is_null() | problem.is_in(_BLIND)) & (pl.col("service_tier") == ServiceTier.STANDARD.value)
    )
    return able.join(kinds.select("row", "kind"), on="row", how="inner").select(list(PRICED))


def _of_baseline(kinds: pl.DataFrame, market: Market, rules: Sequence[str]) -> pl.DataFrame:
    """The baseline's own quotes where its asking is allowed: by one of `rules`, or it is allowed as any other is."""
    name = market.objective.baseline
    quoted = quote(kinds, market.offers[Offer(name, STANDARD)], market.outlook)
    allowed = market.allowed.filter(pl.col("model") == name)["row"].unique()
    held = kinds.filter(pl.col("rule").is_in(rules) | pl.col("row").is_in(allowed.implode()))["row"]
    return _priced(kinds, quoted.filter(pl.col("row").is_in(held.implode())))


@dataclass(frozen=True, slots=True)
class _Asking:
    """Which requests, by their `rule`, the baseline may be asked."""

    catalog: Catalog
    rules: tuple[Rule, ...]
    market: Market

    def open_keys(self) -> list[str]:
        """No restriction shuts it out, and a deciding rule about whose data it is names it."""
        return [key for key in self.market.policy.allowed if self._is_open(key)]

    def named_keys(self) -> list[str]:
        """It is among the models that the deciding rule allows."""
        allowed = self.market.policy.allowed
        return [key for key, models in allowed.items() if self.market.objective.baseline in models]

    def read_by(self, judge: str) -> list[str]:
        """Every model that a judge's name stands for may read its requests: which one will, nobody knows yet."""
        names = expand(self.catalog, (judge,))
        kept, effects = self.market.policy.kept_to, self.market.policy.effects
        return [
            key
            for key in self.market.policy.allowed
            if set(names) <= kept.get(key, frozenset(names))
            and all(refusal(name, self.catalog, effects[key]) is None for name in names)
        ]

    def _is_open(self, key: str) -> bool:
        keeper, name = rules_named(key, self.rules).keeper, self.market.objective.baseline
        if keeper is not None and name not in expand(self.catalog, keeper.allow or ()):
            return False
        return refusal(name, self.catalog, self.market.policy.effects[key]) is None


def _bill(kinds: pl.DataFrame, market: Market) -> PicoUSD:
    """What the baseline costs for all requests that it can do, duplicates included."""
    quotes = market.quotes[market.objective.baseline]
    problem = pl.col("problem").cast(pl.String)
    quoted = kinds.with_columns(quotes["cost_pusd"], quotes["problem"])
    able = quoted.filter(problem.is_null() | problem.is_in(_BLIND))
    return PicoUSD(int((able["cost_pusd"] * able["requests"] * able["copies"]).sum()))
