"""Settings: found, merged (flags > environment > project > user > defaults), validated, with the origin of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from modelroute_cli.base.schema import (
    Count,
    DataClass,
    GateRules,
    Importance,
    Modality,
    NonEmpty,
    PersonalData,
    Redact,
    ServiceTier,
    Share,
    TaskType,
)
from modelroute_cli.catalog.audit import AuditSettings
from modelroute_cli.catalog.hidden_quality import EmulatorReplay
from modelroute_cli.catalog.hooks import HookSettings
from modelroute_cli.catalog.marking import ResultSettings
from modelroute_cli.catalog.processing import ProcessingSettings
from modelroute_cli.catalog.scoring import ScoringSettings
from modelroute_cli.catalog.telemetry import TelemetrySettings
from modelroute_cli.catalog.tenants import ChargebackSettings, TenantSettings
from modelroute_cli.catalog.terms import Region

USD = Annotated[str, Meta(pattern=r"^[0-9]{1,7}(\.[0-9]{1,12})?$")]  # what Int64 pico-dollars can hold
Percent = Annotated[str, Meta(pattern=r"^(-?[0-9]{1,2}(\.[0-9]{1,6})?|-?100)$")]
Confidence = Annotated[float, Meta(gt=0.5, lt=1)]
Tokens = Annotated[int, Meta(ge=0)]
Days = Annotated[int, Meta(ge=0)]


class Objective(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of a plan; with quality and cost: the cheapest plan of that quality, refused above that cost."""

    min_quality: Share | None = None  # mean over the whole job
    baseline_share: Share | None = None  # of the baseline's mean quality, in the place of a number
    confidence: Confidence = 0.95  # that a plan of measured quality keeps what is asked
    by_task_type: Mapping[TaskType, Share] = {}  # mean over the requests of a task type, besides
    max_cost: USD | None = None
    baseline: str = "gpt-5"
    prices_as_of: str | None = None  # a past day: a study of its prices, not to be sent


class TokenSpan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sizes of a request in o200k tokens, both ends included; None leaves an end open."""

    min: Tokens | None = None
    max: Tokens | None = None


class Match(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which requests a rule is for: every field that is set must hold; an empty match holds for all."""

    task_type: tuple[TaskType, ...] = ()
    importance: tuple[Importance, ...] = ()
    modality: tuple[Modality, ...] = ()
    data_class: tuple[DataClass, ...] = ()
    tenant: tuple[str, ...] = ()
    template: tuple[NonEmpty, ...] = ()  # names as a plan shows them; `*` and `?` stand for any text and character
    tags: tuple[NonEmpty, ...] = ()
    language: tuple[NonEmpty, ...] = ()  # ISO 639-1
    input_tokens: TokenSpan | None = None
    personal_data: tuple[PersonalData, ...] = ()  # what was found in the texts
    metadata: Mapping[str, tuple[str, ...]] = {}  # field -> its values, compared as text
    excluded: "Match | None" = msgspec.field(default=None, name="not")  # what must not hold besides


class Restrictions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for requests beside the models they may use; those of all rules that hold add up."""

    forbid: tuple[str, ...] = ()  # models or aliases
    min_quality: Share | None = None  # of each request
    service_tiers: tuple[ServiceTier, ...] = ()  # empty: any
    regions: tuple[Region, ...] = ()  # where a request may be processed; empty: anywhere
    zero_data_retention: bool = False
    max_retention_days: Days | None = None
    no_training: bool = False
    gates: GateRules | None = None
    effort: str | None = None  # for models that take it
    redact: Redact = False  # what is replaced by placeholders before such a request is sent


class Rule(Restrictions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first rule with `allow` whose `match` holds says which models a request may use; others can restrict it."""

    name: str
    match: Match = Match()
    allow: tuple[str, ...] | None = None  # names or aliases; None: the rule only restricts
    escalate: tuple[str, ...] = ()  # where a failed gate may go; empty: the `escalation` alias, else `allow`


class DataPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Restrictions by the `data_class` of a request: rules named `data_policy.personal` and so on."""

    personal: Restrictions = Restrictions()
    confidential: Restrictions = Restrictions()
    public: Restrictions = Restrictions()


class TierPrice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The user's own price of one service tier, dollars per million tokens."""

    input: USD
    output: USD
    cache_read: USD | None = None  # None: the input price
    cache_write: USD | None = None


class Price(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The user's own price of a model: per million tokens, or of a server by the hour, and by service tier.

    `catalog.price_checks` holds what belongs together. With a standard price of one's own no listed tier is sold.
    """

    input: USD | None = None
    output: USD | None = None
    cache_read: USD | None = None  # None: the input price
    cache_write: USD | None = None
    flex: TierPrice | None = None
    batch: TierPrice | None = None
    priority: TierPrice | None = None
    per_hour: USD | None = None  # what a server costs, used or not
    requests_per_hour: Count | None = None  # what it answers in an hour
    tokens_per_hour: Count | None = None  # or what it reads and writes
    source: str | None = None  # such as `contract of 2026-10`
    date: str | None = None  # ISO date these prices are of


class Discount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an account pays less than the list price, in percent; below 0 it pays more."""

    percent: Percent
    until: str | None = None  # ISO date of the last day, UTC


class LengthRange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Expected tokens of one answer: mean, and the range that holds for nine of ten."""

    mean: Tokens
    low: Tokens
    high: Tokens


class Assumptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The user's own expectations, over the tables that ship: model -> task type (or `default`) -> tokens."""

    reasoning_tokens: Mapping[str, Mapping[str, Tokens]] = {}
    output_tokens: Mapping[str, LengthRange] = {}
    cache_hit_rate: Share = 0.9  # how often a shared beginning is still in the provider's cache


class JobSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How job files are read where no flag says it: templates over the columns of a row."""

    prompt: str | None = None
    prompt_file: str | None = None  # relative to the settings file that names it
    system: str | None = None


class ImageSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which pictures, sound and PDFs are sent, and how."""

    allow_outside: bool = False  # whether files may lie outside the job file's folder
    max_mb: Annotated[int, Meta(ge=1, le=100)] = 20  # of one file or data URL, in millions of bytes
    max_side: Annotated[int, Meta(ge=16, le=65_535)] | None = None  # pixels: longer pictures are scaled down
    fetch: bool = False  # whether a run may read https addresses itself, for providers that do not
    fetch_max_mb: Annotated[int, Meta(ge=1, le=100)] = 20  # of what stands at one address


class PrivacySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which personal data is looked for in the texts of requests, and what finding some does to a request."""

    detect: tuple[PersonalData, ...] = tuple(PersonalData)
    force: Literal["personal", "confidential"] | None = None  # the class of requests with a find
    force_over: bool = False  # whether it replaces a class that the row names itself
    ignore: tuple[NonEmpty, ...] = ()  # domains, addresses or, between slashes, regular expressions of whole finds
    redact: Redact = False  # what is replaced by placeholders before any request is sent
    redact_terms: tuple[NonEmpty, ...] = ()  # such as names of people: replaced in every request
    redact_fields: tuple[NonEmpty, ...] = ()  # of `metadata`, whose values are replaced in their own request
    redact_media: Literal["refuse", "send"] = "refuse"  # of requests with pictures, sound or PDFs: nobody redacts these


MOST_IN_FLIGHT = 4096  # requests of one run, each a connection


class HedgeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which slow requests are asked once more; each may cost as much again."""

    most: Share = 0.0  # of the requests that were sent; 0: none
    quantile: Annotated[float, Meta(ge=0.5, le=0.999)] = 0.95  # of the times that a model's last answers took
    factor: Annotated[float, Meta(ge=1, le=100)] = 1.5  # so many times that is slow
    after_s: Annotated[float, Meta(gt=0)] | None = None  # seconds after which one is slow, in the place of both


class RunSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a run executes."""

    concurrency: Annotated[int, Meta(ge=1, le=MOST_IN_FLIGHT)] | Literal["auto"] = "auto"
    max_attempts: Annotated[int, Meta(ge=1, le=20)] = 4  # failures of one request on one model; a 429 is none
    max_escalations: Annotated[int, Meta(ge=0, le=5)] = 2
    timeout_s: Annotated[float, Meta(gt=0)] = 600.0
    hard_cap_factor: USD = "1.25"
    max_unknown: Annotated[int, Meta(ge=1, le=20)] = 2  # of those failures, such as may have been billed
    patience_s: Annotated[float, Meta(ge=0, le=604_800)] = 900.0  # for a model that is down or asks to wait
    fit_output_limits: bool = True  # whether output limits shrink to what answers take, where that lets more be sent
    default_gates: bool = True  # whether answers pass the usual gates of their task types, besides those for all
    hedge: HedgeSettings = HedgeSettings()
    batch_reserve_s: Annotated[float, Meta(ge=0, le=604_800)] = 1800.0  # before a deadline, for what no batch answered
    control_share: Share = 0.0  # of the requests that the baseline answers as well, to compare
    control_budget: Share = 0.02  # of what the baseline would cost for everything: the most that the sample may cost
    drift: Literal["auto", "replan", "tell", "ignore"] = "auto"  # when a model gets worse; auto: by a pilot, replan

    @property
    def most_in_flight(self) -> int:
        """The most requests in flight; where that is left to limits and answers, the most there can be."""
        return MOST_IN_FLIGHT if self.concurrency == "auto" else self.concurrency


class NetworkSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How providers are reached; what is not set is as the environment says (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE)."""

    proxy: NonEmpty | None = None  # `http://proxy.acme.com:8080`, without a password
    no_proxy: tuple[NonEmpty, ...] = ()  # hosts reached directly, with those below them; loopback always is
    ca_file: NonEmpty | None = None  # certificates of your own authority, PEM; relative to the file that names it


class EmulatorFaults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shares of requests that meet each fault, in [0,1]."""

    rate_limited: Share = 0.0
    server_error: Share = 0.0
    slow: Share = 0.0
    timeout: Share = 0.0
    dropped: Share = 0.0
    empty: Share = 0.0
    truncated: Share = 0.0
    refusal: Share = 0.0
    malformed: Share = 0.0
    error_in_200: Share = 0.0
    unauthorized: Share = 0.0
    unpaid: Share = 0.0


class EmulatorChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What changes for a while; seconds count from the first request."""

    at_s: Annotated[float, Meta(ge=0)]
    until_s: Annotated[float, Meta(ge=0)] | None = None  # None: for good
    factor: Annotated[float, Meta(gt=0)] = 1.0  # of every limit but the concurrency
    outage: bool = False  # nothing but server errors


class EmulatorLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one emulated account, or one model of it, takes, and how it counts; None is no limit."""

    rpm: Count | None = None
    tpm: Count | None = None  # input and output together
    input_tpm: Count | None = None
    output_tpm: Count | None = None
    rpd: Count | None = None
    tpd: Count | None = None  # input and output, always by what was used
    concurrency: Count | None = None
    charge: Literal["max_tokens", "used"] = "max_tokens"  # what counts as output: its limit at once, or what was made
    refill: Literal["steady", "second", "minute"] = "steady"
    burst_s: Annotated[float, Meta(gt=0)] = 60.0  # seconds' worth that a steady refill keeps for later
    charge_failures: Literal["none", "errors", "all"] = "errors"  # all: a 429 counts as a request too
    others: Annotated[float, Meta(ge=0, lt=1)] = 0.0  # share that other users of the same key take
    retry_after: bool = True  # a 429 says how long to wait
    retry_after_s: Annotated[float, Meta(ge=0)] | None = None  # what it says instead of the true wait
    headers: bool = True  # answers say where the limits stand
    schedule: tuple[EmulatorChange, ...] = ()


class EmulatorBatches(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How emulated provider batches behave; what happens to which batch and line comes from the seed."""

    seconds: Annotated[float, Meta(ge=0)] = 2.0  # from creation to the last line
    finalizing_s: Annotated[float, Meta(ge=0)] = 0.0  # from the last line, or from a cancel, to the results
    window_s: Annotated[float, Meta(gt=0)] = 86_400.0  # after which what is not done expires
    retention_s: Annotated[float, Meta(gt=0)] = 2_505_600.0  # how long results are kept after the end
    queue_tokens: Count | None = None  # input tokens of one model that may wait in an account
    max_batches: Count | None = None  # that an account may have open
    failed: Share = 0.0  # of lines: the provider fails
    expire: Share = 0.0  # of lines: never done, so that the batch ends with its window
    missing: Share = 0.0  # of lines: done and billed, and not in the results
    doubled: Share = 0.0  # of lines: twice in the results
    refuse: Share = 0.0  # of batches: they fail validation
    rate_limited: Share = 0.0  # of submits: 429
    lost_answers: Share = 0.0  # of submits: taken, and the answer never arrives


class EmulatorSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the loopback emulator behaves."""

    seed: int = 1
    latency_s: Annotated[float, Meta(ge=0)] = 0.15  # median time to the first token
    tokens_per_s: Annotated[float, Meta(gt=0)] = 2000.0
    rpm: Annotated[int, Meta(ge=1)] = 6000  # per provider
    tpm: Annotated[int, Meta(ge=1)] = 4_000_000
    limits: Mapping[str, EmulatorLimits] = {}  # of accounts (`openai`) and models on the wire (`openai/gpt-6`)
    faults: EmulatorFaults = EmulatorFaults()
    replay: EmulatorReplay = EmulatorReplay()  # which answers are right, where the job file is known
    batches: EmulatorBatches = EmulatorBatches()


class CapSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be spent in a run besides its hard cap, dollars; `default` is each tenant's that is not named."""

    tenants: Mapping[str, USD] = {}
    providers: Mapping[str, USD] = {}
    per_day: USD | None = None  # of the calendar day in UTC on which attempts are sent


class HistorySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept of measured quality from one run to the next, and how fast it loses weight."""

    keep: bool = True  # whether pilots and runs record what they measure, and plans use it
    file: NonEmpty | None = None  # relative to the settings file that names it; None: in the user's data folder
    half_life_days: Annotated[float, Meta(gt=0, le=36_500)] = 90.0
    version_weight: Share = 0.25  # of what was measured on another version of a model than the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The merged settings; `models` and `providers` hold raw overrides of cards, by name."""

    objective: Objective
    aliases: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    models: Mapping[str, Mapping[str, object]]
    prices: Mapping[str, Price]
    providers: Mapping[str, Mapping[str, object]]
    assumptions: Assumptions
    job: JobSettings
    images: ImageSettings
    privacy: PrivacySettings
    run: RunSettings
    emulator: EmulatorSettings
    data_policy: DataPolicy = field(default_factory=DataPolicy)
    discounts: Mapping[str, Discount] = field(default_factory=dict)  # by model, else by provider
    network: NetworkSettings = field(default_factory=NetworkSettings)
    caps: CapSettings = field(default_factory=CapSettings)
    scoring: ScoringSettings = field(default_factory=ScoringSettings)
    history: HistorySettings = field(default_factory=HistorySettings)
    tenants: TenantSettings = field(default_factory=TenantSettings)
    chargeback: ChargebackSettings = field(default_factory=ChargebackSettings)
    audit: AuditSettings = field(default_factory=AuditSettings)
    hooks: HookSettings = field(default_factory=HookSettings)
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
    results: ResultSettings = field(default_factory=ResultSettings)
    processing: ProcessingSettings = field(default_factory=ProcessingSettings)
    origins: Mapping[str, str]  # `objective.min_quality` -> `modelroute.yaml`
