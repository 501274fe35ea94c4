"""Every request on every offer it may use: a model at a service tier, allowed by its rule and its deadline."""

from collections.abc import Iterable, Mapping

import polars as pl

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.frames import check
from modelroute_cli.base.schema import HANDED_IN, ServiceTier
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.planning.offers import STANDARD, Offer, Terms
from modelroute_cli.planning.policy import Policy, allows, rule_problem
from modelroute_cli.planning.quotes import PROBLEM, PROBLEMS, QUOTES

_SHOWN = 5
_SLOWER = frozenset({ServiceTier.FLEX, ServiceTier.OFF_PEAK, *HANDED_IN})


def tiers_in_question(requests: pl.DataFrame, policy: Policy, may: Iterable[ServiceTier]) -> set[ServiceTier]:
    """The tiers, of those that `may` be bought, worth a quote.

    They are those that rules of `requests` name, and the slower ones where some request can wait for one.
    """
    held = set(requests["rule"].unique())
    named = {tier for rule, tiers in policy.tiers().items() if rule in held for tier in tiers}
    patient = bool((requests["patience_s"] > 0).any())
    slower = _SLOWER if patient else frozenset()
    return (named | slower | {STANDARD}) & set(may)


def allowed_quotes(
    requests: pl.DataFrame, quotes: Mapping[Offer, pl.DataFrame], terms: Mapping[Offer, Terms], policy: Policy
) -> pl.DataFrame:
    """The QUOTES of the offers that each request (with `rule` and `patience_s`) may use, by row, in the policy's order.

    `quotes` has what each offer quotes for all of `requests`, in their order.
    """
    return check(open_quotes(requests, quotes, terms, policy).select(list(QUOTES)), QUOTES)


def open_quotes(
    requests: pl.DataFrame, quotes: Mapping[Offer, pl.DataFrame], terms: Mapping[Offer, Terms], policy: Policy
) -> pl.DataFrame:
    """The same of quotes that have but `row`, `service_tier`, `quality`, `problem` and what else is asked for.

    A model without schema support stays a candidate for a request with a schema only where no allowed model has any:
    gates check the answer here, but an answer that is held to the schema by its provider fails less often.
    """
    offers = [offer for model in policy.models() for offer in quotes if offer.model == model]
    parts = [_allowed(requests, quotes[offer], terms[offer], policy) for offer in offers]
    every = pl.concat(parts) if parts else _no_quotes()
    every = every.join(requests.select("row", "has_schema"), on="row", how="left", maintain_order="left")
    holds = pl.col("holds_schema") & pl.col("problem").is_null()
    worse = pl.col("has_schema") & ~pl.col("holds_schema") & pl.col("problem").is_null() & holds.any().over("row")
    judged = every.with_columns(pl.when(worse).then(pl.lit("schema", PROBLEM)).otherwise("problem").alias("problem"))
    return judged.sort("row", maintain_order=True)


def _allowed(requests: pl.DataFrame, quotes: pl.DataFrame, terms: Terms, policy: Policy) -> pl.DataFrame:
    """What one offer quotes for those that may use its model, its tier judged by their rule and patience."""
    may = requests.select(
        allows(policy, terms.card.name).alias("may"), _tier_problem(terms, policy).alias("tier_problem")
    )
    judged = quotes.with_columns(requests["rule"]).with_columns(
        pl.coalesce(pl.col("problem"), rule_problem(policy).cast(PROBLEM), may["tier_problem"]).alias("problem"),
        holds_schema=pl.lit(terms.card.response_schema != "none"),
    )
    return judged.drop("rule").filter(may["may"])


def _tier_problem(terms: Terms, policy: Policy) -> pl.Expr:
    """Why a request may not be bought at this tier; null when it may.

    Where no rule names tiers, a slower one is for requests that have a deadline, and the dearer one is for none.
    """
    by_rule = pl.col("rule").is_in(list(policy.tiers()))
    waits = pl.col("patience_s").is_not_null() & (terms.tier is not ServiceTier.PRIORITY)
    wanted = by_rule | (terms.tier is STANDARD) | waits
    late = (pl.col("patience_s") < (terms.window_s or 0)).fill_null(value=False)
    return (
        pl.when(~wanted)
        .then(pl.lit("tier", PROBLEM))
        .when(late)
        .then(pl.lit("deadline", PROBLEM))
        .otherwise(pl.lit(None, PROBLEM))
    )


def _no_quotes() -> pl.DataFrame:
    """No model is left at all."""
    return pl.DataFrame(schema={**QUOTES, "holds_schema": pl.Boolean})


def candidates(requests: pl.DataFrame, allowed: pl.DataFrame) -> pl.DataFrame:
    """The allowed quotes without a problem; InfeasibleError names the requests that have none, and why."""
    possible = allowed.filter(pl.col("problem").is_null())
    stranded = stranded_of(requests, allowed)
    if stranded.height:
        raise _infeasible(stranded, allowed)
    return possible


def stranded_of(requests: pl.DataFrame, allowed: pl.DataFrame) -> pl.DataFrame:
    """The requests that have no allowed quote without a problem, in order."""
    possible = allowed.filter(pl.col("problem").is_null())
    return requests.join(possible.select("row").unique(), on="row", how="anti", maintain_order="left").sort("row")


def _infeasible(stranded: pl.DataFrame, allowed: pl.DataFrame) -> InfeasibleError:
    """The first requests that no allowed model can do, each with the reason of every model."""
    shown = stranded.head(_SHOWN).select("row", "line", "custom_id", "rule").iter_rows()
    lines = [_why(allowed, row, f"line {line} (`{custom_id}`), rule `{rule}`") for row, line, custom_id, rule in shown]
    count = int(stranded["requests"].sum())
    more = count - len(lines)
    tail = [f"and {more:,} more"] if more else []
    message = "\n  ".join([f"no allowed model can do {count_requests(count)}:", *lines, *tail])
    return InfeasibleError(message, hint=_hint(stranded, allowed))


def _hint(stranded: pl.DataFrame, allowed: pl.DataFrame) -> str:
    """What may help: where an address is all that is in the way, that it is read."""
    problems = allowed.filter(pl.col("row").is_in(stranded["row"].implode()))["problem"].cast(pl.String).unique()
    if "links" in problems.to_list():
        return "write `images: {fetch: true}` into your settings, or give what stands at an address as a file"
    return "allow other models for these requests in `rules`, or widen `--models` or `--exclude`"


def _why(allowed: pl.DataFrame, row: int, where: str) -> str:
    """Why no model is left for one request."""
    standard, idle = pl.col("service_tier") == STANDARD.value, pl.col("problem") == "tier"
    tried = allowed.filter((pl.col("row") == row) & (standard | ~idle))
    reasons = [
        f"`{model}`{'' if tier == STANDARD.value else f' at `{tier}`'}: {PROBLEMS[problem]}"
        for model, tier, problem in tried.select("model", "service_tier", "problem").iter_rows()
    ]
    return f"{where}: {'; '.join(reasons) if reasons else 'no model is left to it'}"
