"""Service tiers beside each other."""

from dataclasses import replace
from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.batch_journals import answered, at, batch, journal, lines, step, submitted
from support.report_plans import attempts, facts, header
from support.runs import scratch

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.rates import PriceWindow
from modelroute_cli.execution.journal_batches import BatchView, batches
from modelroute_cli.execution.journal_tiers import LineEnds
from modelroute_cli.execution.records import BatchStepKind, Record
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import RunFacts
from modelroute_cli.report.tier_use import TierUse, tier_use

EXPIRED = LineEnds(service_tier="batch", end="expired", lines=2, accepted=2, failed=0)


def _half() -> pl.DataFrame:
    """The attempts, of which the first was bought in a batch for half the price: 125 of 250."""
    tier = pl.when(pl.col("attempt") == 1).then(pl.lit("batch")).otherwise(pl.lit("standard"))
    cost = pl.when(pl.col("attempt") == 1).then(125).otherwise(pl.col("cost_pusd"))
    wait = pl.when(pl.col("attempt") == 1).then(None).otherwise(pl.col("latency_s"))
    frame = attempts()
    return frame.with_columns(
        tier.cast(frame.schema["service_tier"]).alias("service_tier"),
        cost.cast(pl.Int64).alias("cost_pusd"),
        wait.alias("latency_s"),
    )


def _views(path: Path, *records: Record) -> tuple[BatchView, ...]:
    return batches(journal(path / "journal.db", records))


def _took(number: int, rows: range, hour: int) -> list[Record]:
    """A batch that was answered between a quarter past ten and this hour."""
    ended = step(number, BatchStepKind.ENDED, at(hour, 15))
    told = [record for row in rows for record in answered(row)]
    return [batch(number, len(rows)), *lines(number, rows), *submitted(number, f"b{number}"), *told, ended]


def test_the_same_answers_are_priced_at_the_standard_tier(tmp_path: Path) -> None:
    """100 and 150 tokens at 1 pUSD each: 250, of which half was saved."""
    views = _views(tmp_path, *_took(1, range(1), 12))
    assert tier_use(_half(), header(), views, [EXPIRED]) == (
        TierUse(
            service_tier="batch",
            requests=1,
            answers=1,
            cost_pusd=PicoUSD(125),
            standard_pusd=PicoUSD(250),
            saved_pusd=PicoUSD(125),
            batches=1,
            waited_median_s=7200.0,
            waited_longest_s=7200.0,
            ends=(EXPIRED,),
        ),
        TierUse(
            service_tier="standard",
            requests=1,
            answers=2,
            cost_pusd=PicoUSD(4_260),
            standard_pusd=PicoUSD(4_260),
            saved_pusd=PicoUSD(0),
            batches=0,
            waited_median_s=None,
            waited_longest_s=None,
            ends=(),
        ),
    )


def test_what_has_no_tokens_or_no_standard_price_cannot_be_compared() -> None:
    """Unknown is null, never nothing saved."""
    first = pl.col("attempt") == 1
    silent = _half().with_columns(pl.when(first).then(None).otherwise("output_tokens").alias("output_tokens"))
    unpriced = structs.replace(header(), rate_cards={"good-1": header().rate_cards["good-1"]})
    for frame, plan in ((silent, header()), (_half(), unpriced)):
        use = tier_use(frame, plan, (), ())[0]
        assert (use.standard_pusd, use.saved_pusd, use.cost_pusd) == (None, None, PicoUSD(125))


def test_a_line_that_cost_nothing_needs_no_tokens() -> None:
    """Expired lines are no answers, and hide no saving."""
    first = pl.col("attempt") == 1
    expired = (
        attempts()
        .filter(first)
        .with_columns(
            pl.lit(9, pl.Int64).alias("attempt"),
            pl.lit("batch").cast(attempts().schema["service_tier"]).alias("service_tier"),
            pl.lit("failed").alias("outcome"),
            pl.lit(0, pl.Int64).alias("cost_pusd"),
            pl.lit(None, pl.Int64).alias("input_tokens"),
        )
    )
    use = tier_use(pl.concat([_half(), expired]), header(), (), ())[0]
    assert (use.answers, use.saved_pusd) == (1, PicoUSD(125))


def test_judges_are_no_part_of_a_tier() -> None:
    """They are told of by themselves."""
    judged = _half().with_columns(pl.lit("judge").alias("kind"))
    assert tier_use(judged, header(), (), ()) == ()


def test_waiting_is_counted_by_answers(tmp_path: Path) -> None:
    """Five answers after one hour and four after four: half of them took one hour at most."""
    views = _views(tmp_path, *_took(1, range(5), 11), *_took(2, range(5, 9), 14), batch(3, 1), *lines(3, [9]))
    use = tier_use(_half(), header(), views, ())[0]
    assert (use.batches, use.waited_median_s, use.waited_longest_s) == (3, 3600.0, 14_400.0)


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(11, 23)), min_size=1, max_size=4))
def test_half_of_all_answers_came_within_the_median(told: list[tuple[int, int]]) -> None:
    """Whatever the batches were."""
    with scratch() as folder:
        starts = [sum(count for count, _ in told[:place]) for place in range(len(told))]
        records = [
            record
            for number, (count, hour) in enumerate(told)
            for record in _took(number + 1, range(starts[number], starts[number] + count), hour)
        ]
        use = tier_use(_half(), header(), _views(folder, *records), ())[0]
    waits = [(hour - 10) * 3600.0 for count, hour in told for _ in range(count)]
    assert use.waited_median_s in waits
    assert sum(wait <= (use.waited_median_s or 0) for wait in waits) * 2 >= len(waits)
    assert use.waited_longest_s == max(waits)


def _open(path: Path) -> RunFacts:
    """A run of which two requests are with their provider, a pico-dollar reserved for each, and one is held."""
    views = _views(path, batch(1, 2), *lines(1, [0, 1], 1), *submitted(1, "b1"))
    return replace(facts(), attempts=_half(), batches=views, line_ends=(EXPIRED,), held_pusd=PicoUSD(7))


def test_a_summary_has_the_tiers_and_what_is_open(tmp_path: Path) -> None:
    """What is reserved for batches is said apart from what may have been billed."""
    summary = summarise(_open(tmp_path))
    assert [use.service_tier for use in summary.service_tiers] == ["batch", "standard"]
    assert [(group.provider, group.requests) for group in summary.handed_in] == [("openai", 2)]
    assert (summary.money.handed_in_pusd, summary.money.held_pusd) == (PicoUSD(2), PicoUSD(7))


def test_tiers_add_up_to_what_was_spent(tmp_path: Path) -> None:
    """No cost is lost between them, but that of judges."""
    summary = summarise(_open(tmp_path))
    assert sum(use.cost_pusd for use in summary.service_tiers) == 125 + 4_260


def test_what_waited_for_cheap_hours_is_compared_with_the_hour_of_the_plan() -> None:
    """Made at 02:00, when all costs twice as much: the same tokens cost 500, though they were answered at 10:15."""
    card = header().rate_cards["cheap-1"]
    steps = tuple(
        structs.replace(each, rate=structs.replace(each.rate, input_pusd=PicoUSD(2), output_pusd=PicoUSD(2)))
        for each in card.steps
    )
    dear = structs.replace(card, windows=(PriceWindow(start_minute=60, end_minute=240, steps=steps),))
    made = structs.replace(
        header(), rate_cards={**header().rate_cards, "cheap-1": dear}, prices_at="2026-11-24T02:00:00+00:00"
    )
    half = _half()
    tier = pl.col("service_tier").cast(pl.String).replace("batch", "off_peak").cast(half.schema["service_tier"])
    use = tier_use(half.with_columns(tier), made, (), ())[0]
    assert (use.service_tier, use.cost_pusd, use.standard_pusd, use.saved_pusd) == ("off_peak", 125, 500, 375)
