"""The header of a plan: all that its assignments rest on, written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import polars as pl
from msgspec import structs

from modelroute_cli.base.money import PicoUSD, from_usd
from modelroute_cli.base.schema import ServiceTier, TaskType
from modelroute_cli.base.spill import Spill
from modelroute_cli.catalog.cards import Catalog, ModelCard, Provider
from modelroute_cli.catalog.library import check_shutdowns
from modelroute_cli.catalog.load import settings_digest
from modelroute_cli.catalog.prices import RateCard, rates_digest
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.catalog.settings import Objective, Settings
from modelroute_cli.features.tokens import TokenFamily
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning.baselines import (
    OwnTerms,
    all_cheapest,
    best_single,
    bought_for_less,
    chosen_baseline,
    cost_of_duplicates,
    models_of,
    saved_by_tiers,
    savings,
)
from modelroute_cli.planning.bench import Bench, judges_itself, shut_out
from modelroute_cli.planning.compared import control_rules
from modelroute_cli.planning.curve import CurvePoint
from modelroute_cli.planning.dropped import dropped_warnings
from modelroute_cli.planning.figures import count_requests
from modelroute_cli.planning.judging import Judged
from modelroute_cli.planning.measure import count_texts
from modelroute_cli.planning.measured import Measured
from modelroute_cli.planning.offers import SENT_TIERS, Offer, Outlook, Terms, make_terms
from modelroute_cli.planning.optimize import Solution
from modelroute_cli.planning.plan import (
    PLAN_FORMAT,
    Baseline,
    Certainty,
    IfWaited,
    JobRef,
    PlanHeader,
    Questions,
    Saving,
    Totals,
)
from modelroute_cli.planning.policy import Policy
from modelroute_cli.planning.policy_warnings import metadata_warnings, policy_warnings
from modelroute_cli.planning.problem import Wanted
from modelroute_cli.planning.quality import prior_digest
from modelroute_cli.planning.rule_price import RulePrices
from modelroute_cli.planning.sources import measured_warnings, source_counts, source_text
from modelroute_cli.planning.spare import at_rules_tiers, of_rules_met, still_served
from modelroute_cli.planning.totals import Besides, HardCap, make_cap
from modelroute_cli.planning.with_cascades import Escalating
from modelroute_cli.planning.wording import (
    assumption_texts,
    cap_warnings,
    ended_warnings,
    free_warnings,
    hedge_texts,
    limit_prices,
    reserve_warnings,
    shadow_price,
    unjudged_warnings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """What the command line says about one plan; `at` is the time of its prices."""

    at: datetime
    tool_version: str
    created_at: datetime | None = None  # when the plan is made, where that is not `at`
    historic: bool = False
    models: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()
    limit: int | None = None
    sample: int | None = None
    seed: int = 1
    dedupe: bool = True
    tiers: tuple[ServiceTier, ...] = SENT_TIERS  # that may be bought
    deadline_s: int | None = None  # for all requests without one of their own, from the time they are sent
    questions: Questions | None = None  # what is asked about templates before, or was
    accepted_cap_pusd: PicoUSD | None = None  # the cap that holds already, where questions were asked under it
    start_at: datetime | None = None  # when the run begins, where that is asked for; `at` is that time
    measured: Measured | None = None  # what was measured of this very batch; None: quality is the prior's alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What was asked, and what every model that may serve it costs and gives for every request."""

    options: PlanOptions
    objective: Objective
    wanted: Wanted
    policy: Policy
    outlook: Outlook
    terms: Mapping[str, Terms]  # by model, at the standard tier
    offers: Mapping[Offer, Terms]  # at every tier in question
    allowed: pl.DataFrame  # quotes of the models that each kind of request may use
    by_offer: Mapping[Offer, pl.DataFrame]  # cost, setup, quality and problem, for every kind
    quotes: Mapping[str, pl.DataFrame]  # the same by model, at the standard tier
    bench: Bench = field(default_factory=Bench)  # who judges answers
    escalating: Escalating | None = None  # what is known of cascades; None: nothing was measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """The plan's numbers: kinds of requests, counts of all, quotes, the choice, ASSIGNMENTS, sums with questions."""

    kinds: pl.DataFrame
    census: pl.DataFrame
    candidates: pl.DataFrame
    solution: Solution
    portions: pl.DataFrame
    assigned: Spill
    totals: Totals
    curve: tuple[CurvePoint, ...] = ()
    rule_prices: RulePrices = field(default_factory=RulePrices)
    judged: Judged = field(default_factory=Judged)
    if_waited: IfWaited | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """Every model that a header names, with its terms, and why it is named."""

    on: date
    routed: tuple[str, ...]
    terms: Mapping[str, Terms]
    escalations: Mapping[str, tuple[str, ...]]
    allowed: Mapping[str, tuple[str, ...]]
    baselines: tuple[Baseline, ...]
    savings: tuple[Saving, ...]


def make_header(job: JobFile, catalog: Catalog, settings: Settings, market: Market, solved: Solved) -> PlanHeader:
    """Everything but the assignments."""
    options, solution = market.options, solved.solution
    named = _named(catalog, settings, market, solved)
    rates = {name: terms.rates for name, terms in named.terms.items()}
    cap = _cap(market, settings, solved)
    return PlanHeader(
        format=PLAN_FORMAT,
        tool_version=options.tool_version,
        created_at=_iso(options.created_at or options.at),
        prices_at=_iso(options.at),
        historic=options.historic,
        job=_job_ref(job, solved.assigned, settings),
        objective=market.objective,
        asked_quality=market.wanted.min_quality,
        models={name: terms.card for name, terms in named.terms.items()},
        providers=_providers(catalog, named),
        rate_cards=rates,
        tier_cards=_tier_cards(market, solved),
        escalations=dict(sorted(named.escalations.items())),
        settings_digest=settings_digest(settings),
        rates_digest=rates_digest([*rates.values(), *_tier_cards(market, solved)]),
        quality_source=_quality_source(market, solved),
        quality_digest=prior_digest(),
        totals=solved.totals,
        baselines=named.baselines,
        savings=named.savings,
        hard_cap_pusd=cap.cap_pusd,
        hard_cap_source=cap.source,
        lower_bound_pusd=_bound(solution, options.questions),
        gap=solution.gap,
        shadow_price=shadow_price(solution),
        limit_prices=limit_prices(solution, market.wanted),
        curve=solved.curve,
        assumptions=(*_assumptions(market, solved, named), *hedge_texts(settings.run.hedge, solved.totals)),
        token_families=_families(named),
        token_assumptions=settings.assumptions,
        questions=options.questions,
        judges={rule: dict(named) for rule, named in market.bench.models.items()},
        judge_terms=dict(solved.judged.rooms),
        judging=solved.judged.lines,
        rule_prices=solved.rule_prices.prices,
        gates=market.policy.gates(),
        rule_tiers={rule: tuple(sorted(named)) for rule, named in market.policy.tiers().items()},
        allowed=dict(named.allowed),
        rule_quality=market.policy.floors(),
        warnings=(
            *_of_ended(catalog, market),
            *_warnings(catalog, settings, solved, named, cap),
            *_of_judges(catalog, market, solved),
            *measured_warnings(options.measured, market.objective.baseline),
            *_unkept(job, settings, solved),
        ),
        tiers=options.tiers,
        deadline_s=options.deadline_s,
        only_models=options.models,
        without_models=options.exclude,
        tier_savings=saved_by_tiers(solved.portions),
        if_waited=solved.if_waited,
        start_at=None if options.start_at is None else _iso(options.start_at),
        measured=options.measured,
        control_rules=_compared_rules(catalog, market, solved),
        certainty=_certainty(market, solved),
    )


def _compared_rules(catalog: Catalog, market: Market, solved: Solved) -> tuple[str, ...]:
    """The rules of this job's requests under which the baseline may be shown some."""
    found = control_rules(market.policy, catalog, market.objective.baseline, market.options.exclude)
    met = set(solved.census["rule"])
    return tuple(rule for rule in found if rule in met)


def _certainty(market: Market, solved: Solved) -> Certainty | None:
    """With what certainty a measured plan keeps its floors, and what the same costs without it."""
    measured, solution, margin = market.options.measured, solved.solution, market.wanted.margin
    if measured is None or margin is None or solution.expected_quality is None:
        return None
    besides, plain = solved.totals.cost_pusd - solution.cost_pusd, solution.plain_cost_pusd
    return Certainty(
        confidence=measured.confidence,
        z=margin.z,
        paired=margin.paired,
        expected_quality=solution.expected_quality,
        plain_cost_pusd=None if plain is None else PicoUSD(plain + besides),
        rests_on=source_counts(solved.portions, solved.kinds, measured),
    )


def _quality_source(market: Market, solved: Solved) -> str:
    """What the plan's quality rests on, in words."""
    measured = market.options.measured
    counts = {} if measured is None else source_counts(solved.portions, solved.kinds, measured)
    return source_text(measured, counts)


def _of_ended(catalog: Catalog, market: Market) -> tuple[str, ...]:
    """Models whose providers have ended them, or will."""
    ends = {name: catalog.models[name].shutdown for name in market.allowed["model"].unique()}
    return tuple(ended_warnings(market.allowed, ends))


def _of_judges(catalog: Catalog, market: Market, solved: Solved) -> tuple[str, ...]:
    """What is to be known of those who judge answers."""
    alone = judges_itself(market.bench, market.policy, catalog)
    return (*shut_out(market.bench), *alone, *unjudged_warnings(solved.judged))


def _tier_cards(market: Market, solved: Solved) -> tuple[RateCard, ...]:
    """What the other tiers cost that requests are assigned to, or that a rule wants wherever a request goes."""
    given = solved.portions.select(pl.col("model"), pl.col("service_tier").cast(pl.String)).unique()
    bought = {Offer(model, ServiceTier(tier)) for model, tier in given.iter_rows()} | at_rules_tiers(
        market.policy, market.offers, solved.census
    )
    ordered = sorted(bought, key=lambda offer: (offer.model, offer.tier.value))
    return tuple(market.offers[offer].rates for offer in ordered if offer.tier is not ServiceTier.STANDARD)


def _cap(market: Market, settings: Settings, solved: Solved) -> HardCap:
    """The money that the run may not pass, questions included."""
    options, asked = market.options, market.objective.max_cost
    if options.accepted_cap_pusd is not None:
        return HardCap(options.accepted_cap_pusd, "as it was accepted, questions included")
    max_cost = None if asked is None else from_usd(asked)
    besides = Besides(options.questions, solved.judged.lines)
    return make_cap(solved.portions, solved.totals, max_cost, settings.run.hard_cap_factor, besides)


def _bound(solution: Solution, questions: Questions | None) -> PicoUSD | None:
    """What no plan of this quality costs less than, with the same questions."""
    if solution.bound_cost_pusd is None or questions is None:
        return solution.bound_cost_pusd
    return PicoUSD(solution.bound_cost_pusd + questions.expected_pusd)


def _iso(moment: datetime) -> str:
    """A time as the files write it."""
    return moment.astimezone(UTC).isoformat()


def _job_ref(job: JobFile, taken: Spill, settings: Settings) -> JobRef:
    """The job file, and which of its requests were taken when not all were."""
    all_taken = taken.height == job.count
    return JobRef(
        source=job.source,
        format=job.format,
        digest=job.digest,
        requests=job.count,
        taken=None if all_taken else tuple(taken.frame().select("row").collect()["row"].to_list()),
        reading=job.reading,
        images=dict(job.images),
        amounts=dict(job.amounts),
        max_side=settings.images.max_side,
        may_fetch=settings.images.fetch,
    )


def _named(catalog: Catalog, settings: Settings, market: Market, solved: Solved) -> _Named:
    """The models of assignments, escalations and baselines."""
    at = market.options.at
    escalations = still_served(market.policy.escalations, catalog, at.date())
    allowed = still_served(of_rules_met(market.policy, solved.census), catalog, at.date())
    own = _own_terms(solved)
    compared = _baselines(catalog, market, solved, own)
    planned = pl.concat([solved.portions["model"], solved.portions["escalate_to"].drop_nulls()]).unique()
    routed = {*planned, *(name for names in escalations.values() for name in names)}
    spare = {name for names in allowed.values() for name in names}
    questions = market.options.questions
    judges = market.bench.names()
    names = sorted({*routed, *spare, *judges, *models_of(compared), *([questions.model] if questions else [])})
    families = {terms.family.name: terms.family for terms in market.terms.values()}
    known = {**market.bench.terms, **market.terms}
    terms = {name: known.get(name) or make_terms(name, catalog, settings, at, families) for name in names}
    repeated = cost_of_duplicates(_of_portions(market.quotes[market.objective.baseline], solved), own)
    return _Named(
        on=at.date(),
        routed=tuple(sorted({*routed, *judges})),
        terms=terms,
        escalations=escalations,
        allowed=dict(sorted(allowed.items())),
        baselines=compared,
        savings=savings(
            compared[0],
            solved.totals.cost_pusd,
            repeated,
            bought_for_less(solved.portions),
            Besides(questions, solved.judged.lines),
        ),
    )


def _own_terms(solved: Solved) -> OwnTerms:
    """What the plan pays for one request of each portion, duplicates at the price of their first."""
    given = solved.portions
    answers = given["requests"] * given["copies"]
    return OwnTerms(given["cost_pusd"], given["quality"], given["prefix"], given["requests"], answers)


def _of_portions(quotes: pl.DataFrame, solved: Solved) -> pl.DataFrame:
    """The quotes of kinds, once for each portion."""
    return quotes[solved.portions["kind"]]


def _baselines(catalog: Catalog, market: Market, solved: Solved, own: OwnTerms) -> tuple[Baseline, ...]:
    """The chosen one, the best single model, and the cheapest allowed model for each request."""
    name = market.objective.baseline
    end = catalog.models[name].shutdown
    note = f"its provider switches it off on {end}" if end else ""
    return (
        chosen_baseline(name, _of_portions(market.quotes[name], solved), own, note),
        _against_rules(best_single(market.quotes, solved.kinds, own.mean_quality), solved.census, market.policy),
        all_cheapest(solved.candidates, solved.kinds),
    )


def _against_rules(single: Baseline, census: pl.DataFrame, policy: Policy) -> Baseline:
    """The best single model, with how many requests the user's rules (or a pin) keep from it."""
    if single.model is None:
        return single
    rules = [rule for rule, models in policy.allowed.items() if single.model in models]
    free = pl.col("rule").is_in(rules) | (pl.col("model") == single.model).fill_null(value=False)
    kept = int(census.filter(~free)["requests"].sum())
    if not kept:
        return single
    return structs.replace(single, note=f"it ignores your rules: they keep {count_requests(kept)} from it")


def _providers(catalog: Catalog, named: _Named) -> dict[str, Provider]:
    """The accounts behind the named models."""
    names = sorted({terms.card.provider for terms in named.terms.values()})
    return {name: catalog.providers[name] for name in names}


def _families(named: _Named) -> dict[str, TokenFamily]:
    """How the named models count."""
    counted = {terms.family.name: terms.family for terms in named.terms.values()}
    return dict(sorted(counted.items()))


def _assumptions(market: Market, solved: Solved, named: _Named) -> tuple[str, ...]:
    """What the projection rests on, for the models that are assigned and the chosen baseline."""
    names = sorted({*solved.portions["model"].unique(), market.objective.baseline})
    tasks = [TaskType(task) for task in solved.census["task_type"].cast(pl.String).unique().sort()]
    counted = {named.terms[name].family.name: named.terms[name].family for name in names}
    cards = [named.terms[name].card for name in names]
    escalates = solved.portions["escalate_to"].count() > 0
    texts = assumption_texts(market.outlook.known, cards, tasks, _quality_source(market, solved), escalates=escalates)
    return (*texts, *count_texts(dict(sorted(counted.items()))))


def _warnings(catalog: Catalog, settings: Settings, solved: Solved, named: _Named, cap: HardCap) -> tuple[str, ...]:
    """What else the user should know before sending."""
    return (
        *check_shutdowns(catalog, named.routed, named.on),
        *policy_warnings(solved.census, every_rule(settings)),
        *dropped_warnings(solved.kinds, solved.portions, _cards(named), catalog),
        *cap_warnings(solved.portions, solved.totals, cap),
        *reserve_warnings(solved.portions, cap),
        *free_warnings(_paid_escalations(named), cap),
    )


def _paid_escalations(named: _Named) -> list[str]:
    """The models that failed gates may go to and that cost something."""
    names = sorted({name for names in named.escalations.values() for name in names})
    return [name for name in names if any(step.rate.output_pusd for step in named.terms[name].rates.steps)]


def _cards(named: _Named) -> dict[str, ModelCard]:
    """The cards of the named models."""
    return {name: terms.card for name, terms in named.terms.items()}


def _unkept(job: JobFile, settings: Settings, solved: Solved) -> tuple[str, ...]:
    """Rules that match nothing by a slip, and rules whose price was not looked at."""
    left_out = solved.rule_prices.left_out
    left = f"what {left_out:,} more rules cost was not looked at: that of the first ones in the settings was"
    unpriced = (left,) if left_out else ()
    return (*metadata_warnings(every_rule(settings), job.metadata_fields), *unpriced)
