"""How far a run is, told at most five times a second; what it costs is by the number of models, not of requests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from modelroute_cli.base.clock import Clock
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.dispatch import Dispatcher
from modelroute_cli.execution.limits import Pass
from modelroute_cli.execution.meter import Gauge, Meter
from modelroute_cli.execution.observed import Load
from modelroute_cli.execution.pace import PaceSignal, told
from modelroute_cli.execution.pressure import Stretch, holds, is_bounded, limit_of, tightest
from modelroute_cli.execution.records import FinalStatus
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.work import BatchProgress, Bound, ModelProgress, Observer, Progress, StopSignal

_INTERVAL_S = 0.2
_LEAST_FOR_ETA = 5  # endings of this session before a rate means anything
_MINUTE_S = 60.0
_NOTHING = Load()
_UNUSED = Gauge()


def _open(card: ModelCard) -> None:
    """Nothing is closed."""
    del card


class Tally:
    """Counts endings and passes them on to the observer."""

    def __init__(self, total: int, accepted: int, failed: int) -> None:
        self.total = total
        self.accepted = accepted
        self.failed = failed
        self._before = accepted + failed

    @property
    def done(self) -> int:
        """Requests that came to their end."""
        return self.accepted + self.failed

    @property
    def done_now(self) -> int:
        """Of these, the ones of this session."""
        return self.done - self._before

    def count(self, status: FinalStatus) -> None:
        """One more came to its end."""
        if status is FinalStatus.ACCEPTED:
            self.accepted += 1
        else:
            self.failed += 1


@dataclass(slots=True)
class Instruments:
    """Where the numbers of a run stand."""

    tally: Tally
    dispatcher: Dispatcher
    meter: Meter
    routes: Routes
    pace: PaceSignal
    planned_pusd: PicoUSD | None = None
    closed: Callable[[ModelCard], str | None] = _open
    stop: StopSignal | None = None
    batches: Callable[[], tuple[BatchProgress, ...]] = tuple
    falls: Sequence[str] = ()  # grows while the run goes on

    def is_ending(self) -> bool:
        """Whether nothing more starts, paused or stopped."""
        return self.pace.pace.is_paused or (self.stop is not None and self.stop.stage > 0)

    def stretches(self, loads: Mapping[str, Load]) -> list[Stretch]:
        """These loads on their lanes."""
        models = self.routes.models
        return [
            Stretch(model, models[model].provider, self.dispatcher.passage(model), load)
            for model, load in loads.items()
        ]


class Reporter:
    """Tells the observer, not too often."""

    def __init__(self, observer: Observer, clock: Clock, instruments: Instruments) -> None:
        self._observer = observer
        self._clock = clock
        self._from = instruments
        self._started_at = clock.monotonic()
        self._last_at = self._started_at - _INTERVAL_S

    def progress(self, in_flight: int, *, at_end: bool = False) -> None:
        """Tell where the run stands, unless that was done less than a fifth of a second ago."""
        now = self._clock.monotonic()
        if at_end or now - self._last_at >= _INTERVAL_S:
            self._last_at = now
            told = self._state(in_flight, now)
            self._observer.on_progress(structs.replace(told, eta_s=None) if at_end else told)

    def show(self, batches: Callable[[], tuple[BatchProgress, ...]]) -> None:
        """Tell from now on of what was handed in, too."""
        self._from.batches = batches

    def took_s(self) -> float:
        """Seconds since this session began."""
        return self._clock.monotonic() - self._started_at

    def bound(self) -> Bound | None:
        """The least time that limits allow for what this session sent; None where a model has none that is known."""
        sent = {model: gauge.load for model, gauge in self._from.meter.gauges.items() if gauge.sent}
        stretches = self._from.stretches(sent)
        return tightest(stretches) if all(map(is_bounded, stretches)) else None

    def _state(self, in_flight: int, now: float) -> Progress:
        source, budget, tally = self._from, self._from.dispatcher.budget, self._from.tally
        source.meter.mark(now)
        loads = source.dispatcher.waiting()
        models = self._models(loads, now)
        return Progress(
            done=tally.done,
            total=tally.total,
            failed=tally.failed,
            in_flight=in_flight,
            spent_pusd=budget.spent,
            held_pusd=budget.held,
            cap_pusd=budget.cap,
            projected_pusd=source.dispatcher.claims.projected_pusd(),
            eta_s=self._eta_s(models, source.stretches(loads), now),
            planned_pusd=source.planned_pusd,
            reserved_pusd=budget.reserved,
            escalations=sum(gauge.escalations for gauge in source.meter.gauges.values()),
            per_minute=source.meter.per_minute(source.meter.gauges, now),
            paced=told(source.pace.pace),
            models=models,
            batches=source.batches(),
            falls=tuple(source.falls),
        )

    def _models(self, loads: Mapping[str, Load], now: float) -> tuple[ModelProgress, ...]:
        known, gauges = self._from.routes.models, self._from.meter.gauges
        sent = (name for name in gauges if name in known)  # a pilot's models may not be among the plan's
        names = sorted({*sent, *(model for model, load in loads.items() if load.requests)})
        return tuple(self._model(name, gauges.get(name, _UNUSED), loads.get(name, _NOTHING), now) for name in names)

    def _model(self, name: str, gauge: Gauge, waiting: Load, now: float) -> ModelProgress:
        passage = self._from.dispatcher.passage(name)
        return ModelProgress(
            model=name,
            done=gauge.done,
            in_flight=gauge.in_flight,
            waiting=waiting.requests,
            per_minute=self._from.meter.per_minute((name,), now),
            limit=limit_of(passage, waiting if waiting.requests else gauge.load),
            holds=self._holds(name, passage, now) if waiting.requests else "",
            spent_pusd=PicoUSD(gauge.spent_pusd),
        )

    def _holds(self, name: str, passage: Pass, now: float) -> str:
        reason = self._from.closed(self._from.routes.models[name])
        if reason is not None:
            return f"closed: {reason}"
        return holds(passage, now) or self._from.dispatcher.hours_held(name)

    def _eta_s(self, models: tuple[ModelProgress, ...], waiting: list[Stretch], now: float) -> float | None:
        """The longest of what limits allow, of each model at its own rate, and of all at the common rate.

        None before a pace means anything, while the run is paused, and once it was asked to stop. Models are sent side
        by side, so the slowest of them ends the run.
        """
        pace = self._per_minute(now)
        if pace is None or self._from.is_ending() or self._from.batches():  # no pace says when a batch is done
            return None
        tally, bound = self._from.tally, tightest(waiting)
        all_s = (tally.total - tally.done) * _MINUTE_S / pace
        rated_s = [item.passage.model.rated_s(item.load, now) for item in waiting]
        return max(all_s, bound.seconds if bound else 0.0, *map(_left_s, models), *rated_s)

    def _per_minute(self, now: float) -> float | None:
        """The common rate of late, else the mean of this session; None before that means anything."""
        meter, ended, since_s = self._from.meter, self._from.tally.done_now, now - self._started_at
        if ended < _LEAST_FOR_ETA or since_s <= 0:
            return None
        return meter.per_minute(meter.gauges, now) or ended * _MINUTE_S / since_s


def _left_s(model: ModelProgress) -> float:
    """What a model still needs at its own rate; 0 where that is unknown."""
    left = model.waiting + model.in_flight
    return left * _MINUTE_S / model.per_minute if model.per_minute else 0.0
