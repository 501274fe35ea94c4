"""Spans and metrics from the journal's records: numbers and names, never a text, a message or a key.

Each request is a trace of its own with a link to the run's: backends lose traces of a million spans, and samplers can
choose among requests. Below it stands a span for each attempt, by OpenTelemetry's conventions for generative AI.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from opentelemetry.metrics import Counter, Meter
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context

from modelroute_cli.base.money import PER_USD
from modelroute_cli.execution.records import Event, Final, FinalStatus, Intent, Judged, Outcome, OutcomeKind, Record
from modelroute_cli.execution.telemetry import names

Value = str | int | float | bool | tuple[str, ...]

_LONGEST = 200  # characters of a name that a provider gives
_NS = 10**9


@dataclass(frozen=True, slots=True)
class ModelName:
    """How a model of the plan is called there."""

    provider: str
    operation: str
    model_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What all spans of a run have in common; `custom_id` names a row, where settings ask for it."""

    run_id: str
    emulated: bool
    models: Mapping[str, ModelName]
    custom_id: Callable[[int], str] | None = None


_Labels = tuple[tuple[str, Value], ...]


class Instruments:
    """The metrics of a run; what is counted is added up between two calls of `flush`, which costs less."""

    def __init__(self, meter: Meter) -> None:
        self.duration = meter.create_histogram(
            names.DURATION, "s", "Duration of one attempt", explicit_bucket_boundaries_advisory=names.DURATION_BOUNDS_S
        )
        self.tokens = meter.create_histogram(
            names.TOKEN_USAGE,
            "{token}",
            "Tokens of one attempt",
            explicit_bucket_boundaries_advisory=names.TOKEN_BOUNDS,
        )
        self.cost = meter.create_counter(names.COST, "{USD}", "What attempts cost, in dollars")
        self.attempts = meter.create_counter(names.ATTEMPTS, "{attempt}", "Attempts by kind: retries, escalations")
        self.requests = meter.create_counter(names.REQUESTS, "{request}", "Requests that came to their end")
        self._sums: dict[tuple[Counter, _Labels], float] = {}

    def add(self, counter: Counter, amount: float, labels: Mapping[str, Value]) -> None:
        """Count it with the next flush."""
        key = (counter, tuple(labels.items()))
        self._sums[key] = self._sums.get(key, 0) + amount

    def flush(self) -> None:
        """Hand over what was counted."""
        for (counter, labels), amount in self._sums.items():
            counter.add(amount, dict(labels))
        self._sums.clear()


@dataclass(slots=True)
class _Open:
    """Requests and attempts that have not ended."""

    requests: dict[int, Span] = field(default_factory=dict)  # by row
    intents: dict[int, Intent] = field(default_factory=dict)  # by attempt
    rows: dict[int, int] = field(default_factory=dict)  # attempt that was answered -> row, until its request ends


class Recorder:
    """Makes spans and metrics of records, in the order in which they became durable; for one thread."""

    def __init__(self, about: About, tracer: Tracer, meter: Meter, now_ns: Callable[[], int]) -> None:
        self._about = about
        self._tracer = tracer
        self._to = Instruments(meter)
        self._now_ns = now_ns
        self._open = _Open()
        fields: dict[str, Value] = {names.RUN_ID: about.run_id, names.EMULATED: about.emulated}
        self._run = tracer.start_span(names.RUN_SPAN, attributes=fields, start_time=now_ns())
        self._link = (Link(self._run.get_span_context()),)

    def take(self, records: Sequence[Record]) -> None:
        """What was written in one commit."""
        for record in records:
            match record:
                case Intent():
                    self._begin(record)
                case Outcome():
                    self._end_attempt(record)
                case Judged(passed=False):
                    self._failed_gate(record)
                case Final():
                    self._end_request(record)
                case Event():
                    fields: dict[str, Value] = {names.SUBJECT: record.subject, names.MOVED: record.requests}
                    self._run.add_event(record.kind, fields)
                case _:
                    pass
        self._to.flush()

    def seed(self, intents: Sequence[Intent]) -> None:
        """Attempts of earlier sessions that wait for their answers: lines of provider batches."""
        for intent in intents:
            self._open.intents[intent.attempt] = intent

    def close(self) -> None:
        """The session is over: what is open ends as that."""
        for span in self._open.requests.values():
            span.set_attribute(names.STATUS, "open")
            span.end(self._now_ns())
        self._run.end(self._now_ns())

    def _begin(self, intent: Intent) -> None:
        self._open.intents[intent.attempt] = intent
        self._request(intent)

    def _request(self, intent: Intent) -> Span:
        """The span of the request that an attempt is for, begun with its first attempt in this session."""
        known = self._open.requests.get(intent.row)
        if known is not None:
            return known
        fields: dict[str, Value] = {names.RUN_ID: self._about.run_id, names.ROW: intent.row}
        if self._about.custom_id is not None:
            fields[names.CUSTOM_ID] = self._about.custom_id(intent.row)
        begun = _ns(intent.started_at)
        span = self._tracer.start_span(names.REQUEST_SPAN, attributes=fields, links=self._link, start_time=begun)
        self._open.requests[intent.row] = span
        return span

    def _end_attempt(self, outcome: Outcome) -> None:
        """A span with its true beginning and end, and the metrics; nothing of an attempt that is not known."""
        intent = self._open.intents.pop(outcome.attempt, None)
        if intent is None:
            return
        self._open.rows[outcome.attempt] = intent.row
        model = self._about.models.get(intent.model) or ModelName("unknown", names.CHAT, intent.model)
        shared = _shared(model, intent, outcome)
        self._measure(intent, outcome, shared)
        begun = _ns(intent.started_at)
        span = self._tracer.start_span(
            f"{model.operation} {model.model_id}",
            context=set_span_in_context(self._request(intent)),
            kind=SpanKind.CLIENT,
            attributes={**shared, **_told(intent, outcome)},
            start_time=begun,
        )
        if outcome.outcome is not OutcomeKind.ANSWERED:
            span.set_status(Status(StatusCode.ERROR))
        span.end(self._now_ns() if outcome.latency_s is None else begun + int(outcome.latency_s * _NS))

    def _measure(self, intent: Intent, outcome: Outcome, shared: Mapping[str, Value]) -> None:
        self._to.add(self._to.attempts, 1, {**shared, names.KIND: intent.kind})
        if outcome.latency_s is not None:
            self._to.duration.record(outcome.latency_s, shared)
        for kind, tokens in (("input", outcome.input_tokens), ("output", outcome.output_tokens)):
            if tokens is not None:
                self._to.tokens.record(tokens, {**shared, names.TOKEN_TYPE: kind})
        if outcome.cost_pusd is not None:
            self._to.add(self._to.cost, _usd(outcome.cost_pusd), shared)

    def _failed_gate(self, judged: Judged) -> None:
        """The gate's name, never what it said: that may quote the answer."""
        span = self._open.requests.get(self._open.rows.get(judged.attempt, -1))
        if span is not None:
            span.add_event(names.GATE, {names.GATE: judged.gate})

    def _end_request(self, final: Final) -> None:
        self._to.add(self._to.requests, 1, {names.STATUS: final.status})
        span = self._open.requests.pop(final.row, None)
        if span is None:
            return
        span.set_attribute(names.STATUS, final.status)
        if final.status is FinalStatus.FAILED:
            span.set_status(Status(StatusCode.ERROR))
        span.end(self._now_ns())


def _shared(model: ModelName, intent: Intent, outcome: Outcome) -> dict[str, Value]:
    """What stands on the span and on every metric: few different values each."""
    fields: dict[str, Value] = {
        names.OPERATION: model.operation,
        names.PROVIDER: model.provider,
        names.REQUEST_MODEL: model.model_id,
        names.TIER: intent.service_tier,
    }
    if outcome.outcome is not OutcomeKind.ANSWERED:
        fields[names.ERROR_TYPE] = str(outcome.status or outcome.failure or outcome.outcome)
    return fields


def _told(intent: Intent, outcome: Outcome) -> dict[str, Value]:
    """What stands on the span alone; what is unknown is left out."""
    cost = outcome.cost_pusd
    fields: dict[str, Value | None] = {
        names.KIND: intent.kind,
        names.BATCH: True if intent.batch is not None else None,
        names.EMULATED: outcome.emulated,
        names.MAX_TOKENS: intent.max_tokens,
        names.RESPONSE_MODEL: _cut(outcome.model_served),
        names.RESPONSE_ID: _cut(outcome.request_id),
        names.FINISH_REASONS: None if outcome.finish_reason is None else (outcome.finish_reason[:_LONGEST],),
        names.INPUT_TOKENS: outcome.input_tokens,
        names.OUTPUT_TOKENS: outcome.output_tokens,
        names.CACHE_READ_TOKENS: outcome.cache_read_tokens,
        names.CACHE_WRITE_TOKENS: outcome.cache_write_tokens,
        names.REASONING_TOKENS: outcome.reasoning_tokens,
        names.COST: None if cost is None else _usd(cost),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _cut(name: str | None) -> str | None:
    return None if name is None else name[:_LONGEST]


def _usd(pusd: int) -> float:
    """Dollars as telemetry takes them: to be looked at, never to be counted with."""
    return pusd / PER_USD


def _ns(at: str) -> int:
    """Nanoseconds since 1970."""
    return int(datetime.fromisoformat(at).timestamp() * 1_000_000) * 1000
