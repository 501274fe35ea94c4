"""One plan for the whole job: from requests and settings to assignments, totals, baselines and their proof."""

from dataclasses import dataclass, replace

import polars as pl
from msgspec import structs

from modelroute_cli.base.errors import InfeasibleError
from modelroute_cli.base.frames import REQUESTS, check
from modelroute_cli.base.money import PicoUSD, format_usd, from_usd
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.endpoints import is_own
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.catalog.settings import Objective, Settings
from modelroute_cli.jobs.job_file import JobFile
from modelroute_cli.planning.accounts import accounts
from modelroute_cli.planning.asked import asked_quality
from modelroute_cli.planning.assign import assignments, portions
from modelroute_cli.planning.beliefs import with_group
from modelroute_cli.planning.bench import BenchGround, make_bench
from modelroute_cli.planning.candidates import allowed_quotes, candidates, stranded_of, tiers_in_question
from modelroute_cli.planning.contradiction import Ground, refuse_contradictions
from modelroute_cli.planning.header import Market, PlanOptions, Solved, make_header
from modelroute_cli.planning.if_waited import if_waited
from modelroute_cli.planning.judging import Answers, Judged, judging
from modelroute_cli.planning.kinds import Kinds, census, make_kinds
from modelroute_cli.planning.measure import Sample, measure_families
from modelroute_cli.planning.off_peak import waits
from modelroute_cli.planning.offers import STANDARD, make_offers, make_outlook, make_terms, windows
from modelroute_cli.planning.optimize import Solution
from modelroute_cli.planning.patience import with_patience
from modelroute_cli.planning.plan import Plan, Questions
from modelroute_cli.planning.policy import Scope, make_policy, refuse_unruled
from modelroute_cli.planning.privacy import personal_data, with_data_class
from modelroute_cli.planning.problem import Margin, Wanted, least_costs, proven_optimum
from modelroute_cli.planning.queues import queues
from modelroute_cli.planning.quotes import compared, quote
from modelroute_cli.planning.redaction import with_redaction
from modelroute_cli.planning.rule_price import RulePrices
from modelroute_cli.planning.rules import with_rule
from modelroute_cli.planning.split import split_duplicates
from modelroute_cli.planning.start import cheaper_start
from modelroute_cli.planning.take import take, without_dedupe
from modelroute_cli.planning.totals import make_totals, with_judging, with_questions
from modelroute_cli.planning.with_cascades import escalating, with_cascades
from modelroute_cli.planning.without_rule import Standing, price_rules

__all__ = ["PlanOptions", "effective_objective", "make_plan"]

_CURVE_POINTS = 40
_MOST_TRIES = 5  # to fit what judging a plan costs under the money; the second one does
_DEFAULTS = "defaults"  # origin of what no file, variable or flag set


def make_plan(job: JobFile, catalog: Catalog, settings: Settings, options: PlanOptions) -> Plan:
    """The plan of a job file: the cheapest of the asked quality, or the best within the asked cost.

    Deterministic: the same job, catalog, settings and options give the same plan. Raises SettingsError for a wrong
    name, a missing price or a request without a rule, InfeasibleError when no plan meets what was asked.
    """
    requests = take(check(job.requests, REQUESTS), options.limit, options.sample, options.seed)
    requests = with_data_class(requests, settings.privacy)
    ruled = with_rule(requests if options.dedupe else without_dedupe(requests), every_rule(settings))
    replaced = with_redaction(split_duplicates(ruled), job, settings)
    ruled = replaced.requests
    counted = census(ruled)
    refuse_unruled(ruled, counted)
    lengths = windows(catalog, waits(catalog, settings, options.at))
    kinds = make_kinds(with_group(with_patience(ruled, lengths, options.deadline_s), options.measured))
    market = _market(kinds, catalog, settings, options, Sample(job, ruled, len(kinds.kind)))
    _refuse_stranded(kinds.frame, catalog, settings, market)
    solved = _solve(ruled, kinds, counted, market)
    solved = replace(solved, rule_prices=_rule_prices(kinds.frame, catalog, settings, market, solved))
    solved = replace(solved, if_waited=if_waited(kinds.frame, catalog, settings, market, solved))
    header = make_header(job, catalog, settings, market, solved)
    cheaper = cheaper_start(kinds.frame, market, solved)
    header = structs.replace(
        header, personal_data=personal_data(requests), cheaper_start=cheaper, redaction=replaced.order
    )
    return Plan(header, solved.assigned.frame(), solved.assigned)


def effective_objective(settings: Settings, *, all_own: bool = False) -> Objective:
    """What a plan is made for: a quality that nobody set gives way to a cost that was asked for.

    It also does where `all_own`, every model that may be used, runs on this machine: there is nothing to choose.
    """
    asked = settings.objective
    by_default = settings.origins.get("objective.min_quality", _DEFAULTS) == _DEFAULTS
    otherwise = asked.max_cost is not None or asked.baseline_share is not None
    if not by_default or not (otherwise or all_own):
        return asked
    return structs.replace(asked, min_quality=None if otherwise else 0.0)


def _market(kinds: Kinds, catalog: Catalog, settings: Settings, options: PlanOptions, sample: Sample) -> Market:
    """Quotes of every model that some request may use, and of the baseline."""
    policy = make_policy(kinds.frame, catalog, settings, Scope(only=options.models, without=options.exclude))
    objective = effective_objective(settings, all_own=all(is_own(catalog, name) for name in policy.models()))
    outlook = make_outlook(settings, options.at, options.measured)
    names = dict.fromkeys((*policy.models(), objective.baseline))
    ground = BenchGround(catalog=catalog, rules=every_rule(settings), without=options.exclude, on=options.at.date())
    bench = make_bench(kinds.frame, policy, ground)
    families = measure_families(sample, (catalog.models[name] for name in dict.fromkeys((*names, *bench.names()))))
    terms = {name: make_terms(name, catalog, settings, options.at, families) for name in names}
    tiers = tiers_in_question(kinds.frame, policy, options.tiers)
    offers = make_offers(terms, tiers, catalog, settings, options.at)
    quotes = {offer: quote(kinds.frame, each, outlook) for offer, each in offers.items()}
    light = {offer: compared(each) for offer, each in quotes.items()}
    standard = {offer.model: each for offer, each in light.items() if offer.tier is STANDARD}
    answers = kinds.frame["requests"] * kinds.frame["copies"]
    return Market(
        options=options,
        objective=objective,
        wanted=Wanted(
            min_quality=asked_quality(objective, standard[objective.baseline], answers),
            max_cost=None if objective.max_cost is None else from_usd(objective.max_cost),
            by_task_type=objective.by_task_type,
            accounts=accounts(offers, catalog, options.deadline_s),
            queues=queues(offers, catalog),
            margin=_margin(objective, options),
        ),
        policy=policy,
        outlook=outlook,
        terms=terms,
        offers=offers,
        allowed=allowed_quotes(kinds.frame, quotes, offers, policy),
        by_offer=light,
        quotes=standard,
        escalating=escalating(policy, _margin(objective, options), settings.run.max_escalations),
        bench=replace(
            bench,
            terms={name: make_terms(name, catalog, settings, options.at, families) for name in bench.names()},
        ),
    )


def _margin(objective: Objective, options: PlanOptions) -> Margin | None:
    """How many standard errors floors are kept with; a share of the baseline's quality with those of differences."""
    measured = options.measured
    if measured is None:
        return None
    paired = objective.baseline_share is not None and measured.baseline == objective.baseline
    return Margin(measured, measured.z, paired)


def _refuse_stranded(kinds: pl.DataFrame, catalog: Catalog, settings: Settings, market: Market) -> None:
    """InfeasibleError where rules that collide leave some requests without a model."""
    stranded = stranded_of(kinds, market.allowed)
    if stranded.height:
        rules = every_rule(settings)
        tiers = {name: frozenset(each.tier for each in market.offers if each.model == name) for name in market.quotes}
        may_fetch = settings.images.fetch
        ground = Ground(
            kinds=kinds, quotes=market.quotes, catalog=catalog, rules=rules, tiers=tiers, may_fetch=may_fetch
        )
        refuse_contradictions(stranded, ground)


def _rule_prices(
    kinds: pl.DataFrame, catalog: Catalog, settings: Settings, market: Market, solved: Solved
) -> RulePrices:
    """What each rule costs at the quality that was asked for; at the plan's own where money was the limit."""
    options, wanted = market.options, market.wanted
    standing = Standing(
        kinds=kinds,
        catalog=catalog,
        settings=settings,
        scope=Scope(only=options.models, without=options.exclude),
        outlook=market.outlook,
        tiers=frozenset(offer.tier for offer in market.offers),
        offers=market.offers,
        quotes=market.by_offer,
        wanted=wanted if wanted.min_quality is not None else replace(wanted, min_quality=solved.solution.quality),
    )
    return price_rules(standing, solved.solution.cost_pusd)


def _solve(ruled: pl.LazyFrame, kinds: Kinds, counted: pl.DataFrame, market: Market) -> Solved:
    """One choice for each request that is sent, the same for its duplicates."""
    possible = with_cascades(candidates(kinds.frame, market.allowed), kinds.frame, market.escalating)
    points = least_costs(possible, kinds.frame, _CURVE_POINTS)
    planned = _within(possible, kinds.frame, market)
    totals = make_totals(planned.given, market.outlook.known, planned.solution)
    totals = with_judging(totals, planned.judged.lines)
    return Solved(
        kinds=kinds.frame,
        census=counted,
        candidates=possible,
        solution=planned.solution,
        portions=planned.given,
        curve=points,
        assigned=assignments(ruled, kinds, planned.given),
        totals=with_questions(totals, market.options.questions),
        judged=planned.judged,
    )


@dataclass(frozen=True, slots=True)
class _Planned:
    """An optimum, its portions, and what judging them costs."""

    solution: Solution
    given: pl.DataFrame
    judged: Judged

    @property
    def cost_pusd(self) -> int:
        """Of requests and judges."""
        return self.solution.cost_pusd + self.judged.cost_pusd


def _within(possible: pl.DataFrame, kinds: pl.DataFrame, market: Market) -> _Planned:
    """The optimum with its judges, within the money that was asked for.

    What judging costs is known of a plan alone: where the money is short it is set aside, and planned again.
    """
    planned = _planned(possible, kinds, market, PicoUSD(0))
    max_cost, questions = market.wanted.max_cost, market.options.questions
    if max_cost is None:
        return planned
    left = max_cost - (questions.most_pusd if questions else 0)
    for _ in range(_MOST_TRIES):
        if planned.cost_pusd <= left:
            return planned
        if planned.judged.cost_pusd > left:
            break
        try:
            planned = _planned(possible, kinds, market, planned.judged.cost_pusd)
        except InfeasibleError as error:
            raise _judging_too_dear(planned.judged, max_cost) from error
    raise _judging_too_dear(planned.judged, max_cost)


def _planned(possible: pl.DataFrame, kinds: pl.DataFrame, market: Market, judges: PicoUSD) -> _Planned:
    """The optimum with so much money set aside for judges."""
    solution = _solution(possible, kinds, market, judges)
    given = portions(possible, kinds, solution)
    return _Planned(solution, given, judging(Answers(given, kinds, market.terms), market.bench, market.outlook))


def _solution(possible: pl.DataFrame, kinds: pl.DataFrame, market: Market, judges: PicoUSD) -> Solution:
    """The optimum of what was asked; with both asked for, the plan of that quality must not cost more.

    What questions can cost at most, or did, and what `judges` cost is taken off the money first.
    """
    wanted, questions = market.wanted, market.options.questions
    asked, max_cost = wanted.min_quality, wanted.max_cost
    asking = questions.most_pusd if questions else PicoUSD(0)
    if max_cost is not None and questions is not None and asking > max_cost:
        raise _asking_too_dear(questions, max_cost)
    aside = PicoUSD(asking + judges)
    left = None if max_cost is None else PicoUSD(max_cost - aside)
    solution = proven_optimum(possible, kinds, replace(wanted, max_cost=left))
    if asked is not None and max_cost is not None and solution.cost_pusd + aside > max_cost:
        raise _too_dear(asked, max_cost, PicoUSD(solution.cost_pusd + aside))
    return solution


def _asking_too_dear(questions: Questions, max_cost: PicoUSD) -> InfeasibleError:
    """The questions alone may cost more than the asked maximum."""
    message = (
        f"asking {questions.model} about {questions.templates:,} templates can cost "
        f"{format_usd(questions.most_pusd)}, more than `--max-cost` {format_usd(max_cost)}"
    )
    return InfeasibleError(message, hint="raise `--max-cost`, ask a cheaper model, or leave `--classify-with` out")


def _judging_too_dear(judged: Judged, max_cost: PicoUSD) -> InfeasibleError:
    """The requests and their judges together may not fit."""
    message = (
        f"judging the answers is expected to cost {format_usd(judged.cost_pusd, estimate=True)}, which with the "
        f"requests themselves is more than `--max-cost` {format_usd(max_cost)}"
    )
    return InfeasibleError(message, hint="raise `--max-cost`, name a cheaper judge, or judge a `share` of the answers")


def _too_dear(min_quality: float, max_cost: PicoUSD, needed: PicoUSD) -> InfeasibleError:
    """The asked quality costs more than the asked maximum."""
    message = (
        f"mean quality `{min_quality:g}` is expected to cost {format_usd(needed, estimate=True)}, "
        f"more than `--max-cost` {format_usd(max_cost)}"
    )
    return InfeasibleError(message, hint="raise `--max-cost`, or lower `--min-quality`")


@dataclass(frozen=True, slots=True)
class Opened:
    """A job before anything is chosen: its requests with their `rule`, their kinds, and what every model quotes."""

    requests: pl.LazyFrame
    kinds: Kinds
    market: Market


def open_market(job: JobFile, catalog: Catalog, settings: Settings, options: PlanOptions) -> Opened:
    """What a plan of the job would choose from; the errors of make_plan, but for requests that no model can do."""
    requests = take(check(job.requests, REQUESTS), options.limit, options.sample, options.seed)
    requests = with_data_class(requests, settings.privacy)
    ruled = split_duplicates(with_rule(requests, every_rule(settings)))
    refuse_unruled(ruled, census(ruled))
    lengths = windows(catalog, waits(catalog, settings, options.at))
    kinds = make_kinds(with_patience(ruled, lengths, options.deadline_s))
    return Opened(ruled, kinds, _market(kinds, catalog, settings, options, Sample(job, ruled, len(kinds.kind))))
