"""What providers say they charged, held against our own prices."""

from dataclasses import replace

from support.report_plans import facts

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_read import Bills
from modelroute_cli.report.own_bills import OwnBills, own_bills
from modelroute_cli.report.run_screen import report_screen
from modelroute_cli.report.run_summary import summarise


def bills(reported: int, priced: int, attempts: int = 3) -> Bills:
    """Three answers that a provider charged for."""
    return Bills(attempts, PicoUSD(reported), PicoUSD(priced))


def test_both_sums_and_how_far_they_are_apart() -> None:
    """Above zero: the provider charged more than the plan's prices say."""
    found = own_bills(bills(1_100, 1_000))
    assert found is not None
    assert (found.answers, found.reported_pusd, found.priced_pusd) == (3, 1_100, 1_000)
    assert round(found.off_share or 0, 9) == 0.1


def test_without_a_price_of_ours_there_is_no_share() -> None:
    """A free model that was charged is not zero per cent off, nor endlessly."""
    assert own_bills(bills(5, 0)) == OwnBills(
        answers=3, reported_pusd=PicoUSD(5), priced_pusd=PicoUSD(0), off_share=None
    )


def test_nothing_is_said_where_no_provider_named_a_charge() -> None:
    """Most providers do not."""
    assert own_bills(None) is None
    assert own_bills(bills(0, 0, attempts=0)) is None
    shown = "\n".join(line.text for line in report_screen(summarise(facts()), None))
    assert "Charged as the provider says" not in shown


def test_the_report_shows_both_sums() -> None:
    """Beside each other, to the cent and below."""
    run = replace(facts(), bills=bills(2_500_000_000, 2_400_000_000))
    shown = [line.text for line in report_screen(summarise(run), None)]
    assert "Charged as the provider says for 3 answers: $0.0025; by the plan's prices $0.0024" in shown
