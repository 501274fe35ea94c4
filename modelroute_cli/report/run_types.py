"""What is said of a run: the values that `run_summary` computes and every view shows."""

from dataclasses import dataclass

import polars as pl
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.audit.noted import AuditNote
from modelroute_cli.execution.journal_batches import BatchView
from modelroute_cli.execution.journal_read import Bills, Looked
from modelroute_cli.execution.journal_redactions import Redactions
from modelroute_cli.execution.journal_tiers import LineEnds
from modelroute_cli.execution.records import Event
from modelroute_cli.execution.verdict_log import NO_VERDICTS, VerdictLog
from modelroute_cli.planning.plan import Plan, Questions, Saving
from modelroute_cli.report.cut_off import CutOff, Resent
from modelroute_cli.report.detail_types import Details, FailureSample
from modelroute_cli.report.gates import GateLine
from modelroute_cli.report.handed_in import HandedIn
from modelroute_cli.report.happened import Happened, Hedged
from modelroute_cli.report.own_bills import OwnBills
from modelroute_cli.report.realised import Realised
from modelroute_cli.report.summary import PlanJob
from modelroute_cli.report.tier_use import TierUse


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a run rests on: its plan, the journal's ATTEMPTS and FINALS frames, and its money."""

    run_id: str
    plan: Plan
    attempts: pl.DataFrame
    finals: pl.DataFrame
    spent_pusd: PicoUSD
    held_pusd: PicoUSD
    hard_cap_pusd: PicoUSD
    emulated: bool
    questions: Questions | None = None  # what was asked first, as far as it was; `spent_pusd` includes it
    bills: Bills | None = None  # what providers say they charged
    looked: Looked | None = None  # what judges and programs looked at
    verdicts: VerdictLog = NO_VERDICTS
    events: tuple[Event, ...] = ()  # what happened to the run as a whole
    resent: tuple[Resent, ...] = ()  # requests whose answer was cut off, sent again with more room
    batches: tuple[BatchView, ...] = ()  # that were handed in
    line_ends: tuple[LineEnds, ...] = ()  # lines of them without a plain answer
    realised: Realised | None = None  # what was measured of the answers
    certified: str | None = None  # what was promised before, in a sentence; None: nothing
    samples: tuple[FailureSample, ...] = ()  # of requests that failed
    redacted: Redactions | None = None  # what was replaced before it was sent
    audit: AuditNote | None = None  # what the audit log came to with it


class Counts(Struct, frozen=True, kw_only=True):
    """Requests of a run; all but `requests` and `duplicates` leave duplicates out."""

    requests: int
    duplicates: int
    sent: int
    accepted: int
    failed: int
    waiting: int


class Money(Struct, frozen=True, kw_only=True):
    """What was projected, what was spent, what may have been billed beyond it, and what never could be passed."""

    projected_pusd: PicoUSD
    projected_low_pusd: PicoUSD
    projected_high_pusd: PicoUSD
    projected_of_ended_pusd: PicoUSD
    spent_pusd: PicoUSD
    held_pusd: PicoUSD
    hard_cap_pusd: PicoUSD
    inside_range: bool | None
    handed_in_pusd: PicoUSD = PicoUSD(0)  # reserved for what is handed in and not collected; no part of what is held


class QuestionLine(Struct, frozen=True, kw_only=True):
    """What a model was asked about templates before the run, and what that cost."""

    model: str
    templates: int
    requests: int
    answered: int | None  # None: it is still being asked
    projected_pusd: PicoUSD
    cost_pusd: PicoUSD


class JudgeLine(Struct, frozen=True, kw_only=True):
    """What one judge model was asked, against the plan."""

    model: str
    projected_calls: int
    calls: int
    projected_pusd: PicoUSD
    cost_pusd: PicoUSD


class JudgingUse(Struct, frozen=True, kw_only=True):
    """What judging came to; the counts are of answers, those of escalations included."""

    judges: tuple[JudgeLine, ...]
    passed: int
    rejected: int
    unjudged: int  # accepted though no judge could look at them
    unjudged_by_command: int  # accepted though the program gave no verdict on them
    projected_pusd: PicoUSD
    cost_pusd: PicoUSD


class Compared(Struct, frozen=True, kw_only=True):
    """One model for everything: projected for all requests, actual (an estimate) for the accepted answers."""

    kind: str
    model: str | None
    projected_pusd: PicoUSD | None
    projected_saved_share: float | None
    actual_pusd: PicoUSD | None
    actual_saved_share: float | None


class KindLine(Struct, frozen=True, kw_only=True):
    """Attempts of one kind (first, retry, resend, fallback, escalation) and what they cost."""

    kind: str
    attempts: int
    requests: int
    cost_pusd: PicoUSD


class ModelActual(Struct, frozen=True, kw_only=True):
    """What one model did, against the plan."""

    model: str
    attempts: int
    accepted: int
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cache_read_tokens: int
    cost_pusd: PicoUSD
    projected_pusd: PicoUSD


class TokenUse(Struct, frozen=True, kw_only=True):
    """The tokens of one model's answers against their plan; resends, fallbacks and escalations had none.

    Shares are of the planned tokens. Output includes reasoning; its mean lies in the range in nine of ten batches.
    """

    model: str
    answers: int
    input_method: str  # exact, calibrated, assumed
    input_planned: int
    input_billed: int
    input_off_share: float | None
    input_bound_share: float  # how far the content may be off
    input_allowed_share: float | None  # the same with the chat frames
    input_inside: bool
    output_planned: int
    output_billed: int
    output_off_share: float | None
    output_mean_low: float
    output_mean_high: float
    output_inside: bool


class CacheUse(Struct, frozen=True, kw_only=True):
    """What answers read from prompt caches; `saved_pusd` is against the price without a cache, net of writing."""

    input_tokens: int  # all of them, cached ones included
    cache_read_tokens: int
    cache_write_tokens: int
    saved_pusd: PicoUSD


class Projection(Struct, frozen=True, kw_only=True):
    """What an unfinished run comes to: what was spent, and what the open requests are expected to cost once."""

    basis: str  # `observed usage`, or `plan` while no model gave enough answers
    observed_models: tuple[str, ...]  # models with open requests whose usage is known; the rest is as planned
    planned_models: tuple[str, ...]
    open_pusd: PicoUSD
    total_pusd: PicoUSD


class TaskActual(Struct, frozen=True, kw_only=True):
    """How one task type fared, against the plan; duplicates left out."""

    task_type: str
    requests: int
    accepted: int
    failed: int
    cost_pusd: PicoUSD
    projected_pusd: PicoUSD


class FailureLine(Struct, frozen=True, kw_only=True):
    """One reason for which requests failed, with the first of them."""

    reason: str
    requests: int
    custom_ids: tuple[str, ...]


class RunSummary(Struct, frozen=True, kw_only=True):
    """Everything a run says."""

    kind: str
    run_id: str
    state: str
    emulated: bool
    historic: bool
    prices_at: str
    started_at: str | None
    ended_at: str | None
    job: PlanJob
    counts: Counts
    money: Money
    questions: QuestionLine | None
    judging: JudgingUse | None  # None where nothing is judged
    baselines: tuple[Compared, ...]
    savings: tuple[Saving, ...]
    attempts: tuple[KindLine, ...]
    models: tuple[ModelActual, ...]
    tokens: tuple[TokenUse, ...]
    prompt_cache: CacheUse | None  # None where no answer told of one
    own_bills: OwnBills | None  # None where no provider named its charge
    projection: Projection | None  # None once nothing is open
    task_types: tuple[TaskActual, ...]
    failures: tuple[FailureLine, ...]
    events: tuple[Happened, ...]
    hedged: Hedged | None  # None where nothing was
    cut_off: CutOff | None  # None where no answer was cut off below its planned limit
    gates: tuple[GateLine, ...] = ()  # those that looked at an answer, the busiest first
    service_tiers: tuple[TierUse, ...] = ()
    handed_in: tuple[HandedIn, ...] = ()  # what providers have yet to answer
    realised: Realised | None = None  # None: nothing came to its end
    certified: str | None = None
    details: Details | None = None  # None in a summary made by hand
    redacted: Redactions | None = None  # None where nothing was replaced
    audit: AuditNote | None = None  # None where none is kept
