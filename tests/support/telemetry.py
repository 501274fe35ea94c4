"""OpenTelemetry into memory, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from modelroute_cli.execution.telemetry import names
from modelroute_cli.execution.telemetry.recorder import About, ModelName, Recorder

START_NS = 1_795_428_000 * 10**9  # 2026-11-23T10:00:00Z


def about(custom_id: Callable[[int], str] | None = None) -> About:
    """A run of two models."""
    models = {
        "cheap": ModelName("openai", "chat", "gpt-6-luna"),
        "good": ModelName("gcp.gemini", "generate_content", "gemini-4"),
    }
    return About(run_id="0123456789ab", emulated=False, models=models, custom_id=custom_id)


@dataclass
class Memory:
    """A recorder whose spans and metrics stay here; its clock stands at a minute past ten."""

    custom_id: Callable[[int], str] | None = None
    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)

    def __post_init__(self) -> None:
        tracers = TracerProvider(shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        meters = MeterProvider([self.reader], shutdown_on_exit=False)
        self.recorder = Recorder(
            about(self.custom_id),
            tracers.get_tracer(names.SCOPE),
            meters.get_meter(names.SCOPE),
            lambda: START_NS + 60 * 10**9,
        )

    def spans(self, name: str) -> list[ReadableSpan]:
        """Those of that name, as they ended."""
        return [span for span in self.exporter.get_finished_spans() if span.name == name]

    def sums(self, metric: str, *by: str) -> dict[tuple[object, ...], float]:
        """The sum of a metric by the values of these attributes."""
        found: dict[tuple[object, ...], float] = {}
        data = self.reader.get_metrics_data()
        points = [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for each in scope.metrics
            if each.name == metric
            for point in each.data.data_points
        ]
        for point in points:
            assert isinstance(point, HistogramDataPoint | NumberDataPoint)
            key = tuple((point.attributes or {}).get(name) for name in by)
            found[key] = found.get(key, 0) + (point.sum if isinstance(point, HistogramDataPoint) else point.value)
        return found
