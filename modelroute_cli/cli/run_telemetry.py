"""Telemetry of `modelroute run`: on where settings or OpenTelemetry's variables ask for it, else nothing is loaded."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelroute_cli import __version__
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.run_order import Order
from modelroute_cli.execution.records import Record
from modelroute_cli.execution.telemetry import names
from modelroute_cli.execution.telemetry.switch import is_installed, is_wanted

if TYPE_CHECKING:
    from modelroute_cli.execution.telemetry.recorder import About, ModelName

Listen = Callable[[Sequence[Record]], None]

_LAST_S = 10.0
_LOST = "telemetry could not be sent, or not all of it: see OTEL_EXPORTER_OTLP_ENDPOINT"


def wants_telemetry(order: Order) -> bool:
    """Whether spans and metrics of this run are sent; UsageError where they are asked for and the extra is missing."""
    return is_wanted(order.workspace.settings.telemetry, os.environ, is_installed)


@contextmanager
def recorded(order: Order, console: Console, *, wanted: bool) -> Iterator[Listen | None]:
    """Who is to have the journal's records, None where nobody is; that not all could be sent is told at the end."""
    if not wanted:
        yield None
        return
    from modelroute_cli.execution.telemetry.beside import Recording  # noqa: PLC0415 - an extra
    from modelroute_cli.execution.telemetry.exporting import exporting  # noqa: PLC0415 - an extra
    from modelroute_cli.execution.telemetry.open_intents import open_intents  # noqa: PLC0415 - an extra
    from modelroute_cli.execution.telemetry.otlp import to_collector  # noqa: PLC0415 - an extra
    from modelroute_cli.execution.telemetry.recorder import Recorder  # noqa: PLC0415 - an extra

    with exporting(to_collector(), os.environ, __version__, emulated=order.emulated) as ends:
        recorder = Recorder(about(order), ends.tracer, ends.meter, time.time_ns)
        recorder.seed(open_intents(order.folder.journal))
        recording = Recording(recorder)
        try:
            yield recording.listen
        finally:
            is_whole = recording.close(_LAST_S)
    if ends.failures.count or not is_whole:
        console.note(_LOST, "warning")


def about(order: Order) -> "About":
    """What is said of every span: how models are called, and how requests, where settings ask for it."""
    from modelroute_cli.execution.telemetry.recorder import About  # noqa: PLC0415 - an extra

    header, named = order.plan.header, order.workspace.settings.telemetry.custom_ids
    return About(
        run_id=order.folder.run_id,
        emulated=order.emulated,
        models={name: _name(order, name) for name in header.models},
        custom_id=_custom_ids(order) if named else None,
    )


def _name(order: Order, model: str) -> "ModelName":
    """A model of the plan by OpenTelemetry's names."""
    from modelroute_cli.execution.telemetry.recorder import ModelName  # noqa: PLC0415 - an extra

    card = order.plan.header.models[model]
    provider = order.plan.header.providers[card.provider]
    operation = names.OPERATIONS.get(provider.format, names.CHAT)
    return ModelName(names.PROVIDERS.get(provider.name, provider.name), operation, card.model_id)


def _custom_ids(order: Order) -> Callable[[int], str]:
    """The name of each row."""
    rows = order.plan.assignments.select("row", "custom_id").collect()
    return dict(zip(rows["row"].to_list(), rows["custom_id"].to_list(), strict=True)).__getitem__
