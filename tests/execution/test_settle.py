"""Bills and records of replies."""

from dataclasses import replace

import pytest
from support.fake_transport import answer, failure
from support.plans import CHEAP, rates
from support.virtual import START

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.prices import PriceStep, Rate, RateCard
from modelroute_cli.execution.records import OutcomeKind
from modelroute_cli.execution.settle import Sold, bill, broken, record, storable, visible_tokens
from modelroute_cli.providers.base import FailureKind, TransportError

SOLD = Sold({"standard": rates(CHEAP)}, "standard")
HALF = RateCard(
    model=CHEAP,
    service_tier="flex",
    steps=(
        PriceStep(
            above_input_tokens=0,
            rate=Rate(
                input_pusd=PicoUSD(1),
                output_pusd=PicoUSD(5),
                cache_read_pusd=PicoUSD(1),
                cache_write_pusd=PicoUSD(1),
            ),
        ),
    ),
    source="by hand",
    price_date="2026-11-23",
)
FLEX = Sold({"standard": rates(CHEAP), "flex": HALF}, "flex")


def test_an_answer_costs_its_tokens() -> None:
    """100 at 1 and 50 at 10 pico-dollars."""
    assert bill(answer(), SOLD, START) == 600


@pytest.mark.parametrize(
    ("served", "expected"), [("flex", 350), ("standard", 600), (None, 600), ("batch", 600)], ids=str
)
def test_the_tier_that_served_is_billed(served: str | None, expected: int) -> None:
    """Asked for flex: billed as what the provider says it served, and at the dearer price where it does not say."""
    assert bill(replace(answer(), service_tier=served), FLEX, START) == expected


@pytest.mark.parametrize(("reported", "expected"), [(None, 600), (500, 600), (700, 700)])
def test_the_dearer_of_our_price_and_the_providers_word_counts(reported: int | None, expected: int) -> None:
    """A gateway may report its fee alone, or more than the list price."""
    said = None if reported is None else PicoUSD(reported)
    assert bill(replace(answer(), reported_cost_pusd=said), SOLD, START) == expected


def test_without_usage_the_providers_word_counts_alone() -> None:
    """And without either, nobody knows."""
    silent = replace(answer(), usage=None)
    assert bill(silent, SOLD, START) is None
    assert bill(replace(silent, reported_cost_pusd=PicoUSD(5)), SOLD, START) == 5


def test_a_bill_beyond_reason_stays_within_what_the_journal_can_sum() -> None:
    """A provider that reports 2^53 tokens is counted as $1,000, which ends any ordinary run."""
    absurd = answer(output_tokens=2**53 - 1)
    assert bill(absurd, SOLD, START) == 1_000 * 10**12


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        (FailureKind.TRANSIENT, 500, 0),
        (FailureKind.TRANSIENT, None, 0),
        (FailureKind.TRANSIENT, 504, None),
        (FailureKind.TRANSIENT, 524, None),
        (FailureKind.RATE_LIMITED, 429, 0),
        (FailureKind.QUOTA, 429, 0),
        (FailureKind.ACCOUNT, 401, 0),
        (FailureKind.REQUEST, 400, 0),
        (FailureKind.UNKNOWN, None, None),
        (FailureKind.MALFORMED, 200, None),
    ],
)
def test_failures_are_free_or_unknown(kind: FailureKind, status: int | None, expected: int | None) -> None:
    """Never billed, or possibly billed: there is nothing in between."""
    failed = failure(kind, status)
    cost = bill(failed, SOLD, START)
    assert cost == expected
    outcome = record(3, failed, cost, 0.5).outcome
    assert outcome is (OutcomeKind.UNKNOWN if expected is None else OutcomeKind.FAILED)


@pytest.mark.parametrize(("sent", "kind"), [(True, FailureKind.UNKNOWN), (False, FailureKind.TRANSIENT)])
def test_a_broken_exchange_is_unknown_only_when_it_was_sent(sent: bool, kind: FailureKind) -> None:  # noqa: FBT001 - a case
    """A connection that was never made cannot have been billed."""
    failed = broken(TransportError("reset", sent=sent))
    assert (failed.kind, failed.message, failed.status) == (kind, "reset", None)


def test_an_answer_is_recorded_with_its_tokens() -> None:
    """Everything a report needs later."""
    outcome = record(3, answer("text"), PicoUSD(600), 1.5)
    assert (outcome.attempt, outcome.outcome, outcome.text, outcome.cost_pusd) == (3, OutcomeKind.ANSWERED, "text", 600)
    assert (outcome.input_tokens, outcome.output_tokens, outcome.latency_s, outcome.emulated) == (100, 50, 1.5, True)
    assert record(3, replace(answer(), usage=None), None, 1.5).input_tokens is None


def test_visible_tokens_leave_reasoning_out() -> None:
    """And are unknown without usage."""
    assert visible_tokens(answer(output_tokens=50)) == 50
    assert visible_tokens(replace(answer(), usage=None)) is None


def test_storable_text_is_valid_utf8() -> None:
    """Lone surrogates are replaced, all else is the very same reply."""
    fine = answer("plain")
    assert storable(fine) is fine
    odd = storable(replace(answer("Grüße \ud83d"), refusal="\udc00"))
    assert odd == replace(answer("Grüße ?"), refusal="?")
    assert storable(failure(FailureKind.TRANSIENT, message="\ud83d")).message == "?"  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", list(FailureKind))
def test_what_may_have_been_billed_stays_held(kind: FailureKind) -> None:
    """Nobody knows, or it is known that it was billed; every other failure is free, unless tokens were reported."""
    held = {FailureKind.UNKNOWN, FailureKind.MALFORMED, FailureKind.UNUSABLE}
    told = failure(kind, 400)
    assert bill(told, SOLD, START) == (None if kind in held else 0)
    assert bill(replace(told, billed=True), SOLD, START) is None
