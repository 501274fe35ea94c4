"""What a session of a run is made of."""

from pathlib import Path

import pytest
from support.outfits import answered, left_behind, sent, with_outfit
from support.plans import CHEAP, OTHER, STRONG, WORST, PlanParts, Row, plan_of
from support.runs import Job, Setup

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.execution.outfit import Outfit
from modelroute_cli.providers.base import RateSignal

ONE = 100 * 1 + 50 * 10  # what an answer of the cheap model costs


def outfit(job: Job, setup: Setup | None = None) -> Outfit:
    """That of the next session, whose journal is closed by now."""
    found: list[Outfit] = []
    with_outfit(job, setup or Setup(), found.append)
    return found[0]


def test_only_what_was_never_tried_waits_in_rows(tmp_path: Path) -> None:
    """What was tried is taken up later, as tickets."""
    job = Job.of([Row()] * 3, tmp_path)
    left_behind(job, sent(1, 1))
    made = outfit(job)
    assert (len(made.sending.dispatcher), made.sending.dispatcher.claims.unjudged, made.tally.total) == (2, 2, 3)


def test_money_that_is_gone_is_gone(tmp_path: Path) -> None:
    """What was billed is spent, what may have been is held, and each model goes on from what it did."""
    job = Job.of([Row()] * 3, tmp_path)
    left_behind(job, sent(1, 0), answered(1, ONE), sent(2, 1))
    made = outfit(job, Setup(cap=PicoUSD(10_000)))
    assert made.sending.purse.budget.left == 10_000 - ONE - WORST[CHEAP]
    assert made.sending.dispatcher.budget is made.sending.purse.budget
    assert made.meter.gauges[CHEAP].spent_pusd == ONE


def test_a_closed_model_is_closed_for_every_part(tmp_path: Path) -> None:
    """Its requests are stranded, and steps and re-plans know why."""
    made = outfit(Job.of([Row(), Row(model=OTHER)], tmp_path))
    made.sending.lanes.close("cheap", None, "its key was refused")
    start = made.sending.dispatcher.next(0.0)
    card = made.opening.routes.models[CHEAP]
    assert start is not None
    assert (start.ticket.model, made.sending.dispatcher.out.any_stranded) == (OTHER, True)
    closing = made.following.replanner.desk.closing(card)
    assert closing is not None
    assert closing.reason == made.following.steps.closed(card) == "its key was refused"


def test_a_model_has_the_same_lanes_for_every_part(tmp_path: Path) -> None:
    """What the dispatcher starts there is what the report looks at."""
    made = outfit(Job.of([Row()], tmp_path))
    passage = made.sending.dispatcher.passage(CHEAP)
    passage.start(1, 0.0)
    passage.rate_limited(0.0, 30.0, RateSignal(), 0.0)
    assert made.sending.lanes.wait_s(made.opening.routes.models[CHEAP], 0.0) == pytest.approx(30.0)


def test_a_ladder_is_there_only_where_the_plan_says_what_it_allows(tmp_path: Path) -> None:
    """An older plan goes down its rule's list; with one, what it stands on is what the caps leave."""
    rows = [Row()]
    assert outfit(Job.of(rows, tmp_path)).following.climbing is None
    allowed = plan_of(rows, PlanParts(allowed={"all": (CHEAP, STRONG)}))
    (tmp_path / "other").mkdir()
    following = outfit(Job.of(rows, tmp_path / "other", allowed)).following
    assert following.climbing is not None
    assert following.steps.ladder is following.climbing


def test_settings_reach_the_parts(tmp_path: Path) -> None:
    """How patient a run is, and how much it has in flight."""
    settings = RunSettings(concurrency=3, max_attempts=4, max_escalations=1)
    made = outfit(Job.of([Row()], tmp_path), Setup(settings=settings))
    steps = made.following.steps
    assert (made.pacer.room, steps.policy.max_attempts, steps.max_escalations) == (3, 4, 1)
