"""Why one request got its model, and what the alternatives cost."""

from datetime import datetime

import msgspec
import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.planning.candidates import allowed_quotes, tiers_in_question
from modelroute_cli.planning.offers import Offer, make_offers, make_outlook, make_terms, windows
from modelroute_cli.planning.patience import with_patience
from modelroute_cli.planning.plan import PlanHeader
from modelroute_cli.planning.policy import Scope, Shut, make_policy
from modelroute_cli.planning.privacy import with_data_class
from modelroute_cli.planning.quotes import PROBLEMS, quote
from modelroute_cli.planning.rules import with_rule


class Facts(Struct, frozen=True, kw_only=True):
    """What is known about the request itself; token counts are o200k, content only."""

    custom_id: str
    line: int
    task_type: str
    task_confidence: float | None  # None where a model was asked
    task_source: str
    template: str
    language: str
    importance: str
    modality: str
    model: str | None
    min_quality: float | None
    max_output_tokens: int | None
    has_schema: bool
    input_tokens: int
    length_hint_tokens: int | None
    duplicate_of: int | None


class Alternative(Struct, frozen=True, kw_only=True):
    """One model for the request; `problem` says why it cannot be used, None when it can."""

    model: str
    service_tier: str
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    max_tokens: int
    cost_pusd: PicoUSD
    cost_low_pusd: PicoUSD
    cost_range_pusd: PicoUSD
    cost_high_pusd: PicoUSD
    quality: float
    quality_low: float
    problem: str | None


class Explanation(Struct, frozen=True, kw_only=True):
    """The request, the rule that holds for it, and every model the rule allows, the cheapest first."""

    facts: Facts
    rule: str
    alternatives: tuple[Alternative, ...]
    escalations: tuple[str, ...]
    baseline: Alternative
    shut: tuple[Shut, ...] = ()  # models that the rules' restrictions shut out, and why


def explain(
    request: pl.DataFrame, header: PlanHeader, catalog: Catalog, settings: Settings, at: datetime
) -> Explanation:
    """One request (a REQUESTS frame of one row) as `header`'s plan sees it, at the prices of `at`.

    The plan's own `--models` and `--exclude` hold. Raises what planning raises for a name or price that is gone.
    """
    ruled = with_rule(with_data_class(request, settings.privacy), every_rule(settings))
    ruled = with_patience(ruled, windows(catalog), header.deadline_s)
    scope = Scope(only=header.only_models, without=header.without_models)
    policy = make_policy(ruled, catalog, settings, scope)
    outlook = make_outlook(settings, at)
    names = sorted({*policy.models(), header.objective.baseline})
    terms = {name: make_terms(name, catalog, settings, at, header.token_families) for name in names}
    offers = make_offers(terms, tiers_in_question(ruled, policy, header.tiers), catalog, settings, at)
    quotes = {offer: quote(ruled, each, outlook) for offer, each in offers.items()}
    allowed = allowed_quotes(ruled, quotes, offers, policy).sort("cost_pusd", maintain_order=True)
    baseline = quotes[Offer(header.objective.baseline)]
    rule = ruled["rule"][0]
    return Explanation(
        facts=_facts(ruled),
        rule=rule,
        alternatives=tuple(_alternative(row) for row in allowed.iter_rows(named=True)),
        escalations=header.escalations.get(rule, ()),
        baseline=_alternative(baseline.row(0, named=True)),
        shut=policy.shut.get(rule, ()),
    )


def _facts(request: pl.DataFrame) -> Facts:
    """The row as facts."""
    return msgspec.convert(request.row(0, named=True), Facts)


def _alternative(row: dict[str, object]) -> Alternative:
    """A quote as an alternative, its problem in words."""
    problem = row["problem"]
    return msgspec.convert({**row, "problem": PROBLEMS[problem] if isinstance(problem, str) else None}, Alternative)
