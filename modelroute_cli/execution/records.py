"""What is written to the journal: one frozen record for each thing that happened, in the order it happened."""

from enum import StrEnum

from msgspec import Struct

from modelroute_cli.base.money import PicoUSD


class AttemptKind(StrEnum):
    """Why an attempt is made."""

    FIRST = "first"
    RETRY = "retry"  # the same model after a failure
    FALLBACK = "fallback"  # another model after a failure
    ESCALATION = "escalation"  # a stronger model after a failed gate
    STANDARD = "standard"  # the same model at the standard tier, where the planned one was not to be had
    RESEND = "resend"  # the same model with more room after a truncated answer
    HEDGE = "hedge"  # the same request once more while an attempt of it takes unusually long
    PILOT = "pilot"  # sent before the run, to measure what the models' answers are worth
    JUDGE = "judge"  # a judge model is asked about an answer: it never gives the request its answer
    CONTROL = "control"  # the baseline answers too, to compare with: it counts where the request's own answer failed


class OutcomeKind(StrEnum):
    """What is known about an attempt after it ended."""

    ANSWERED = "answered"
    FAILED = "failed"  # no answer, and not billed
    UNKNOWN = "unknown"  # no answer, possibly billed: the reservation stays held


PUT_BACK = "put_back"
"""The failure of a line that nobody worked on, and that is to be handed in again."""


class FinalStatus(StrEnum):
    """What a request ended as."""

    ACCEPTED = "accepted"
    FAILED = "failed"


class Intent(Struct, frozen=True):
    """An attempt is about to be sent; durable before it is."""

    attempt: int
    row: int
    kind: AttemptKind
    model: str
    service_tier: str
    reserved_pusd: PicoUSD
    max_tokens: int
    started_at: str  # ISO, UTC
    about: int | None = None  # the attempt whose answer is judged, or that is hedged
    batch: int | None = None  # the provider batch it is a line of
    prompt_sha256: str | None = None  # of what is sent (execution.audit.prompt)


class Outcome(Struct, frozen=True, kw_only=True):
    """How an attempt ended; durable before anything is done with the answer. Counts are None where not reported."""

    attempt: int
    outcome: OutcomeKind
    failure: str | None = None
    status: int | None = None
    message: str | None = None
    text: str | None = None
    finish_reason: str | None = None
    refusal: str | None = None
    model_served: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_pusd: PicoUSD | None = None  # None: unknown, the reservation stays held
    latency_s: float | None = None
    emulated: bool = False
    priced_pusd: PicoUSD | None = None  # what its tokens cost by our prices; None where no tokens are known
    reported_pusd: PicoUSD | None = None  # what the provider says it charged
    served_tier: str | None = None  # the service tier that served, where the provider says
    request_id: str | None = None  # the provider's own
    reasoning: str | None = None  # thoughts or their summary
    tool_calls: str | None = None  # JSON: a list of ToolCall; None without
    image_tokens: int | None = None
    audio_tokens: int | None = None


class Judged(Struct, frozen=True):
    """What the gates said of an answer; `output` is the normalised text where it differs from the answer's.

    `applied` names the gates that looked at it, in order and separated by commas; `score` is what a judge or a
    command gave it, in [0,1]; `right` is whether an answer that failed equals `expected`. `quality` is what it is
    worth, in [0,1], by the strongest word there is on it (`scorer`; None: only its gates spoke).
    """

    attempt: int
    passed: bool
    gate: str
    detail: str
    output: str | None
    applied: str | None = None
    score: float | None = None
    right: bool | None = None
    quality: float | None = None
    scorer: str | None = None


class Pair(Struct, frozen=True):
    """The answer that a request ended with, beside the baseline's own: two qualities in [0,1] by one scorer.

    `attempt` is None where the request had no answer, which is worth 0; both are the same attempt where the baseline
    itself had answered it.
    """

    row: int
    at: str  # ISO, UTC
    attempt: int | None
    control: int
    quality: float
    control_quality: float
    scorer: str


class Drift(Struct, frozen=True):
    """A model that got worse on a template while a run went on.

    `expected` and `seen` are qualities, or with `versus` (the baseline) how much better than its they are.
    """

    at: str  # ISO, UTC
    template: str
    model: str
    expected: float  # by the plan, or at the beginning of the run
    seen: float  # since the fall began
    answers: int  # that this rests on
    before: int  # answers that came before
    versus: str = ""


class Redacted(Struct, frozen=True):
    """What was replaced in the texts of an attempt. An answer need not mention all, so `lost` ones are no fault."""

    attempt: int
    kinds: str  # JSON: kind -> values, each counted once
    lost: int | None = None  # placeholders that the answer does not hold; None without an answer, and of judges
    unknown: int | None = None  # placeholders in the answer that were never given out, and stay in it


class Final(Struct, frozen=True):
    """A request came to its end; `attempt` is the answer that counts, None when there is none."""

    row: int
    status: FinalStatus
    attempt: int | None
    reason: str


class EventKind(StrEnum):
    """What happens to a run as a whole, and stands in its report."""

    OPENED = "opened"  # a circuit breaker: nothing but probes goes to a model or an account
    RECOVERED = "recovered"  # a probe was answered
    PAUSED = "paused"  # nothing goes there for as long as it asked to be left alone
    CLOSED = "closed"  # nothing more goes there in this run
    REPLANNED = "replanned"  # open requests got new assignments
    PACED = "paced"  # the user changed the pace
    HANDED_IN = "handed_in"  # a batch was taken by its provider
    COLLECTED = "collected"  # all lines of a batch are checked off
    NOT_HANDED_IN = "not_handed_in"  # a batch was refused or given up: its requests go elsewhere
    DRIFT = "drift"  # a model got worse on a template
    CONTROL = "control"  # a sample of the requests is answered by the baseline as well


class Event(Struct, frozen=True):
    """Something that happened to a run as a whole; `subject` is the model or provider, `requests` how many it moved."""

    at: str  # ISO, UTC
    kind: EventKind
    subject: str
    requests: int
    text: str  # for people


class BatchStepKind(StrEnum):
    """What happened to a provider batch, in the order in which it can happen."""

    UPLOADED = "uploaded"  # its lines; `name` is the provider's file
    SUBMITTING = "submitting"  # durable before the provider is asked to begin
    SUBMITTED = "submitted"  # `name` is the provider's batch
    NOT_TAKEN = "not_taken"  # the provider surely did not take the last submission: it may be submitted again
    SEEN = "seen"  # looked at: how far it is
    CANCELLING = "cancelling"  # durable before the provider is asked to stop
    ENDED = "ended"  # it goes on no more: what there is can be collected
    SETTLED = "settled"  # every line is checked off
    GONE = "gone"  # the provider knows it no more; what is not checked off may have been billed


class Batch(Struct, frozen=True, kw_only=True):
    """Requests that are handed in together; durable in one commit with their intents, before anything is sent."""

    batch: int
    provider: str
    service_tier: str
    model: str  # empty where it holds several
    requests: int
    input_tokens: int
    bytes: int
    digest: str  # SHA-256 of its lines
    tag: str  # what it is called at the provider, where that takes a name
    made_at: str  # ISO, UTC
    due_at: str | None  # when the first of its requests has its deadline


class BatchStep(Struct, frozen=True, kw_only=True):
    """Something that happened to a batch; counts are the provider's, None where it says none."""

    batch: int
    at: str  # ISO, UTC
    step: BatchStepKind
    name: str | None = None
    done: int | None = None  # requests that came to some end
    failed: int | None = None
    text: str = ""  # for people


Record = Intent | Outcome | Judged | Final | Event | Batch | BatchStep | Pair | Drift | Redacted
