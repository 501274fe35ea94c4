"""Spans and metrics say what was journaled, and no text of it."""

import pytest
from msgspec import structs
from opentelemetry.trace import SpanKind, StatusCode
from support.telemetry import START_NS, Memory

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.records import (
    AttemptKind,
    Event,
    EventKind,
    Final,
    FinalStatus,
    Intent,
    Judged,
    Outcome,
    OutcomeKind,
)
from modelroute_cli.execution.telemetry import names

HUSH = "hush: the customer's own words"
INTENT = Intent(1, 7, AttemptKind.FIRST, "cheap", "standard", PicoUSD(9), 400, "2026-11-23T10:00:01.500000+00:00")
ANSWER = Outcome(
    attempt=1,
    outcome=OutcomeKind.ANSWERED,
    text=HUSH,
    finish_reason="stop",
    model_served="gpt-6-luna-2026-10",
    request_id="req_1",
    input_tokens=30,
    output_tokens=120,
    cache_read_tokens=10,
    reasoning_tokens=0,
    cost_pusd=PicoUSD(250_000_000),
    latency_s=2.25,
    message=HUSH,
    reasoning=HUSH,
)
LIMITED = Outcome(
    attempt=1, outcome=OutcomeKind.FAILED, failure="rate_limited", status=429, message=HUSH, latency_s=0.5
)
ACCEPTED = Final(7, FinalStatus.ACCEPTED, 1, HUSH)


def test_an_answer_is_a_span_by_the_conventions() -> None:
    """Name, kind, times and attributes; what is unknown is left out."""
    memory = Memory()
    memory.recorder.take([INTENT, ANSWER, ACCEPTED])
    (span,) = memory.spans("chat gpt-6-luna")
    assert (span.kind, span.status.status_code) == (SpanKind.CLIENT, StatusCode.UNSET)
    begun = START_NS + 1_500_000_000
    assert (span.start_time, span.end_time) == (begun, begun + 2_250_000_000)
    assert dict(span.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-6-luna",
        "gen_ai.request.max_tokens": 400,
        "gen_ai.response.model": "gpt-6-luna-2026-10",
        "gen_ai.response.id": "req_1",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 30,
        "gen_ai.usage.output_tokens": 120,
        "gen_ai.usage.cache_read.input_tokens": 10,
        "gen_ai.usage.reasoning.output_tokens": 0,
        "modelroute.attempt.kind": "first",
        "modelroute.service_tier": "standard",
        "modelroute.emulated": False,
        "modelroute.cost.usd": 0.00025,
    }


def test_a_request_is_a_trace_of_its_own_that_names_its_run() -> None:
    """Attempts stand below it; a link leads to the run's span."""
    memory = Memory()
    retry = structs.replace(INTENT, attempt=2, kind=AttemptKind.RETRY)
    memory.recorder.take([INTENT, LIMITED, retry, structs.replace(ANSWER, attempt=2), ACCEPTED])
    memory.recorder.close()
    (request,), (run,) = memory.spans("modelroute.request"), memory.spans("modelroute.run")
    attempts = memory.spans("chat gpt-6-luna")
    assert [span.parent and span.parent.span_id for span in attempts] == [request.context.span_id] * 2
    assert (request.parent, [link.context.span_id for link in request.links]) == (None, [run.context.span_id])
    assert dict(request.attributes or {}) == {
        "modelroute.run.id": "0123456789ab",
        "modelroute.request.row": 7,
        "modelroute.request.status": "accepted",
    }
    assert request.start_time == attempts[0].start_time


def test_metrics_add_up_by_model_and_kind() -> None:
    """Tokens, cost, durations; retries and escalations are kinds of attempts."""
    memory = Memory()
    escalation = structs.replace(INTENT, attempt=2, kind=AttemptKind.ESCALATION, model="good")
    memory.recorder.take([INTENT, LIMITED, escalation, structs.replace(ANSWER, attempt=2), ACCEPTED])
    assert memory.sums(names.TOKEN_USAGE, names.REQUEST_MODEL, names.TOKEN_TYPE) == {
        ("gemini-4", "input"): 30,
        ("gemini-4", "output"): 120,
    }
    assert memory.sums(names.COST, names.PROVIDER) == {("gcp.gemini",): 0.00025}
    assert memory.sums(names.DURATION, names.OPERATION) == {("chat",): 0.5, ("generate_content",): 2.25}
    assert memory.sums(names.ATTEMPTS, names.KIND, names.ERROR_TYPE) == {("first", "429"): 1, ("escalation", None): 1}
    assert memory.sums(names.REQUESTS, names.STATUS) == {("accepted",): 1}


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (LIMITED, "429"),
        (structs.replace(LIMITED, status=None), "rate_limited"),
        (Outcome(attempt=1, outcome=OutcomeKind.UNKNOWN, message=HUSH), "unknown"),
    ],
)
def test_a_failure_is_an_error_by_its_status_or_kind(outcome: Outcome, error: str) -> None:
    """Never by its message: that may quote anything."""
    memory = Memory()
    memory.recorder.take([INTENT, outcome, structs.replace(ACCEPTED, status=FinalStatus.FAILED)])
    (span,), (request,) = memory.spans("chat gpt-6-luna"), memory.spans("modelroute.request")
    assert (span.attributes or {})[names.ERROR_TYPE] == error
    assert span.status.status_code is request.status.status_code is StatusCode.ERROR
    assert (request.attributes or {})[names.STATUS] == "failed"


def test_no_text_is_in_any_span_or_metric() -> None:
    """No answer, no thought, no message, no verdict's words, no reason, no event's sentence, no custom_id."""
    memory = Memory()
    judged = Judged(1, passed=False, gate="max_words", detail=HUSH, output=HUSH)
    event = Event("2026-11-23T10:00:02+00:00", EventKind.PAUSED, "cheap", 3, HUSH)
    memory.recorder.take([INTENT, ANSWER, judged, event, ACCEPTED])
    memory.recorder.close()
    shown = "".join(span.to_json() for span in memory.exporter.get_finished_spans()) + repr(
        memory.reader.get_metrics_data()
    )
    assert "hush" not in shown
    (request,), (run,) = memory.spans("modelroute.request"), memory.spans("modelroute.run")
    assert [dict(each.attributes or {}) for each in request.events] == [{"modelroute.gate": "max_words"}]
    assert [(each.name, dict(each.attributes or {})) for each in run.events] == [
        ("paused", {"modelroute.event.subject": "cheap", "modelroute.event.requests": 3})
    ]


def test_requests_are_named_only_where_that_is_asked_for() -> None:
    """By their row else."""
    memory = Memory(custom_id=lambda row: f"mail-{row}")
    memory.recorder.take([INTENT, ANSWER, ACCEPTED])
    (request,) = memory.spans("modelroute.request")
    assert (request.attributes or {})[names.CUSTOM_ID] == "mail-7"


def test_what_is_open_at_the_end_ends_as_open() -> None:
    """A later session begins its span anew."""
    memory = Memory()
    memory.recorder.take([INTENT])
    memory.recorder.close()
    assert [(span.attributes or {})[names.STATUS] for span in memory.spans("modelroute.request")] == ["open"]
    assert len(memory.spans("modelroute.run")) == 1


def test_a_batch_that_an_earlier_session_handed_in_is_known() -> None:
    """Its lines have spans and costs, over as long as they waited; an attempt nobody knows of has none."""
    memory = Memory()
    memory.recorder.seed([structs.replace(INTENT, batch=1, service_tier="batch")])
    late = structs.replace(ANSWER, latency_s=None)
    memory.recorder.take([late, structs.replace(late, attempt=99), ACCEPTED])
    (span,) = memory.spans("chat gpt-6-luna")
    assert ((span.attributes or {})[names.BATCH], span.end_time) == (True, START_NS + 60 * 10**9)
    assert memory.sums(names.COST) == {(): 0.00025}


def test_a_name_that_a_provider_gives_is_cut() -> None:
    """It may send anything."""
    memory = Memory()
    long = "n" * 10_000
    memory.recorder.take([INTENT, structs.replace(ANSWER, model_served=long, request_id=long, finish_reason=long)])
    (span,) = memory.spans("chat gpt-6-luna")
    assert max(len(str(value)) for value in (span.attributes or {}).values()) < 210
