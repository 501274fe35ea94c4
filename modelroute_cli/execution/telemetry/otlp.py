"""The way to a collector: OTLP over HTTP, as OpenTelemetry's own variables say."""

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

from modelroute_cli.execution.telemetry.exporting import Ways


def to_collector() -> Ways:
    """Both; nothing is sent by making them."""
    return Ways(OTLPSpanExporter(), PeriodicExportingMetricReader(OTLPMetricExporter()))
