"""What goes in comes out at the end, under a name of its own; complaints are counted, not shown."""

import logging
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from modelroute_cli.execution.telemetry import names
from modelroute_cli.execution.telemetry.exporting import Ways, exporting


class Keeps(SpanExporter):
    """Keeps spans, or complains and loses them."""

    def __init__(self, *, complains: bool = False) -> None:
        self.spans: list[ReadableSpan] = []
        self.complains = complains

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Keep them."""
        if self.complains:
            logger = logging.getLogger("opentelemetry.exporter.otlp.proto.http.trace_exporter")
            logger.warning("tried again at http://anna:hush@collector.example")
            logger.error("not sent to http://anna:hush@collector.example")
            return SpanExportResult.FAILURE
        self.spans.extend(spans)
        return SpanExportResult.SUCCESS


@pytest.mark.parametrize(("env", "service"), [({}, "modelroute"), ({"OTEL_SERVICE_NAME": "nightly"}, "nightly")])
def test_what_goes_in_comes_out_at_the_end(env: dict[str, str], service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under our name unless the environment has one, with the schema of the names, and marked where emulated."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    exporter = Keeps()
    with exporting(Ways(exporter, InMemoryMetricReader()), env, "1.2.3", emulated=True) as ends:
        ends.tracer.start_span("a").end()
        ends.meter.create_counter("c").add(1)
    (span,) = exporter.spans
    assert span.resource.attributes[names.EMULATED] is True
    assert span.resource.attributes["service.name"] == service
    assert span.instrumentation_scope is not None
    assert (span.instrumentation_scope.version, span.instrumentation_scope.schema_url) == ("1.2.3", names.SCHEMA_URL)
    assert ends.failures.count == 0


def test_complaints_are_counted_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Their words quote addresses; what is tried again is none, and afterwards all is as it was."""
    with exporting(Ways(Keeps(complains=True), InMemoryMetricReader()), {}, "1", emulated=False) as ends:
        ends.tracer.start_span("a").end()
    assert ends.failures.count == 1
    assert capsys.readouterr() == ("", "")
    logger = logging.getLogger("opentelemetry")
    assert (ends.failures in logger.handlers, logger.propagate) == (False, True)
