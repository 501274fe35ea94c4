"""Output limits that fit what answers take."""

import random
from dataclasses import replace
from math import inf

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from support.plans import CHEAP, MAX_TOKENS, OTHER, WORST, Row, plan_of
from support.tickets import assigned, ticket

from modelroute_cli.base.frames import ATTEMPTS
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.sizing import LEAST_ANSWERS, Sizing, Taken, Ways, taken_in
from modelroute_cli.execution.tickets import History, Ticket

TOKEN_PUSD = PicoUSD(10)


def sizing(least: int = 1) -> Sizing:
    """For every model, at what an output token of the cheap one costs."""
    return Sizing(lambda _: Ways(least, lambda _: TOKEN_PUSD))


def of_template(template: str, output_tokens: int = 50) -> Ticket:
    """A first attempt of a template, planned to take so many tokens."""
    return ticket(structs.replace(assigned(output_tokens=output_tokens), template=template))


def taught(known: Sizing, lengths: list[int], template: str = "t") -> Sizing:
    """After answers of such lengths."""
    for length in lengths:
        known.observe(of_template(template), length, cut=False)
    return known


def test_too_few_answers_say_nothing() -> None:
    """Below a hundred there is no 99% quantile."""
    known = taught(sizing(), [10] * (LEAST_ANSWERS - 1))
    assert known.fitted(of_template("t")) == of_template("t")


def test_the_limit_is_the_quantile_with_slack() -> None:
    """After a hundred answers of 1 to 100 tokens: the longest, and a tenth; the reservation shrinks by what is cut."""
    known = taught(sizing(), list(range(1, 101)))
    fitted = known.fitted(of_template("t"))
    assert fitted.max_tokens == 110
    assert fitted.worst_pusd == WORST[CHEAP] - (MAX_TOKENS - 110) * TOKEN_PUSD
    assert fitted == replace(of_template("t"), max_tokens=110, worst_pusd=fitted.worst_pusd)
    assert fitted.is_fitted


def test_longer_plans_get_more_room() -> None:
    """What was taken counts as a multiple of what was planned for each."""
    known = taught(sizing(), [50] * 100)
    assert known.fitted(of_template("t", output_tokens=50)).max_tokens == 55
    assert known.fitted(of_template("t", output_tokens=100)).max_tokens == 110


def test_templates_and_models_are_known_apart() -> None:
    """What one takes says nothing of the other; without a template the task type counts."""
    known = taught(sizing(), [10] * 100)
    assert known.fitted(of_template("other")).max_tokens == MAX_TOKENS
    elsewhere = ticket(structs.replace(assigned(model=OTHER), template="t"))
    assert known.fitted(elsewhere).max_tokens == MAX_TOKENS
    untold = taught(sizing(), [10] * 100, template="")
    assert untold.fitted(of_template("")).max_tokens == 11
    assert untold.fitted(ticket(structs.replace(assigned(), task_type="headline"))).max_tokens == MAX_TOKENS


def test_a_limit_never_grows_nor_falls_below_what_the_provider_takes() -> None:
    """Long answers leave the plan as it is, and 16 tokens are the least where a provider says so."""
    assert taught(sizing(), [200] * 100).fitted(of_template("t")).max_tokens == MAX_TOKENS
    assert taught(sizing(least=16), [1] * 100).fitted(of_template("t")).max_tokens == 16


def test_answers_cut_off_at_the_planned_limit_leave_it() -> None:
    """Nobody knows how long they would have been."""
    known = taught(sizing(), [10] * 98)
    for _ in range(2):
        known.observe(of_template("t"), MAX_TOKENS, cut=True)
    assert known.fitted(of_template("t")).max_tokens == MAX_TOKENS


def test_old_answers_are_forgotten() -> None:
    """Five hundred later the long ones say nothing any more."""
    known = taught(sizing(), [150] * 100 + [10] * 500)
    assert known.fitted(of_template("t")).max_tokens == 11


def test_an_answer_cut_off_below_its_plan_waits_for_its_second_one() -> None:
    """Its own length is not known yet; with the planned room it counts once."""
    known = taught(sizing(), [10] * 100)
    short = known.fitted(of_template("t"))
    known.observe(short, short.max_tokens, cut=True)
    assert known.fitted(of_template("t")).max_tokens == 11
    again = replace(of_template("t"), kind=AttemptKind.RESEND, history=History(cut=True))
    for _ in range(3):
        known.observe(again, 90, cut=False)
    assert known.fitted(of_template("t")).max_tokens == 99


def test_a_template_that_is_cut_too_often_is_sized_no_more() -> None:
    """More than twice what was meant, and three for bad luck: its answers are not what they were."""
    known = taught(sizing(), [10] * 100)
    short = known.fitted(of_template("t"))
    for _ in range(3):
        known.observe(short, 12, cut=True)
    assert known.fitted(of_template("t")).is_fitted
    known.observe(short, 12, cut=True)
    assert not known.fitted(of_template("t")).is_fitted


@pytest.mark.parametrize(
    "other",
    [
        ticket(extra=True),
        replace(ticket(), kind=AttemptKind.RESEND),
        replace(ticket(), model=OTHER, kind=AttemptKind.FALLBACK),
        replace(ticket(), history=History(cut=True)),
        replace(ticket(), max_tokens=150),
    ],
    ids=["extra", "resent", "elsewhere", "cut before", "another limit"],
)
def test_only_first_attempts_as_planned_are_sized(other: Ticket) -> None:
    """What was cut off once, or goes to another model or with another limit, keeps its own."""
    known = sizing()
    for _ in range(100):
        known.observe(replace(other, kind=AttemptKind.FIRST, extra=False, history=History()), 5, cut=False)
        known.observe(ticket(), 5, cut=False)
    assert known.fitted(other) is other


def test_models_that_are_told_how_much_to_think_by_their_limit_keep_it() -> None:
    """Nothing is known of them, and nothing changed."""
    known = taught(Sizing(), [10] * 100)
    assert known.fitted(of_template("t")).max_tokens == MAX_TOKENS


def attempt(row: int, output_tokens: int | None, *, kind: str = "first", finish: str = "stop") -> dict[str, object]:
    """An answered attempt on the cheap model."""
    return {"row": row, "kind": kind, "model": CHEAP, "outcome": "answered"} | {
        "output_tokens": output_tokens,
        "finish_reason": finish,
    }


def test_a_journal_says_what_answers_took() -> None:
    """By template, else task type, in order; a second answer stands for a first that was cut off."""
    rows = [Row(template="a"), Row(template=""), Row(template="a", output_tokens=100), Row(template="a"), Row()]
    made = [
        attempt(0, 25),
        attempt(1, 50),
        attempt(2, 55, finish="length"),
        attempt(3, 200, finish="length"),
        attempt(2, 150, kind="resend"),
        attempt(4, 10, kind="judge"),
        attempt(4, None),
        attempt(4, 10) | {"model": OTHER},
        attempt(4, 10) | {"outcome": "unknown"},
    ]
    frame = pl.DataFrame({name: [item.get(name) for item in made] for name in ATTEMPTS}, schema=ATTEMPTS)
    assert list(taken_in(frame, plan_of(rows).assignments)) == [
        Taken("a", CHEAP, 0.5),
        Taken("a", CHEAP, inf),
        Taken("a", CHEAP, 1.5),
        Taken("email", CHEAP, 1.0),
    ]


def test_what_earlier_sessions_took_counts() -> None:
    """A run that goes on need not learn it again."""
    known = sizing()
    known.recall([Taken("t", CHEAP, 0.5)] * 100)
    assert known.fitted(of_template("t")).max_tokens == 28


@given(st.integers(0, 2**32), st.floats(0.1, 1.2))
@settings(max_examples=25, deadline=None)
def test_of_exchangeable_answers_about_one_in_a_hundred_is_cut(seed: int, spread: float) -> None:
    """Whatever their spread: of 2,000 lengths under the limit of 500 others, no more than three in a hundred."""
    dice = random.Random(seed)  # noqa: S311 - lengths
    lengths = [max(1, round(dice.lognormvariate(3, spread))) for _ in range(2500)]
    plan = structs.replace(assigned(), template="t", max_tokens=10**6)
    known = sizing()
    for length in lengths[:500]:
        known.observe(ticket(plan), length, cut=False)
    limit = known.fitted(replace(ticket(plan), worst_pusd=PicoUSD(10**8))).max_tokens
    assert sum(length > limit for length in lengths[500:]) <= 60
