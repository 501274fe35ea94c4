"""The charges of several runs together, of all their days or of some. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec import structs

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.charge_facts import CURRENCY
from modelroute_cli.report.charge_sums import sums, together
from modelroute_cli.report.charge_types import Chargeback, ChargeLine, RunCharges


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days (ISO, UTC), both included; None: no end."""

    first: str | None = None
    last: str | None = None

    def has(self, day: str) -> bool:
        """Whether a day is one of them."""
        return (self.first or day) <= day <= (self.last or day)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOrder:
    """What is asked for."""

    by: str = "tenant"
    duplicates: str = "split"
    period: Period = Period()


def chargeback(runs: Sequence[RunCharges], order: ChargeOrder, emulated_left_out: Sequence[str] = ()) -> Chargeback:
    """All runs that spent or hold anything in the period; with one run alone, its caps are told.

    Of a run that lies in the period only in part, requests, projection and saving belong to no day: they are None.
    """
    kept = [part for run in runs if (part := _within(run, order.period)) is not None]
    lines = tuple(line for run in kept for line in run.lines)
    return Chargeback(
        kind="chargeback",
        by=order.by,
        duplicates=order.duplicates,
        from_day=order.period.first,
        to_day=order.period.last,
        currency=CURRENCY,
        runs=tuple(run.run for run in kept),
        emulated_left_out=tuple(emulated_left_out),
        spent_pusd=PicoUSD(sum(run.spent_pusd for run in kept)),
        held_pusd=PicoUSD(sum(run.held_pusd for run in kept)),
        charges=together(charge for run in kept for charge in run.charges),
        lines=lines,
    )


def _within(run: RunCharges, period: Period) -> RunCharges | None:
    """The part of a run that is in the period; the run itself where all is, None where nothing is."""
    lines = tuple(_lines_within(run.lines, period))
    if len(lines) == len(run.lines):
        return run
    if not lines:
        return None
    return structs.replace(
        run,
        spent_pusd=PicoUSD(sum(line.charged_pusd for line in lines)),
        held_pusd=PicoUSD(sum(line.held_pusd for line in lines)),
        lines=lines,
        charges=tuple(sums(lines).values()),
    )


def _lines_within(lines: Sequence[ChargeLine], period: Period) -> Iterator[ChargeLine]:
    return (line for line in lines if period.has(line.day))
