"""What happened to a run as a whole."""

from dataclasses import replace

import polars as pl
from support.report_plans import attempts, facts, finals

from modelroute_cli.base.frames import ATTEMPTS
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.records import Event, EventKind
from modelroute_cli.report.happened import Hedged, happened, happened_screen, hedged, hedged_screen
from modelroute_cli.report.run_screen import report_screen
from modelroute_cli.report.run_summary import summarise

OPENED = Event("2026-11-23T10:14:07.250000+00:00", EventKind.OPENED, "cheap-1", 0, "model `cheap-1` fails everything")
MOVED = Event("2026-11-23T10:16:30.000000+00:00", EventKind.REPLANNED, "cheap-1", 1_234, "planned again")


def _hedges(*costs: int | None) -> pl.DataFrame:
    """Second attempts of the first request, numbered from 10."""
    first = attempts().row(0, named=True)
    rows = [{**first, "attempt": 10 + at, "kind": "hedge", "cost_pusd": cost} for at, cost in enumerate(costs)]
    return pl.DataFrame(rows, schema=ATTEMPTS)


def test_events_are_told_in_order_with_their_time() -> None:
    """What it moved stands behind it."""
    assert [line.text for line in happened_screen(happened((OPENED, MOVED)))] == [
        "",
        "What happened",
        "  10:14:07  model `cheap-1` fails everything",
        "  10:16:30  planned again (1,234 requests)",
    ]


def test_a_quiet_run_says_nothing() -> None:
    """No heading without lines."""
    assert happened_screen(()) == ()
    assert hedged_screen(None) == ()


def test_many_events_are_counted() -> None:
    """A flapping model does not push the report off the screen."""
    lines = [line.text for line in happened_screen(happened((OPENED,) * 25))]
    assert len(lines) == 2 + 20 + 1
    assert lines[-1] == "  and 5 events more, in `--json`"


def test_what_a_provider_says_cannot_move_the_cursor() -> None:
    """Its words stand in the event."""
    [*_, line] = happened_screen(happened((Event(OPENED.at, EventKind.OPENED, "m", 0, "bad \x1b[2J words"),)))
    assert line.text == "  10:14:07  bad ?[2J words"


def test_hedges_are_counted_with_their_cost_and_those_that_won() -> None:
    """One answer counts, another came second, a third is not known to have been billed."""
    won = finals().with_columns(pl.when(pl.col("row") == 0).then(pl.lit(11)).otherwise("attempt").alias("attempt"))
    found = hedged(pl.concat([attempts(), _hedges(300, 200, None)]), won)
    reserved = int(attempts()["reserved_pusd"][0])
    assert found == Hedged(attempts=3, won=1, cost_pusd=PicoUSD(500), held_pusd=PicoUSD(reserved))


def test_a_run_that_hedged_nothing_has_no_line() -> None:
    """Most do not."""
    assert hedged(attempts(), finals()) is None


def test_the_line_of_hedging() -> None:
    """What was paid for speed, and how often it helped."""
    use = Hedged(attempts=3, won=1, cost_pusd=PicoUSD(2_000_000_000), held_pusd=PicoUSD(0))
    [line] = hedged_screen(use)
    assert line.text == "Hedged: 3 slow requests asked once more, 1 answered first by that; cost $0.0020"
    [held] = hedged_screen(Hedged(attempts=1, won=0, cost_pusd=PicoUSD(0), held_pusd=PicoUSD(2_000_000_000)))
    assert held.text.endswith("; cost $0.00, and up to $0.0020 possibly billed")


def test_the_report_ends_with_what_happened() -> None:
    """After the failures, whose cause it often is."""
    lines = [line.text for line in report_screen(summarise(replace(facts(), events=(OPENED,))), None)]
    assert lines[-2:] == ["What happened", "  10:14:07  model `cheap-1` fails everything"]
