"""Tenants, templates, latency, failures and grounds on a terminal."""

from dataclasses import replace

import pytest
from support.random_runs import Asked, Tried, facts_of
from support.report_plans import facts

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.report.detail_types import OTHERS, Details, FailureSample, GroupActual
from modelroute_cli.report.details_screen import details_screen, group_name, seconds, tenants_screen
from modelroute_cli.report.run_summary import summarise
from modelroute_cli.report.run_types import RunFacts
from modelroute_cli.report.screen import Screen


def details_of(run: RunFacts) -> Details:
    """Those of its summary."""
    found = summarise(run).details
    assert found is not None
    return found


def texts(screen: Screen) -> list[str]:
    """Its lines."""
    return [line.text for line in screen]


def tenants(count: int) -> RunFacts:
    """A run of so many tenants, the last the dearest; nothing was accepted."""
    tried = Tried(kind="first", model="cheap-1", cost_pusd=10**9, tokens=10, latency_s=1.0, refused=False)
    asked = [
        Asked("t1", f"team-{at:02}", 1, (replace(tried, cost_pusd=(at + 1) * 10**9),), "failed", "")
        for at in range(count)
    ]
    return facts_of(asked)


def group(name: str, groups: int = 1) -> GroupActual:
    """One without numbers."""
    return GroupActual(
        name=name,
        groups=groups,
        requests=0,
        duplicates=0,
        accepted=0,
        failed=0,
        escalated=0,
        cost_pusd=PicoUSD(0),
        projected_pusd=PicoUSD(0),
        baseline_pusd=None,
    )


def test_tenants_are_shown_with_what_they_cost() -> None:
    """Within 80 cells; without an accepted answer nobody knows what was saved."""
    screen = tenants_screen(details_of(tenants(2)), 80)
    assert texts(screen) == [
        "",
        "Tenant   Requests  Accepted  Failed  Escalated     Cost  Saved",
        "team-01         1         0       1          0  $0.0020      -",
        "team-00         1         0       1          0  $0.0010      -",
    ]


def test_of_many_tenants_the_dearest_are_shown() -> None:
    """The others are told in a line, with their money; all of them are there to be seen."""
    found = details_of(tenants(12))
    assert texts(tenants_screen(found, 80))[-1] == "and 2 tenants more for $0.0030: see `--details`"
    assert len(tenants_screen(found, 80, None)) == 14


def test_without_tenants_nothing_is_shown() -> None:
    """No empty table."""
    assert tenants_screen(details_of(facts()), 80) == ()
    assert tenants_screen(None, 80) == ()


def test_details_are_templates_latency_and_grounds() -> None:
    """One after the other."""
    shown = texts(details_screen(details_of(facts()), None))
    assert shown[1].split() == [
        "Template", "Requests", "Accepted", "Failed", "Escalated", "Projected", "Cost", "Baseline", "Saved",
    ]  # fmt: skip
    assert shown[2].split() == ["t2", "1", "1", "0", "1", "~$0.0000000050", "$0.0000000043", "~$0.000000010", "57.4%"]
    assert shown[5:8] == [
        "Latency  Answers  Median  95% within  Longest",
        "cheap-1        2  1.50 s      2.00 s   2.00 s",
        "good-1         1    60 s        60 s     60 s",
    ]
    assert shown[9:13] == [
        "What it rests on",
        "  planned 2026-11-23 by modelroute 0.1.0, at prices of 2026-11-23",
        "  hard cap: 1.25 x the projection",
        "  quality: unmeasured: prior only",
    ]


def test_a_failure_shows_what_it_ended_on() -> None:
    """Hostile text on one line; one that was never answered shows its reason alone."""
    said = FailureSample(custom_id="a", reason="no\x1b[2J", model="m", template="t", text="x\ny", cut=False)
    silent = FailureSample(custom_id="b", reason="never", model=None, template="t", text="", cut=False)
    shown = texts(details_screen(details_of(replace(facts(), samples=(said, silent))), 80))
    at = shown.index("Some that failed")
    assert shown[at + 1 : at + 3] == ["  a: no?[2J; m said: x y", "  b: never"]


def test_names_of_groups_are_safe_and_short() -> None:
    """Whatever a job file calls them."""
    assert group_name(group("\u202eevil\n")) == "?evil"
    assert group_name(group("x" * 99), most=99) == "x" * 99
    assert group_name(group("x" * 99)) == "x" * 29 + "\u2026"
    assert group_name(group("")) == "-"
    assert group_name(group(OTHERS, 7)) == "7 others"


@pytest.mark.parametrize(
    ("span_s", "text"), [(0.042, "0.042 s"), (1.25, "1.25 s"), (59.6, "60 s"), (4000.0, "4,000 s")]
)
def test_seconds_have_two_or_three_digits(span_s: float, text: str) -> None:
    """As precise as they are worth."""
    assert seconds(span_s) == text
