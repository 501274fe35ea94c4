"""Where earlier sessions left a run."""

from pathlib import Path

from support.outfits import answered, left_behind, outfit_of, sent, with_outfit
from support.plans import CHEAP, WORST, Row
from support.runs import Job, Setup
from support.virtual import run_virtual

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.execution.outfit import Outfit
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.records import AttemptKind, Final, FinalStatus
from modelroute_cli.execution.steps import Later, Next
from modelroute_cli.execution.taking_up import remember, take_up
from modelroute_cli.execution.work import Before

ONE = 100 * 1 + 50 * 10  # what an answer of the cheap model costs


def remembered(job: Job, setup: Setup) -> Purse:
    """The money of the next session, after what earlier ones taught."""
    found: list[Purse] = []

    def note(outfit: Outfit) -> None:
        remember(outfit.opening, outfit.sending.purse)
        found.append(outfit.sending.purse)

    with_outfit(job, setup, note)
    return found[0]


def followed(job: Job) -> list[Next]:
    """What follows for each request that was tried."""
    found: list[Next] = []

    async def acted() -> None:
        async with outfit_of(job, Setup()) as outfit:
            await take_up(outfit.opening, outfit.following.weighing, found.append)

    run_virtual(acted())
    return found


def test_a_bill_above_its_reservation_raises_later_ones(tmp_path: Path) -> None:
    """In the next session too, by as much."""
    job = Job.of([Row()] * 2, tmp_path)
    assert remembered(job, Setup()).margins.raised(CHEAP, PicoUSD(100)) == 100
    left_behind(job, sent(1, 0), answered(1, 2 * WORST[CHEAP]))
    assert remembered(job, Setup()).margins.raised(CHEAP, PicoUSD(100)) == 200


def test_what_earlier_sessions_spent_is_gone_from_every_cap(tmp_path: Path) -> None:
    """What is without a bill is held, and the requests that wait are expected under their tenant's."""
    job = Job.of([Row(tenant="acme")] * 5, tmp_path)
    left_behind(job, sent(1, 0), answered(1, ONE), sent(2, 1))
    purse = remembered(job, Setup(caps=CapSettings(tenants={"acme": "1"})))
    [room] = purse.caps.of("acme", CHEAP)
    assert (room.spent, room.held) == (purse.budget.spent, purse.budget.held) == (ONE, WORST[CHEAP])
    assert room.need == 3 * ONE


def test_questions_count_on_the_day_that_a_session_starts(tmp_path: Path) -> None:
    """They are under no tenant's cap."""
    asked = Before(PicoUSD(40), PicoUSD(3))
    caps = CapSettings(per_day="1", tenants={"acme": "1"})
    purse = remembered(Job.of([Row(tenant="acme")], tmp_path), Setup(caps=caps, asked=asked))
    assert [(room.kind, room.spent, room.held) for room in purse.caps.of("acme", CHEAP)] == [
        ("day", 40, 3),
        ("tenant", 0, 0),
    ]


def test_what_answers_took_is_known_again(tmp_path: Path) -> None:
    """Without answers nothing is."""
    job = Job.of([Row()] * 40, tmp_path)
    assert not remembered(job, Setup()).learned.any_known
    left_behind(job, *(record for row in range(30) for record in (sent(row + 1, row), answered(row + 1, ONE))))
    assert remembered(job, Setup()).learned.any_known


def test_a_request_that_was_cut_off_is_sent_again(tmp_path: Path) -> None:
    """One that was never tried waits in the supply."""
    job = Job.of([Row()] * 3, tmp_path)
    left_behind(job, sent(1, 1))
    [following] = followed(job)
    assert isinstance(following, Later)
    assert (following.ticket.assigned.row, following.ticket.kind, following.delay_s) == (1, AttemptKind.RETRY, 0.0)


def test_an_answer_that_was_left_unjudged_is_judged(tmp_path: Path) -> None:
    """It ends its request, and nothing is sent."""
    job = Job.of([Row()], tmp_path)
    left_behind(job, sent(1, 0), answered(1, ONE))
    assert followed(job) == [Final(0, FinalStatus.ACCEPTED, 1, "")]
