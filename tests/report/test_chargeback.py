"""Who is charged for what a run spent."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.charged import Sent, Told, facts_of, rows_of
from support.plans import CHEAP, STRONG, Row
from support.report_plans import asked

from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.charge_types import Charge, RunCharges
from modelroute_cli.report.chargeback import run_charges


def charged(split: RunCharges) -> dict[str, tuple[int, int]]:
    """Direct cost and overhead by name."""
    return {each.name: (each.direct_pusd, each.overhead_pusd) for each in split.charges}


def one(split: RunCharges, name: str) -> Charge:
    """The charge of a name."""
    [found] = [each for each in split.charges if each.name == name]
    return found


def test_each_pays_for_its_own_requests() -> None:
    """Failed attempts and judges of its answers among them; those without a name are one, too."""
    sent = [
        Sent(0, 70, accepted=False),
        Sent(0, 100, "escalation", STRONG),
        Sent(0, 5, "judge"),
        Sent(1, 40),
        Sent(2, 9, accepted=False),
    ]
    split = run_charges(facts_of(rows_of("acme", "zeta", None), sent))
    assert charged(split) == {"acme": (175, 0), "zeta": (40, 0), "": (9, 0)}
    assert (split.spent_pusd, split.held_pusd) == (224, 0)


@pytest.mark.parametrize(
    ("duplicates", "expected"),
    [("split", {"acme": (51, 0), "zeta": (50, 0)}), ("first", {"acme": (101, 0), "zeta": (0, 0)})],
)
def test_an_answer_that_duplicates_share_is_split_or_the_firsts(
    duplicates: str, expected: dict[str, tuple[int, int]]
) -> None:
    """Evenly, the odd pico-dollar to the first by name."""
    rows = rows_of("acme", "zeta", twins={1: 0})
    assert charged(run_charges(facts_of(rows, [Sent(0, 101)], Told(duplicates=duplicates)))) == expected


def test_split_is_by_requests_not_by_names() -> None:
    """Who asks three times of four pays three quarters; tokens are divided in the same way."""
    rows = rows_of("acme", "zeta", "zeta", "zeta", twins={1: 0, 2: 0, 3: 0})
    split = run_charges(facts_of(rows, [Sent(0, 400, tokens=4)]))
    assert charged(split) == {"acme": (100, 0), "zeta": (300, 0)}
    assert [(line.name, line.requests, line.input_tokens, line.output_tokens) for line in split.lines] == [
        ("acme", 1, 1, 2),
        ("zeta", 3, 3, 6),
    ]


def test_what_is_for_the_whole_job_goes_by_direct_cost() -> None:
    """The control sample and a pilot's answers that are no results, and questions about templates."""
    sent = [
        Sent(0, 300),
        Sent(1, 100),
        Sent(0, 40, "control", STRONG, accepted=False),
        Sent(1, 8, "pilot", STRONG, accepted=False),
    ]
    split = run_charges(facts_of(rows_of("acme", "zeta"), sent, Told(questions=asked())))
    assert charged(split) == {"acme": (300, 30 + 6 + 68), "zeta": (100, 10 + 2 + 22)}
    assert split.spent_pusd == 448 + 90


def test_a_pilots_answer_that_is_a_result_is_its_requests_own() -> None:
    """It would have been sent anyway."""
    assert charged(run_charges(facts_of(rows_of("acme", "zeta"), [Sent(0, 30, "pilot"), Sent(1, 10)]))) == {
        "acme": (30, 0),
        "zeta": (10, 0),
    }


def test_overhead_goes_by_requests_where_nobody_has_direct_cost() -> None:
    """Questions were asked, and nothing was sent yet."""
    split = run_charges(facts_of(rows_of("acme", "acme", "zeta"), [], Told(questions=asked())))
    assert charged(split) == {"acme": (0, 60), "zeta": (0, 30)}
    assert [(line.day, line.model, line.overhead_pusd) for line in split.lines] == [
        ("2026-11-23", "cheap-1", 60),
        ("2026-11-23", "cheap-1", 30),
    ]


def test_what_may_have_been_billed_is_held_apart() -> None:
    """It is split like the rest; what providers have yet to answer in batches is not held."""
    sent = [Sent(0, None, accepted=False), Sent(1, None, accepted=False), Sent(2, 50)]
    split = run_charges(facts_of(rows_of("acme", "zeta", "zeta"), sent, Told(not_settled=(2,))))
    assert [(each.name, each.charged_pusd, each.held_pusd) for each in split.charges] == [
        ("zeta", 50, 0),
        ("acme", 0, 1_000),
    ]
    assert (split.spent_pusd, split.held_pusd) == (50, 1_000)


def test_lines_are_by_day_name_model_and_tier() -> None:
    """A day is that on which an attempt was sent, in UTC."""
    sent = [Sent(0, 10), Sent(0, 20, "resend", days=1), Sent(1, 30), Sent(1, 5, "retry", STRONG, accepted=False)]
    split = run_charges(facts_of(rows_of("acme", "zeta"), sent))
    assert [(line.day, line.name, line.model, line.charged_pusd, line.requests) for line in split.lines] == [
        ("2026-11-23", "acme", CHEAP, 10, 0),
        ("2026-11-23", "zeta", CHEAP, 30, 1),
        ("2026-11-23", "zeta", STRONG, 5, 0),
        ("2026-11-24", "acme", CHEAP, 20, 1),
    ]
    line = split.lines[0]
    assert (line.run, line.job, line.service_tier, line.currency) == ("run1", "jobs.jsonl", "standard", "USD")
    assert (line.prices_at, line.emulated) == ("2026-11-23T10:00:00+00:00", False)


def test_a_charge_says_how_its_requests_fared() -> None:
    """Duplicates among them; what is saved is against the baseline, net of overhead."""
    rows = [*rows_of("acme", "zeta", "zeta", twins={1: 0}), Row(tenant="zeta")]
    split = run_charges(facts_of(rows, [Sent(0, 100), Sent(2, 60, accepted=False), Sent(2, 4, "control")]))
    zeta = one(split, "zeta")
    assert (zeta.requests, zeta.duplicates, zeta.accepted, zeta.failed) == (3, 1, 2, 0)
    assert zeta.baseline_pusd is not None
    assert zeta.saved_pusd == zeta.baseline_pusd - zeta.charged_pusd
    assert sum(each.projected_pusd or 0 for each in split.charges) == 3 * 600


def test_without_a_baseline_nothing_is_said_to_be_saved() -> None:
    """Unknown is not 0."""
    facts = facts_of(rows_of("acme"), [Sent(0)])
    header = structs.replace(facts.plan.header, baselines=())
    acme = one(run_charges(replace(facts, plan=Plan(header, facts.plan.assignments))), "acme")
    assert (acme.baseline_pusd, acme.saved_pusd) == (None, None)


def test_caps_are_of_whose_request_is_sent() -> None:
    """As a run keeps them: what is reserved counts, what others share of it does not, and overhead neither."""
    rows = rows_of("acme", "zeta", None, twins={1: 0})
    told = Told(caps={"acme": "0.0000000015", "default": "0.0000000001"})
    split = run_charges(facts_of(rows, [Sent(0, 100), Sent(0, None, "retry", accepted=False), Sent(2, 7)], told))
    left = {each.name: (each.cap_pusd, each.cap_left_pusd) for each in split.charges}
    assert left == {"acme": (1_500, 400), "zeta": (100, 100), "": (None, None)}


SENT = st.builds(
    Sent,
    row=st.sampled_from([0, 1, 3]),
    cost=st.none() | st.integers(0, 10**12),
    kind=st.sampled_from(["first", "retry", "escalation", "judge", "control", "pilot"]),
    model=st.sampled_from([CHEAP, STRONG]),
    accepted=st.booleans(),
    days=st.integers(0, 2),
    tokens=st.integers(0, 1_000),
)


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(["acme", "zeta", "omega", None]), min_size=6, max_size=6),
    st.lists(SENT, max_size=12),
    st.sampled_from(["split", "first"]),
    st.booleans(),
)
def test_every_pico_dollar_is_charged_once(
    tenants: list[str | None],
    sent: list[Sent],
    duplicates: str,
    asks: bool,  # noqa: FBT001 - drawn
) -> None:
    """Lines and charges both add up to what the run spent and what is held; so do tokens and projections."""
    rows = rows_of(*tenants, twins={2: 0, 4: 0, 5: 1})
    told = Told(duplicates=duplicates, questions=asked() if asks else None)
    facts = facts_of(rows, sent, told)
    split = run_charges(facts)
    spent = sum(item.cost or 0 for item in sent) + (90 if asks else 0)
    held = 1_000 * sum(item.cost is None for item in sent)
    assert (split.spent_pusd, split.held_pusd) == (spent, held)
    for parts in (split.lines, split.charges):
        assert sum(part.charged_pusd for part in parts) == spent
        assert sum(part.direct_pusd + part.overhead_pusd for part in parts) == spent
        assert sum(part.held_pusd for part in parts) == held
        assert sum(part.input_tokens for part in parts) == sum(item.tokens for item in sent)
    assert sum(each.projected_pusd or 0 for each in split.charges) == facts.plan.header.totals.cost_pusd
    assert sum(each.requests or 0 for each in split.charges) == len(rows)
