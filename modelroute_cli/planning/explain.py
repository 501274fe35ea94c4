"""Why one request got its model, and what the alternatives cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
import polars as pl
from msgspec import Struct

from modelroute_cli.base.errors import SettingsError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import expand
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.catalog.rule_checks import JOINT
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.planning.beliefs import with_group
from modelroute_cli.planning.candidates import allowed_quotes, tiers_in_question
from modelroute_cli.planning.evidence import Evidence, evidence_of
from modelroute_cli.planning.off_peak import waits
from modelroute_cli.planning.offers import Offer, Outlook, Terms, make_offers, make_outlook, make_terms, windows
from modelroute_cli.planning.patience import with_patience
from modelroute_cli.planning.plan import PlanHeader
from modelroute_cli.planning.policy import Policy, Scope, allowed_models, make_policy, named_models
from modelroute_cli.planning.privacy import with_data_class
from modelroute_cli.planning.quotes import PROBLEMS, quote
from modelroute_cli.planning.rules import is_pinned_rule, rules_named, with_rule


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
    others: tuple[Alternative, ...] = ()  # that settings name and this request may not use; `problem` says why
    evidence: Evidence | None = None  # what was measured; None: the plan rests on the prior alone


def explain(
    request: pl.DataFrame, header: PlanHeader, catalog: Catalog, settings: Settings, at: datetime
) -> Explanation:
    """One request (a REQUESTS frame of one row) as `header`'s plan sees it, at the prices of `at`.

    The plan's own `--models` and `--exclude` hold. Raises what planning raises for a name or price that is gone.
    """
    grouped = with_group(request.lazy(), header.measured).collect()
    ruled = with_rule(with_data_class(grouped, settings.privacy), every_rule(settings))
    ruled = with_patience(ruled, windows(catalog, waits(catalog, settings, at)), header.deadline_s)
    scope = Scope(only=header.only_models, without=header.without_models)
    policy = make_policy(ruled, catalog, settings, scope)
    outlook = make_outlook(settings, at, header.measured)
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
        others=_others(ruled, _Seen(catalog, settings, policy, outlook, header), terms),
        evidence=evidence_of(header.measured, ruled["template"][0]),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one request is looked at with."""

    catalog: Catalog
    settings: Settings
    policy: Policy
    outlook: Outlook
    header: PlanHeader


def _others(request: pl.DataFrame, seen: _Seen, terms: Mapping[str, Terms]) -> tuple[Alternative, ...]:
    """The priced models that settings name and the request's rule does not leave it, the cheapest first."""
    rule = request["rule"][0]
    shut = {each.model: each.why for each in seen.policy.shut.get(rule, ())}
    allowed = allowed_models(seen.policy, request)
    quoted = []
    for name in (name for name in named_models(seen.catalog, seen.settings) if name not in allowed):
        own = terms.get(name) or _priced(name, seen)
        if own is not None:
            row = quote(request, own, seen.outlook).row(0, named=True)
            quoted.append(
                msgspec.convert({**row, "problem": shut.get(name) or _not_allowed(rule, name, seen)}, Alternative)
            )
    return tuple(sorted(quoted, key=lambda each: each.cost_pusd))


def _priced(name: str, seen: _Seen) -> Terms | None:
    """A model's terms; None where it has no price."""
    try:
        return make_terms(name, seen.catalog, seen.settings, seen.outlook.at, seen.header.token_families)
    except SettingsError:
        return None


def _not_allowed(rule: str, name: str, seen: _Seen) -> str:
    """Which rule, or flag, leaves a model out."""
    if is_pinned_rule(rule):
        return "the request names its own model"
    decider = rules_named(rule, every_rule(seen.settings)).decider
    named = () if decider is None or decider.allow is None else expand(seen.catalog, decider.allow)
    if name in named:
        return "`--models` or `--exclude` leaves it out"
    return f"rule `{rule.split(JOINT, maxsplit=1)[0]}` does not allow it"


def _facts(request: pl.DataFrame) -> Facts:
    """The row as facts."""
    return msgspec.convert(request.row(0, named=True), Facts)


def _alternative(row: dict[str, object]) -> Alternative:
    """A quote as an alternative, its problem in words."""
    problem = row["problem"]
    return _with_problem(row, PROBLEMS[problem] if isinstance(problem, str) else None)


def _with_problem(row: dict[str, object], problem: str | None) -> Alternative:
    """A quote as an alternative."""
    return msgspec.convert({**row, "problem": problem}, Alternative)
