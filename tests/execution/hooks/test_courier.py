"""Messages are brought again and again, in order, and never for ever."""

import asyncio
import sys
from pathlib import Path

from support.hooked import FakeReceiver, a_run, address, occasion, standing, ways
from support.progress import HandClock

from modelroute_cli.catalog.hooks import ABOUT_RUNS, HookEvent
from modelroute_cli.execution.hooks.courier import Courier, Undelivered
from modelroute_cli.execution.hooks.message import message_of
from modelroute_cli.execution.hooks.outbox import Outbox
from modelroute_cli.execution.hooks.receivers import Program

NAME = "https://hooks.example.com"


def filled(folder: Path, *events: HookEvent, receiver: str = "one") -> Outbox:
    """An outbox in which these wait."""
    box = Outbox(folder)
    for event in events:
        box.post(message_of(a_run(), standing(), occasion(event)), [receiver])
    return box


def test_what_fails_is_tried_five_times_with_growing_pauses(tmp_path: Path) -> None:
    """In half a minute; then it stays for the next session, and what is behind it too."""
    receiver, clock = FakeReceiver([503]), HandClock()
    box = filled(tmp_path, HookEvent.START, HookEvent.FINISH)
    missed = asyncio.run(Courier(box, (address(),), ways(receiver, clock)).carry())
    assert missed == (Undelivered(NAME, 2, "it answered 503"),)
    assert (len(receiver.seen), clock.seconds, len(box.waiting("one"))) == (5, 32.0, 2)
    assert {request.headers["webhook-id"] for request in receiver.seen} == {box.waiting("one")[0].id}


def test_a_receiver_that_comes_back_has_everything_in_order(tmp_path: Path) -> None:
    """Each message under its own id, however often it is tried."""
    receiver = FakeReceiver([0, 500, 204])
    box = filled(tmp_path, HookEvent.START, HookEvent.CAP_50, HookEvent.FINISH)
    ids = [each.id for each in box.waiting("one")]
    assert asyncio.run(Courier(box, (address(),), ways(receiver)).carry()) == ()
    assert [request.headers["webhook-id"] for request in receiver.seen] == [ids[0], ids[0], *ids]
    assert box.waiting("one") == ()


def test_a_refusal_is_not_repeated_and_holds_up_nothing(tmp_path: Path) -> None:
    """It is kept: whoever mends the address has it with the next session."""
    receiver, box = FakeReceiver([404, 204]), filled(tmp_path, HookEvent.START, HookEvent.FINISH)
    courier = Courier(box, (address(),), ways(receiver))
    for _ in range(2):
        assert asyncio.run(courier.carry()) == (Undelivered(NAME, 1, "it answered 404"),)
    assert len(receiver.seen) == 2
    assert [each.event for each in box.waiting("one")] == [HookEvent.START]


def test_who_is_gone_for_good_is_left_alone(tmp_path: Path) -> None:
    """410 takes the message off."""
    box = filled(tmp_path, HookEvent.START)
    missed = asyncio.run(Courier(box, (address(),), ways(FakeReceiver([410]))).carry())
    assert (missed, box.waiting("one")) == ((Undelivered(NAME, 1, "it answered 410", kept=False),), ())


def test_a_longer_wait_that_is_asked_for_is_kept(tmp_path: Path) -> None:
    """In the place of the pause."""
    clock = HandClock()
    receiver = FakeReceiver([429, 204], {"retry-after": "9"})
    assert asyncio.run(Courier(filled(tmp_path, HookEvent.START), (address(),), ways(receiver, clock)).carry()) == ()
    assert clock.seconds == 9.0


def test_a_program_is_started_once(tmp_path: Path) -> None:
    """Whatever becomes of it: it may have done its work."""
    tells = Program(
        name="tell", run=(sys.executable, "-c", "raise SystemExit(1)"), events=frozenset(ABOUT_RUNS), timeout_s=30.0
    )
    box = filled(tmp_path, HookEvent.START, receiver="command")
    missed = asyncio.run(Courier(box, (tells,), ways(FakeReceiver([0]))).carry())
    assert missed == (Undelivered("tell", 1, "it ended with code 1", kept=False),)
    assert box.waiting("command") == ()
