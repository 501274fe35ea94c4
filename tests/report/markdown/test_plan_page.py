"""A plan as Markdown."""

from msgspec import structs
from support.report_plans import plan

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.planning.curve import CurvePoint
from modelroute_cli.report.markdown.plan_page import plan_page
from modelroute_cli.report.summary import plan_summary


def test_a_plan_says_what_it_would_cost_and_that_nothing_was_sent() -> None:
    """The answer first."""
    lines = plan_page(plan_summary(plan())).splitlines()
    assert lines[0] == (
        "# jobs/mails.jsonl: Plan: \\$0.0000000053 instead of \\$0.000000074 with gpt-5 for all, 93% less"
    )
    assert lines[2] == (
        "Read 3 requests \\(1 duplicate will be answered once\\). Nothing was sent: all numbers are projections."
    )
    assert "| good-1 | standard | 1 | 50 | \\~100 | 0.95 | \\~\\$0.0000000050 |" in lines


def test_a_plan_shows_its_curve_and_its_grounds() -> None:
    """What every quality would cost, and what is assumed."""
    curve = (CurvePoint(cost_pusd=PicoUSD(10**9), quality=0.8),)
    page = plan_page(structs.replace(plan_summary(plan()), curve=curve))
    assert "| 0.800 | \\~\\$0.0010 |" in page
    assert "\n- price of gpt-5: by hand, 2026-11-20\n" in page
    assert "\n- assumed: gpt-5 thinks 0 tokens\n" in page
    assert page.endswith("\n- warning: \\`gpt-5\\` is switched off on 2026-12-11, in 18 days\n")
