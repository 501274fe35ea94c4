"""Telemetry of whole runs, in virtual time: what stands in the journal stands in the spans."""

from pathlib import Path

import pytest
from support.fake_transport import FakeProvider, answer, failure, in_turn
from support.plans import Row
from support.runs import Job, Setup, run
from support.telemetry import Memory

from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.telemetry import names
from modelroute_cli.providers.base import FailureKind

SECRET = "plantedTelemetryKey0123456789"  # noqa: S105 - a secret to look for
ROWS = 12


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Memory, Path]:
    """A run whose requests fail once, with a message that quotes a key, and are then answered with one."""
    memory, folder = Memory(), tmp_path_factory.mktemp("run")
    job = Job.of([Row() for _ in range(ROWS)], folder)
    fails = failure(FailureKind.TRANSIENT, 503, message=f"key {SECRET}")
    provider = FakeProvider(in_turn(fails, answer(f"the answer quotes {SECRET}")))
    run(job, provider, Setup(before=lambda journal: journal.listen(memory.recorder.take)))
    memory.recorder.close()
    return memory, job.journal


def test_every_attempt_and_request_has_its_span(told: tuple[Memory, Path]) -> None:
    """As many as the journal has."""
    memory, journal = told
    spans = memory.exporter.get_finished_spans()
    attempts = [span for span in spans if names.KIND in (span.attributes or {})]
    assert len(attempts) == attempts_frame(journal).height == 2 * ROWS
    assert len(memory.spans(names.REQUEST_SPAN)) == ROWS
    assert {(span.attributes or {})[names.STATUS] for span in memory.spans(names.REQUEST_SPAN)} == {"accepted"}


def test_sums_are_those_of_the_journal(told: tuple[Memory, Path]) -> None:
    """Tokens to the last, dollars but for the rounding of floats."""
    memory, journal = told
    frame = attempts_frame(journal)
    assert memory.sums(names.TOKEN_USAGE, names.TOKEN_TYPE) == {
        ("input",): frame["input_tokens"].sum(),
        ("output",): frame["output_tokens"].sum(),
    }
    assert memory.sums(names.COST)[()] == pytest.approx(frame["cost_pusd"].sum() / 10**12)
    assert memory.sums(names.ATTEMPTS, names.KIND) == {("first",): ROWS, ("retry",): ROWS}


def test_neither_keys_nor_answers_are_in_it(told: tuple[Memory, Path]) -> None:
    """Whatever a provider quotes."""
    memory, _ = told
    shown = "".join(span.to_json() for span in memory.exporter.get_finished_spans())
    assert [
        text for text in (SECRET, "the answer", "r0") if text in shown + repr(memory.reader.get_metrics_data())
    ] == []
