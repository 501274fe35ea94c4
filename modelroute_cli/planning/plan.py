"""A plan: assignments and all they rest on."""

from dataclasses import dataclass

import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import GateRules, ServiceTier, TaskType
from modelroute_cli.base.spill import Kept, Spill
from modelroute_cli.catalog.cards import ModelCard, Provider
from modelroute_cli.catalog.prices import RateCard
from modelroute_cli.catalog.settings import Assumptions, Objective
from modelroute_cli.features.redaction.order import Redacting
from modelroute_cli.features.tokens import TokenFamily
from modelroute_cli.jobs.reading import Reading
from modelroute_cli.planning.curve import CurvePoint
from modelroute_cli.planning.measured import Measured, Source
from modelroute_cli.planning.rule_price import RulePrice

PLAN_FORMAT = 1


class JobRef(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The job file a plan was made for."""

    source: str
    format: str
    digest: str
    requests: int
    taken: tuple[int, ...] | None = None  # rows chosen by --limit or --sample; None: all
    reading: Reading = Reading()  # how the file was read
    images: dict[str, str] = {}  # digest of each picture, sound or PDF file, by its path in the rows
    amounts: dict[str, int] = {}  # seconds of each sound file, pages of each PDF, by path; those not known left out
    max_side: int | None = None  # pixels that pictures are scaled down to
    may_fetch: bool = False  # what stands at an address was planned to be read by the run, where it must be


class Totals(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sums over the assignments that are sent (duplicates excluded), money in pico-dollars.

    Money includes what asking about templates and judging answers costs; tokens and requests do not.
    """

    requests: int
    duplicates: int
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost_pusd: PicoUSD
    cost_low_pusd: PicoUSD  # 90% range of the total
    cost_range_pusd: PicoUSD
    quality: float  # mean over all requests, duplicates included
    quality_low: float


class Baseline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model for every request, at the same prices and assumptions; `cost_pusd` None where it cannot do the job."""

    kind: str  # chosen, best_single, all_cheapest
    model: str | None  # None: no single model does it (or, for all_cheapest, several)
    requests: int
    unable: int  # requests this model cannot do (context, modality)
    cost_pusd: PicoUSD | None
    quality: float | None
    note: str = ""


class Saving(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One cause of the difference to the chosen baseline; the causes add up to it exactly."""

    cause: str  # cheaper_models, duplicates, a service tier, prompt_cache; questions and judging, which cost
    saved_pusd: PicoUSD


class Questions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a model is asked, once a template, before the job itself is planned for good; later its answers."""

    model: str
    templates: int  # whose task type is a guess
    requests: int  # they stand for
    input_tokens: int
    output_tokens: int
    cost_pusd: PicoUSD  # expected
    cost_low_pusd: PicoUSD
    cost_range_pusd: PicoUSD
    cost_high_pusd: PicoUSD  # the most asking each once can cost: what the hard cap has room for
    answers: dict[str, TaskType] | None = None  # template -> what the model said; None: not asked yet
    spent_pusd: PicoUSD = PicoUSD(0)
    held_pusd: PicoUSD = PicoUSD(0)  # of questions whose outcome is unknown
    emulated: bool = False

    @property
    def pending(self) -> bool:
        """Whether the model is still to be asked."""
        return self.answers is None

    @property
    def expected_pusd(self) -> PicoUSD:
        """What asking costs in the plan's total: expected before, spent after."""
        return self.cost_pusd if self.pending else self.spent_pusd

    @property
    def most_pusd(self) -> PicoUSD:
        """What is set aside for asking under the hard cap."""
        return self.cost_high_pusd if self.pending else PicoUSD(self.spent_pusd + self.held_pusd)


class JudgeTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one judge model is given room for in an answer, reasoning included."""

    output_tokens: int  # expected
    max_tokens: int


class Judging(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one judge model is expected to be asked about the answers of a plan; escalated answers are not in it."""

    model: str
    answers: int
    calls: int  # a comparison takes two
    input_tokens: int
    output_tokens: int
    cost_pusd: PicoUSD
    cost_low_pusd: PicoUSD  # 90% range
    cost_range_pusd: PicoUSD
    cost_high_pusd: PicoUSD  # the most that one call can cost


class IfWaited(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the same plan would be expected to cost if requests without a deadline had one."""

    deadline_s: int
    cost_pusd: PicoUSD


class CheaperStart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another time to begin, and what the same job would then be expected to cost."""

    at: str  # ISO, UTC
    cost_pusd: PicoUSD  # of the whole plan, questions and judges included


class Certainty(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How surely a measured plan keeps its floors: `totals.quality` is the bound, not the mean that is expected."""

    confidence: float
    z: float  # standard errors to spare
    paired: bool  # those of the differences to the baseline on the same requests
    expected_quality: float  # mean over all requests, duplicates included
    plain_cost_pusd: PicoUSD | None  # of the plan that takes what is believed for certain; None where money was asked
    rests_on: dict[Source, int]  # requests by what their quality was told from


class Piloted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The pilot that a plan rests on, and what of its money is in the plan's cost."""

    pilot_id: str
    requests: int  # that were measured
    calls: int  # that were sent, one for each model
    spent_pusd: PicoUSD  # on all of them, judges included
    held_pusd: PicoUSD  # on those whose outcome is unknown
    adopted: int = 0  # requests whose answer is used as their result
    adopted_pusd: PicoUSD = PicoUSD(0)  # what these answers cost
    emulated: bool = False


class CertifiedBy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What fresh paired requests showed of the plan: at least `ratio` of the baseline's quality, or not that.

    `target` is the share of the baseline's quality that the certified rung was made for; None: no rung was certified,
    and the plan gives every request to the baseline. Requests are those that could be drawn, each text once.
    """

    ratio: float
    confidence: float
    method: str  # any_time, fixed
    baseline: str
    scorers: tuple[str, ...]  # whose word it rests on
    target: float | None
    pairs: int  # paired requests that were looked at
    missing: int  # of them, with an answer that never came or could not be scored: they count against the plan
    population: int  # requests that they were drawn from
    at: str  # ISO, UTC
    hold_out: Piloted  # what was sent for it, and what of that is in the plan


class PlanHeader(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything but the assignments; `plan.json` in the plan file."""

    format: int
    tool_version: str
    created_at: str
    prices_at: str
    historic: bool  # prices of a past date: a study, not to be sent to real providers
    job: JobRef
    objective: Objective
    asked_quality: float | None = None  # what the objective comes to on this job
    models: dict[str, ModelCard]  # every model that is assigned, that a run may turn to, or that is a baseline
    providers: dict[str, Provider]
    rate_cards: dict[str, RateCard]  # by model name, standard tier
    tier_cards: tuple[RateCard, ...] = ()  # of the other service tiers that requests are assigned to
    escalations: dict[str, tuple[str, ...]]  # rule name -> models a failed gate may go to, in order of trying
    settings_digest: str
    rates_digest: str
    quality_source: str  # `unmeasured: prior only`
    quality_digest: str
    totals: Totals
    baselines: tuple[Baseline, ...]
    savings: tuple[Saving, ...]
    hard_cap_pusd: PicoUSD
    hard_cap_source: str  # `--max-cost`, or how it was derived
    lower_bound_pusd: PicoUSD | None  # of the cost at this quality (Lagrangian dual); None when maximising quality
    gap: float  # (value - bound) / bound, certified
    shadow_price: str  # what the last point of quality, or the next dollar, is worth
    limit_prices: tuple[str, ...] = ()  # what other limits that hold it back cost, in words
    curve: tuple[CurvePoint, ...] = ()  # of the whole job, the cheapest first
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]
    tiers: tuple[ServiceTier, ...] = (ServiceTier.STANDARD,)  # that could be bought
    deadline_s: int | None = None  # of requests without one of their own
    only_models: tuple[str, ...] | None = None  # --models, as typed; None: not given
    without_models: tuple[str, ...] = ()  # --exclude, as typed
    token_families: dict[str, TokenFamily] = {}  # by tokenizer, as they count this job
    rule_prices: tuple[RulePrice, ...] = ()  # what rules cost, the dearest first
    gates: dict[str, GateRules] = {}  # rule -> gates that it adds to those of its requests
    questions: Questions | None = None  # --classify-with; None: nothing is asked
    token_assumptions: Assumptions = Assumptions()  # the user's own, as they were: a report estimates with the same
    rule_tiers: dict[str, tuple[ServiceTier, ...]] = {}  # rule -> service tiers of its requests, where it names any
    personal_data: dict[str, int] = {}  # PersonalData -> requests in whose texts it was found; kinds of none left out
    allowed: dict[str, tuple[str, ...]] = {}  # rule -> models its requests may use, where they name none themselves
    rule_quality: dict[str, float] = {}  # rule -> the least believed quality of a model for it, where it asks for one
    judges: dict[str, dict[str, tuple[str, ...]]] = {}  # rule -> what a judge gate names -> models, the first first
    judge_terms: dict[str, JudgeTerms] = {}  # by judge model
    judging: tuple[Judging, ...] = ()  # what judges cost, by model; `totals` include it
    tier_savings: dict[str, PicoUSD] = {}  # service tier -> what it saves against the standard one on the same models
    if_waited: IfWaited | None = None  # what waiting would save, where nobody said how long answers may take
    start_at: str | None = None  # before that a run sends nothing; ISO, UTC. None: it begins at once
    cheaper_start: CheaperStart | None = None  # None: no other start within a day is worth waiting for
    measured: Measured | None = None  # what was measured of this batch before; None: nothing
    control_rules: tuple[str, ...] | None = None  # whose requests the baseline may be shown, to compare; None: unsaid
    certainty: Certainty | None = None  # what certainty is asked of it; None where nothing was measured
    pilot: Piloted | None = None  # whose answers are in the assignments; None: there is none
    certified: CertifiedBy | None = None  # None: nothing was tested on fresh requests
    redaction: Redacting | None = None  # what is replaced before requests are sent; None: only what rows ask for

    def cards_of(self, model: str) -> dict[str, RateCard]:
        """The rate cards of a model by service tier; none where it is not in the plan."""
        own = [card for card in self.tier_cards if card.model == model]
        standard = self.rate_cards.get(model)
        return {card.service_tier: card for card in [*([standard] if standard else []), *own]}


def judges_of(header: PlanHeader) -> tuple[str, ...]:
    """Every model that may judge answers of a plan, by name."""
    named = (models for by_name in header.judges.values() for models in by_name.values())
    return tuple(sorted({name for models in named for name in models}))


@dataclass(frozen=True, slots=True)
class Plan:
    """A header and its ASSIGNMENTS, one row per request in input order; `kept` holds what they are read from."""

    header: PlanHeader
    assignments: pl.LazyFrame
    kept: Spill | Kept | None = None
