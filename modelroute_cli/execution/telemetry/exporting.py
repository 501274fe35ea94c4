"""Where spans and metrics go in, and their way out; what the library complains of on the way is counted, not shown."""

import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Tracer

from modelroute_cli.execution.telemetry import names

_MOST_WAITING = 65_536  # spans; beyond that the library drops some
_LOGGER = "opentelemetry"


@dataclass(frozen=True, slots=True)
class Ways:
    """How spans and metrics leave."""

    spans: SpanExporter
    metrics: MetricReader


@dataclass(frozen=True, slots=True)
class Ends:
    """Where spans and metrics go in."""

    tracer: Tracer
    meter: Meter
    failures: "Failures"


class Failures(logging.Handler):
    """Counts what the library complains of, in the place of the terminal: its words may quote addresses."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)  # what is tried again is a warning
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """One more."""
        del record
        self.count += 1


@contextmanager
def exporting(ways: Ways, env: Mapping[str, str], version: str, *, emulated: bool) -> Iterator[Ends]:
    """Open both for as long as the block lasts; at its end what waits is sent, within the library's own time limits."""
    named = {} if env.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: names.SCOPE}
    resource = Resource.create({**named, names.EMULATED: emulated})
    tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
    tracers.add_span_processor(BatchSpanProcessor(ways.spans, max_queue_size=_MOST_WAITING))
    plain = AlwaysOffExemplarFilter()  # an example beside each sum costs a third of it
    meters = MeterProvider([ways.metrics], resource=resource, exemplar_filter=plain, shutdown_on_exit=False)
    with _quiet() as failures:
        try:
            tracer = tracers.get_tracer(names.SCOPE, version, schema_url=names.SCHEMA_URL)
            yield Ends(tracer, meters.get_meter(names.SCOPE, version, schema_url=names.SCHEMA_URL), failures)
        finally:
            with ThreadPoolExecutor() as pool:  # each waits some seconds for a collector that is not there
                list(pool.map(_shut_down, (tracers, meters)))


def _shut_down(provider: TracerProvider | MeterProvider) -> None:
    provider.shutdown()


@contextmanager
def _quiet() -> Iterator[Failures]:
    """The library's complaints are counted, not shown."""
    logger, failures = logging.getLogger(_LOGGER), Failures()
    before = logger.propagate
    logger.addHandler(failures)
    logger.propagate = False
    try:
        yield failures
    finally:
        logger.removeHandler(failures)
        logger.propagate = before
