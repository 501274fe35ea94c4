"""The charges of several runs together."""

from dataclasses import replace

from msgspec import structs
from support.charged import Sent, Told, facts_of, rows_of

from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.charge_period import ChargeOrder, Period, chargeback
from modelroute_cli.report.charge_types import RunCharges
from modelroute_cli.report.chargeback import run_charges

CAPS = {"acme": "1"}


def split(run: str, *sent: Sent, caps: dict[str, str] | None = None) -> RunCharges:
    """The charges of a run of two tenants."""
    return run_charges(facts_of(rows_of("acme", "zeta"), sent, Told(run=run, caps=caps or {})))


def test_runs_add_up_by_name() -> None:
    """The dearest first; lines stay apart, and caps are told of one run alone."""
    runs = [split("one", Sent(0, 10), Sent(1, 5), caps=CAPS), split("two", Sent(1, 20))]
    both = chargeback(runs, ChargeOrder())
    assert [(each.name, each.charged_pusd, each.requests) for each in both.charges] == [
        ("zeta", 25, 2),
        ("acme", 10, 2),
    ]
    assert [(line.run, line.name, line.charged_pusd) for line in both.lines] == [
        ("one", "acme", 10),
        ("one", "zeta", 5),
        ("two", "zeta", 20),
    ]
    assert (both.runs, both.spent_pusd, both.currency) == (("one", "two"), 35, "USD")
    assert [each.cap_pusd for each in both.charges] == [None, None]
    alone = chargeback(runs[:1], ChargeOrder())
    assert [(each.name, each.cap_pusd, each.cap_left_pusd) for each in alone.charges] == [
        ("acme", 10**12, 10**12 - 10),
        ("zeta", None, None),
    ]


def test_what_is_unknown_of_one_run_is_unknown_of_all() -> None:
    """A sum over what is known would pass for the whole."""
    known = split("one", Sent(0, 10))
    facts = facts_of(rows_of("acme"), [Sent(0, 7)])
    bare = structs.replace(facts.plan.header, baselines=())
    unknown = run_charges(replace(facts, plan=Plan(bare, facts.plan.assignments)))
    [acme, _] = chargeback([known, unknown], ChargeOrder()).charges
    assert (acme.charged_pusd, acme.baseline_pusd, acme.saved_pusd) == (17, None, None)


def test_a_period_has_both_its_ends() -> None:
    """Days in UTC."""
    period = Period(first="2026-11-01", last="2026-11-30")
    assert [period.has(day) for day in ("2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01")] == [
        False,
        True,
        True,
        False,
    ]
    assert Period().has("2026-11-01")
    assert not Period(first="2026-11-02").has("2026-11-01")


def test_of_a_run_that_crosses_an_edge_only_money_and_tokens_are_told() -> None:
    """Requests, projections and savings belong to no day."""
    run = split("one", Sent(0, 10), Sent(1, 5, days=1))
    november = chargeback([run], ChargeOrder(period=Period(last="2026-11-23")))
    [acme] = november.charges
    assert (acme.name, acme.charged_pusd, acme.input_tokens) == ("acme", 10, 10)
    assert (acme.requests, acme.projected_pusd, acme.saved_pusd) == (None, None, None)
    assert (november.spent_pusd, november.from_day, november.to_day) == (10, None, "2026-11-23")
    both = [chargeback([run], ChargeOrder(period=each)).spent_pusd for each in (Period(first="2026-11-24"), Period())]
    assert both == [5, 15]


def test_runs_outside_of_it_are_none_of_it() -> None:
    """Nor are they named."""
    found = chargeback([split("one", Sent(0, 10))], ChargeOrder(period=Period(first="2027-01-01")), ["emulated"])
    assert (found.runs, found.charges, found.lines, found.emulated_left_out) == ((), (), (), ("emulated",))
