"""What the emulated accounts hold: uploaded files and batches, of which time alone makes results."""

import uuid
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from random import Random

from modelroute_cli.base.clock import Clock
from modelroute_cli.catalog.settings import EmulatorBatches, EmulatorSettings
from modelroute_cli.emulator.answering import Answering, Given, Served
from modelroute_cli.emulator.asked import Refusal
from modelroute_cli.emulator.batches.batch import Batch, Counts, Fate, Fault, Line, Lines, counts
from modelroute_cli.emulator.batches.kinds import File, LineEnd, Order, Result, Submit
from modelroute_cli.emulator.batches.progress import Course, Stage
from modelroute_cli.emulator.batches.upload import Upload
from modelroute_cli.emulator.batches.visit import Visit
from modelroute_cli.emulator.chance import chance
from modelroute_cli.emulator.exchange import Posted, key_of
from modelroute_cli.emulator.generate import prompt_tokens
from modelroute_cli.emulator.marked_cache import CacheUse


class Store:
    """Files and batches of all accounts."""

    def __init__(self, settings: EmulatorSettings, clock: Clock, answering: Answering) -> None:
        self._seed = settings.seed
        self.settings: EmulatorBatches = settings.batches
        self._clock = clock
        self._answering = answering
        self._submits = 0
        self.files: dict[str, File] = {}
        self.batches: dict[str, Batch] = {}
        self.uploads: dict[str, Upload] = {}
        self.speaks: dict[str, str] = {}  # the API that an account was seen to use, where its name says none

    def new_id(self, prefix: str) -> str:
        """A name that no other emulator gives either."""
        return f"{prefix}{uuid.uuid4().hex[:24]}"

    def now(self) -> datetime:
        """The time of day."""
        return self._clock.now()

    def submit(self, provider: str) -> Submit:
        """What happens to the next submit of an account, before it is looked at."""
        self._submits += 1
        mark = chance(self._seed, provider.encode(), "submit", self._submits).random()
        if mark < self.settings.rate_limited:
            self._answering.ledger.rate_limited += 1
            return Submit.LIMITED
        if mark < self.settings.rate_limited + self.settings.lost_answers:
            return Submit.LOST
        return Submit.TAKEN

    def is_full(self, provider: str) -> bool:
        """Whether an account may open no more batches."""
        most = self.settings.max_batches
        return most is not None and len(self.open_batches(provider)) >= most

    def open_batches(self, provider: str) -> list[Batch]:
        """Those of an account that have not ended."""
        own = (batch for batch in self.batches.values() if batch.provider == provider and batch.tier == "batch")
        return [batch for batch in own if not self.stage(batch).is_end]

    def is_queue_full(self, batch: Batch) -> bool:
        """Whether a batch has more input tokens than may wait beside those that wait already."""
        most = self.settings.queue_tokens
        others = (each for each in self.open_batches(batch.provider) if each is not batch and each.model == batch.model)
        return most is not None and batch.tokens + sum(each.tokens for each in others) > most

    def create(self, order: Order) -> Batch:
        """The batch, kept."""
        digest = _digest(order.lines)
        number = len(self.batches) + 1
        dice = chance(self._seed, digest, "batch")
        fates, tokens = self._fates(order, dice)
        is_refused = bool(order.faults) or (not order.is_free and dice.random() < self.settings.refuse)
        batch = Batch(
            id=self.new_id(order.prefix),
            number=number,
            digest=digest,
            provider=order.provider,
            made_at=self._clock.now(),
            made_s=self._clock.monotonic(),
            course=Course(
                lines=len(order.lines),
                seconds=self.settings.seconds,
                finalizing_s=0.0 if order.is_free else self.settings.finalizing_s,
                window_s=min(self.settings.window_s, order.window_s or self.settings.window_s),
                is_stuck=Fate.STUCK in fates,
                is_refused=is_refused,
            ),
            lines=order.lines,
            fates=fates,
            tier=order.tier,
            said_tier=order.said_tier,
            model=order.model,
            endpoint=order.endpoint,
            input_file=order.input_file,
            metadata=order.metadata,
            about=order.about,
            keeps_partial=order.keeps_partial,
            faults=order.faults or ((_REFUSED,) if is_refused else ()),
            tokens=tokens,
        )
        self.batches[batch.id] = batch
        return batch

    def refuse(self, batch: Batch, fault: Fault) -> None:
        """Let a batch fail validation after all."""
        batch.course, batch.faults = replace(batch.course, is_refused=True), (fault,)

    def own(self, visit: Visit) -> Batch | None:
        """The batch that a path names, if the account has it."""
        batch = self.batches.get(visit.id)
        return batch if batch is not None and batch.provider == visit.provider else None

    def age_s(self, batch: Batch) -> float:
        """Seconds since it was made."""
        return self._clock.monotonic() - batch.made_s

    def stage(self, batch: Batch) -> Stage:
        """What it is doing now."""
        return batch.course.stage(self.age_s(batch))

    def counts(self, batch: Batch) -> Counts:
        """How many of its lines are done now."""
        return counts(batch, self.age_s(batch))

    def keeps(self, batch: Batch) -> bool:
        """Whether its results, if it has ended, are still there."""
        return self.age_s(batch) < batch.course.ended_s + self.settings.retention_s

    def gone_at(self, batch: Batch) -> datetime:
        """When its results go."""
        return batch.at(batch.course.ended_s) + timedelta(seconds=self.settings.retention_s)

    def cancel(self, batch: Batch) -> None:
        """Stop a batch that has not stopped yet."""
        if self.age_s(batch) < batch.course.stopped_s and not batch.course.is_refused:
            batch.course = replace(batch.course, cancelled_s=self.age_s(batch))

    def settle(self) -> None:
        """Bill all that was done by now and not billed yet."""
        for batch in self.batches.values():
            done = self._done(batch)
            while (place := batch.billed.find(0, 0, done)) >= 0:
                self.result(batch, place)

    def results(self, batch: Batch, ends: Iterable[LineEnd]) -> Iterator[Result]:
        """The lines that ended so, in no order, some missing and some twice where the settings say so."""
        wanted, places = set(ends), array("L", range(len(batch.lines)))
        dice = chance(self._seed, batch.digest, "order")
        dice.shuffle(places)
        for place in places:
            times = self._times(dice)
            if times and self.end(batch, place) in wanted:
                yield from [self.result(batch, place)] * times

    def result(self, batch: Batch, place: int) -> Result:
        """How a line ended; an answer is billed when it is first made."""
        line, end = batch.lines.line(place), self.end(batch, place)
        assert isinstance(line, Line), "a batch with a line that cannot be read fails validation"  # noqa: S101 - so
        if end in {LineEnd.EXPIRED, LineEnd.CANCELLED}:
            return Result(place, line, end)
        return Result(place, line, end, self._served(batch, place, line))

    def end(self, batch: Batch, place: int) -> LineEnd:
        """How a line ended by now."""
        if place < batch.course.reached(self.age_s(batch)) and batch.fates[place] != Fate.STUCK:
            return LineEnd.ANSWERED if batch.fates[place] == Fate.ANSWERED else LineEnd.ERRORED
        return LineEnd.CANCELLED if self.stage(batch) is Stage.CANCELLED else LineEnd.EXPIRED

    def _served(self, batch: Batch, place: int, line: Line) -> Served:
        """Its answer or error."""
        key = key_of(line.incoming)
        posted = Posted(incoming=line.incoming, dialect=line.dialect, digest=key, nth=batch.number * 10**6 + place)
        if batch.fates[place] == Fate.FAILED:
            return self._answering.failed_line(posted)
        at_s = batch.made_s + batch.course.line_s(place)
        cached = _cached(batch, place) if batch.billed[place] else None
        given = Given(posted=posted, at_s=at_s, said_tier=batch.said_tier, cached=cached)
        served = self._answering.line(given)
        if not batch.billed[place] and served.usage is not None:
            self._answering.ledger.bill_handed_in(batch.tier, served.model, served.usage, key)
            batch.cached[3 * place : 3 * place + 3] = _numbers(served.cached)
            batch.billed[place] = 1
        return served

    def _done(self, batch: Batch) -> int:
        """How many lines have come up and are to be billed."""
        if not batch.keeps_partial and self.stage(batch) not in {Stage.COMPLETED, Stage.CANCELLED}:
            return 0
        return batch.course.reached(self.age_s(batch))

    def _times(self, dice: Random) -> int:
        """How often a line stands in the results."""
        mark = dice.random()
        if mark < self.settings.missing:
            return 0
        return 2 if mark < self.settings.missing + self.settings.doubled else 1

    def _fates(self, order: Order, dice: Random) -> tuple[bytearray, int]:
        """What is to become of each line, and its input tokens where they count."""
        fates, tokens = bytearray(len(order.lines)), 0
        for place in range(0 if order.faults else len(order.lines)):
            line = order.lines.line(place)
            asked = line.dialect.read(line.incoming) if isinstance(line, Line) else None
            if isinstance(asked, Refusal):
                fates[place] = Fate.REFUSED
            elif asked is not None and self.settings.queue_tokens is not None:
                tokens += prompt_tokens(asked).total
            if not fates[place]:
                fates[place] = self._fate(dice)
        return fates, tokens

    def _fate(self, dice: Random) -> Fate:
        """What chance has for a line."""
        mark = dice.random()
        if mark < self.settings.failed:
            return Fate.FAILED
        return Fate.STUCK if mark < self.settings.failed + self.settings.expire else Fate.ANSWERED


_REFUSED = Fault("invalid_input", "The input could not be validated.")


def _digest(lines: Lines) -> bytes:
    """Of all lines."""
    running = blake2b(digest_size=16)
    for place in range(len(lines)):
        running.update(lines.raw(place))
    return running.digest()


def _numbers(use: CacheUse) -> "array[int]":
    return array("i", [use.read, use.written, use.written_long])


def _cached(batch: Batch, place: int) -> CacheUse:
    read, written, written_long = batch.cached[3 * place : 3 * place + 3]
    return CacheUse(read=read, written=written, written_long=written_long)
