"""What each service tier of a plan saves, and how long its answers may take."""

from collections.abc import Mapping

import polars as pl
import pytest
from msgspec import structs
from support.handed_in import DAY_S, batched, taking
from support.report_plans import assignments, header

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.catalog.prices import PriceStep, PriceWindow
from modelroute_cli.catalog.terms import TierTerms
from modelroute_cli.planning.plan import Plan, PlanHeader
from modelroute_cli.report.summary import plan_summary
from modelroute_cli.report.tiers import TierLine, tier_lines

TERMS = TierTerms(window_s=DAY_S, max_requests=2, max_bytes=10_000, typical_s=3_600)


def sold(terms: TierTerms = TERMS, saved: Mapping[str, int] | None = None, **own: TierTerms) -> PlanHeader:
    """The header by hand where OpenAI sells batches, some models (`cheap` or `good`) on terms of their own."""
    openai = structs.replace(header().providers["openai"], tiers={ServiceTier.BATCH: terms})
    models = {
        name: structs.replace(card, tiers={ServiceTier.BATCH: own[name[:-2]]} if name[:-2] in own else {})
        for name, card in header().models.items()
    }
    savings = {tier: PicoUSD(amount) for tier, amount in (saved or {}).items()}
    return structs.replace(header(), providers={"openai": openai}, models=models, tier_savings=savings)


def bought(made: PlanHeader, *tiers: str, mails: int = 1) -> Plan:
    """So many mails, each with a duplicate, and the headline at these tiers."""
    rows = assignments()
    tiered = rows.with_columns(pl.Series("service_tier", [tiers[0], tiers[0], tiers[1]], rows["service_tier"].dtype))
    return Plan(made, pl.concat([tiered[:2]] * mails + [tiered[2:]]).lazy())


def test_a_plan_at_the_standard_tier_alone_has_no_lines() -> None:
    """There is nothing to wait for."""
    assert tier_lines(bought(sold(), "standard", "standard")) == ()


def test_a_line_tells_what_a_tier_saves_and_how_long_it_takes() -> None:
    """Duplicates are not sent and wait for nothing of their own."""
    assert tier_lines(bought(sold(saved={"batch": 900}), "batch", "standard", mails=3)) == (
        TierLine(
            service_tier="batch",
            requests=3,
            cost_pusd=PicoUSD(900),
            saved_pusd=PicoUSD(900),
            saved_share=0.5,
            waits_s=DAY_S,
            typical_s=3_600,
            batches=2,
        ),
    )


def test_what_an_earlier_plan_does_not_say_is_unknown() -> None:
    """It was made before tiers told what they save."""
    (line,) = tier_lines(bought(sold(), "batch", "standard"))
    assert (line.saved_pusd, line.saved_share) == (None, None)


@pytest.mark.parametrize(
    ("terms", "batches"),
    [
        (TierTerms(window_s=DAY_S), 2),
        (TierTerms(window_s=DAY_S, one_model=False), 1),
        (TierTerms(window_s=DAY_S, max_requests=4), 3),
        (TierTerms(window_s=DAY_S, max_requests=4, one_model=False), 2),
        (TierTerms(window_s=DAY_S, max_bytes=1_000), 3),
        (TierTerms(window_s=DAY_S, max_bytes=1_000, max_requests=1), 6),
    ],
    ids=str,
)
def test_requests_are_cut_into_batches(terms: TierTerms, batches: int) -> None:
    """By number and by size, of one model each unless several fit into one: five mails and a headline."""
    (line,) = tier_lines(bought(sold(terms), "batch", "batch", mails=5))
    assert line.batches == batches


def test_what_goes_one_by_one_is_no_batch() -> None:
    """Flex and background requests; tiers stand in their own order."""
    lines = tier_lines(bought(sold(), "background_2h", "flex"))
    assert [(line.service_tier, line.batches) for line in lines] == [("flex", None), ("background_2h", None)]


def test_how_long_most_take_is_known_only_where_it_is_of_all() -> None:
    """One model of which nobody says it makes it unknown."""
    unsaid = TierTerms(window_s=DAY_S)
    own = TierTerms(typical_s=60)
    assert [line.typical_s for line in tier_lines(bought(sold(unsaid, cheap=own), "batch", "batch"))] == [None]
    assert [line.typical_s for line in tier_lines(bought(sold(unsaid, cheap=own), "batch", "standard"))] == [60]
    assert [line.typical_s for line in tier_lines(bought(sold(TERMS, good=own), "batch", "batch"))] == [3_600]


@pytest.mark.parametrize(("queue_tokens", "days"), [(None, 1), (550, 1), (549, 2), (100, 6)])
def test_a_queue_that_is_filled_again_makes_one_wait_longer(queue_tokens: int | None, days: int) -> None:
    """Five mails of 100 tokens and a headline of 50, all in one queue."""
    terms = TierTerms(window_s=DAY_S, queue_tokens=queue_tokens, one_model=False)
    (line,) = tier_lines(bought(sold(terms), "batch", "batch", mails=5))
    assert line.waits_s == days * DAY_S


def test_the_fullest_queue_counts_where_each_model_has_its_own() -> None:
    """The mails fill theirs five times over, the headline fits into its own at once."""
    (line,) = tier_lines(bought(sold(TierTerms(window_s=DAY_S, queue_tokens=100)), "batch", "batch", mails=5))
    assert line.waits_s == 5 * DAY_S


def test_an_unknown_window_is_unknown() -> None:
    """It is never 0."""
    (line,) = tier_lines(bought(sold(TierTerms()), "batch", "standard"))
    assert line.waits_s is None


def test_what_tiers_save_is_what_the_causes_say() -> None:
    """And with the cost it is that of the same requests at the standard tier, to the pico-dollar."""
    rows: list[dict[str, object]] = [{"input_tokens": 100 + at} for at in range(5)]
    summary = plan_summary(batched(rows, "gpt-6-luna"))
    (line,) = summary.tiers
    standard = plan_summary(batched(rows, "gpt-6-luna", deadline_s=60)).totals.cost_pusd
    assert {cause.cause: cause.saved_pusd for cause in summary.savings}["batch"] == line.saved_pusd
    assert line.saved_pusd is not None
    assert line.cost_pusd + line.saved_pusd == standard == 2 * line.cost_pusd


def test_a_queue_of_the_users_own_is_counted() -> None:
    """Ten requests of 107 tokens through a queue of 500, in three days."""
    flags = {"providers__openai__tiers__batch__queue_tokens": 500, "objective__min_quality": 0.0}
    summary = plan_summary(batched([{}] * 10, "gpt-6-luna", deadline_s=3 * DAY_S, settings=taking(**flags)))
    assert [(line.requests, line.waits_s) for line in summary.tiers] == [(10, 3 * DAY_S)]


def test_cheap_hours_are_waited_for_as_long_as_they_are_away() -> None:
    """Dear until 12:00 by the model's own prices, and half an hour for the answers."""
    made = sold()
    card = made.rate_cards["cheap-1"]
    (step,) = card.steps
    dear = PriceStep(above_input_tokens=0, rate=structs.replace(step.rate, output_pusd=PicoUSD(9)))
    hours = PriceWindow(start_minute=540, end_minute=720, steps=(dear,))
    made = structs.replace(made, rate_cards={**made.rate_cards, "cheap-1": structs.replace(card, windows=(hours,))})
    (line,) = tier_lines(bought(made, "off_peak", "standard"))
    assert (line.service_tier, line.waits_s, line.batches) == ("off_peak", 2 * 3_600 + 1_800, None)
