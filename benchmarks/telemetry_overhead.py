"""CPU of a run with telemetry against the same run without it: spans and metrics are made, and dropped unsent.

    python benchmarks/telemetry_overhead.py [--requests 5000] [--concurrency 500] [--latency 0.05] [--rounds 3]

The runs are those of `run_overhead.py`, with and without in turn; the shares are of CPU and of time, over all rounds.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from run_overhead import _job, _work, wire
from support.plans import CHEAP
from support.runs import DIGEST, Job, Watcher

from modelroute_cli.base.collector import rare_collections
from modelroute_cli.catalog.cards import Provider
from modelroute_cli.execution.engine import execute
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.telemetry.beside import Recording
from modelroute_cli.execution.telemetry.recorder import About, ModelName, Recorder
from modelroute_cli.providers.base import Transport


class Dropping(SpanExporter):
    """Counts spans."""

    def __init__(self) -> None:
        self.count = 0

    def export(self, spans: "list[ReadableSpan]") -> SpanExportResult:  # type: ignore[override]
        """Count them."""
        self.count += len(spans)
        return SpanExportResult.SUCCESS


async def executed(
    job: Job, transport: Transport, provider: Provider, options: argparse.Namespace, *, told: bool
) -> int:
    """One run; how many spans it made."""
    journal, exporter = Journal.open(job.journal, DIGEST), Dropping()
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=65_536))
    meters = MeterProvider([InMemoryMetricReader()], exemplar_filter=AlwaysOffExemplarFilter(), shutdown_on_exit=False)
    about = About(run_id="bench", emulated=False, models={CHEAP: ModelName("openai", "chat", "m")})
    recording = Recording(Recorder(about, tracers.get_tracer("bench"), meters.get_meter("bench"), time.time_ns))
    if told:
        journal.listen(recording.listen)
    try:
        work = _work(job, journal, transport, provider, options.concurrency)
        await execute(job.plan, work, Watcher())
    finally:
        await journal.close()
        recording.close(60.0)
        tracers.shutdown()
        meters.shutdown()
    return exporter.count


async def measure(options: argparse.Namespace, folder: Path) -> None:
    """Warm up, then both sides in turn, and print."""
    cpu, wall, spans = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}, 0
    async with wire(options) as (transport, provider):
        for turn in range(options.rounds + 1):
            for told in (False, True):
                place = folder / f"{turn}{told}"
                place.mkdir()
                job = _job(options.requests, place)
                began = time.process_time(), time.perf_counter()
                made = await executed(job, transport, provider, options, told=told)
                if turn:
                    cpu[told] += time.process_time() - began[0]
                    wall[told] += time.perf_counter() - began[1]
                    spans += made
    each = 1e3 / options.requests / options.rounds
    print(f"{options.requests} requests, {options.concurrency} in flight, {options.rounds} rounds, {spans} spans")
    print(f"without {cpu[False] * each:6.3f} ms CPU a request, with {cpu[True] * each:6.3f} ms: ", end="")
    print(f"{cpu[True] / cpu[False] - 1:+.1%} CPU, {wall[True] / wall[False] - 1:+.1%} time")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description="CPU of a run with telemetry against the same without")
    parser.add_argument("--requests", type=int, default=5_000)
    parser.add_argument("--concurrency", type=int, default=500)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    with tempfile.TemporaryDirectory() as folder, rare_collections():
        asyncio.run(measure(parser.parse_args(), Path(folder)))


if __name__ == "__main__":
    main()
