"""A chargeback as text."""

import pytest
from msgspec import structs
from support.charged import Sent, Told, facts_of, rows_of
from support.report_plans import asked

from modelroute_cli.report.charge_period import ChargeOrder, Period, chargeback
from modelroute_cli.report.charge_screen import charge_screen
from modelroute_cli.report.charge_types import Chargeback
from modelroute_cli.report.chargeback import run_charges
from modelroute_cli.report.screen import width_of

SENT = (Sent(0, 300_000_000), Sent(1, 100_000_000, accepted=False), Sent(0, None, "retry", accepted=False))


def charges(told: Told | None = None, order: ChargeOrder | None = None) -> Chargeback:
    """Two tenants, one run."""
    facts = facts_of(rows_of("acme", "zeta", None), SENT, told)
    return chargeback([run_charges(facts)], order or ChargeOrder())


def text(found: Chargeback, width: int | None = None) -> str:
    """What is shown, warnings among it."""
    return "\n".join(line.text for line in charge_screen(found, width))


def test_a_row_for_each_name_and_the_sum() -> None:
    """As wide as needed, and what is held is said."""
    shown = text(charges(Told(caps={"default": "0.001"})), 200)
    assert shown == (
        "Charged by tenant: 1 run\n"
        "Tenant  Requests  Failed  Direct cost  Overhead   Charged       Projected      Saved      Cap  Cap left\n"
        "acme           1       0     $0.00030     $0.00  $0.00030  $0.00000000060  -$0.00030  $0.0010  $0.00070\n"
        "zeta           1       1     $0.00010     $0.00  $0.00010  $0.00000000060  -$0.00010  $0.0010  $0.00090\n"
        "(none)         1       0        $0.00     $0.00     $0.00  $0.00000000060      $0.00     none      none\n"
        "Total          3       1     $0.00040     $0.00  $0.00040   $0.0000000018  -$0.00040\n"
        "\n"
        "An answer that several requests share is divided evenly among them.\n"
        "$0.0000000010 more may have been billed; it is charged to nobody yet."
    )


def test_without_caps_there_are_no_columns_of_them() -> None:
    """Nor where there are several runs, each with its own."""
    assert "Cap" not in text(charges(), 200)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_nothing_runs_over_the_width(width: int) -> None:
    """Columns go before anything is cut; names and what is charged stay."""
    lines = charge_screen(charges(), width)[:6]
    assert max(width_of(line.text) for line in lines) <= width
    assert all(word in lines[1].text for word in ("Tenant", "Requests", "Charged"))


def test_rules_that_were_applied_are_said() -> None:
    """Duplicates, overhead, days and emulated runs."""
    first = charges(Told(questions=asked(), duplicates="first", emulated=True), ChargeOrder(duplicates="first"))
    shown = text(first)
    assert "An answer that several requests share is charged to the one that was sent." in shown
    assert "Overhead (control sample, pilot, questions) is divided by direct cost." in shown
    assert "EMULATED runs are among them: they cost nothing really" in shown
    some = charges(order=ChargeOrder(by="metadata.cost_center", period=Period(first="2026-11-01", last="2026-11-30")))
    assert text(some).startswith("Charged by metadata.cost_center: 1 run from 2026-11-01 to 2026-11-30\ncost_center ")


def test_unknown_is_a_dash() -> None:
    """Of a run that crosses the edge of the days, and why."""
    facts = facts_of(rows_of("acme"), [Sent(0, 10), Sent(0, 20, "resend", days=1)])
    shown = text(chargeback([run_charges(facts)], ChargeOrder(period=Period(last="2026-11-23"))))
    assert "acme           -       -" in shown
    assert "Of a run that began or ended outside of these days, requests and savings are not told." in shown


def test_nothing_spent_is_said() -> None:
    """With what was left out."""
    empty = chargeback([], ChargeOrder(period=Period(first="2027-01-01")), ["one", "two"])
    assert text(empty) == (
        "Nothing was spent from 2027-01-01\n2 emulated runs left out, which cost nothing: --emulated shows them"
    )


def test_names_are_harmless_and_many_are_cut_off() -> None:
    """Whoever wrote them; a file has all of them."""
    found = charges()
    [charge, *_] = found.charges
    bad = structs.replace(charge, name="\x1b[2J" + "x" * 60)
    many = structs.replace(found, charges=(bad,) * 203)
    shown = text(many)
    assert "\x1b" not in shown
    assert "?[2J" + "x" * 35 + "\u2026" in shown
    assert "and 3 names more that are charged less: -o FILE.csv has all of them" in shown
