"""Receivers are told beside a run, never in its way."""

import threading
from pathlib import Path

from support.hooked import FakeReceiver, a_run, address, occasion, standing, ways

from modelroute_cli.catalog.hooks import HookEvent
from modelroute_cli.execution.hooks.beside import Beside, given
from modelroute_cli.execution.hooks.courier import Courier, Undelivered
from modelroute_cli.execution.hooks.message import message_of
from modelroute_cli.execution.hooks.outbox import Outbox
from modelroute_cli.providers.base import WireRequest, WireResponse

START = message_of(a_run(), standing(), occasion(HookEvent.START))
FINISH = message_of(a_run(), standing(), occasion(HookEvent.FINISH))


def beside(box: Outbox, receiver: FakeReceiver) -> Beside:
    """A thread that carries to one receiver, without pauses."""
    made = Beside(lambda opened: Courier(box, (address(),), opened, (0.0,)), lambda: given(ways(receiver)))
    made.start()
    return made


def test_what_was_posted_is_brought_before_it_ends(tmp_path: Path) -> None:
    """What waits from before, what comes meanwhile, and what comes last."""
    receiver, box = FakeReceiver([204]), Outbox(tmp_path)
    box.post(START, ["one"])
    carrying = beside(box, receiver)
    box.post(FINISH, ["one"])
    assert carrying.close(30.0) == ()
    assert [request.headers["webhook-id"] for request in receiver.seen] == [START.id, FINISH.id]


def test_whom_it_did_not_reach_is_told_at_the_end(tmp_path: Path) -> None:
    """With the reason of the last time."""
    box = Outbox(tmp_path)
    box.post(START, ["one"])
    missed = beside(box, FakeReceiver([503])).close(30.0)
    assert missed == (Undelivered("https://hooks.example.com", 1, "it answered 503"),)


class Hanging(FakeReceiver):
    """A receiver that never answers."""

    def __init__(self) -> None:
        super().__init__([204])
        self.asked = threading.Event()

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Wait for ever."""
        self.asked.set()
        await Never()
        return await super().send(request, timeout_s)


class Never:
    """What is never there."""

    def __await__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204 - a generator that only yields
        import asyncio  # noqa: PLC0415 - of the thread

        yield from asyncio.get_running_loop().create_future()


def test_a_receiver_that_hangs_is_left_when_the_time_is_over(tmp_path: Path) -> None:
    """What it was to have stays in the outbox, and the thread is gone."""
    receiver, box, told = Hanging(), Outbox(tmp_path), list[str]()
    box.post(START, ["one"])
    carrying = beside(box, receiver)
    assert receiver.asked.wait(30)
    assert carrying.close(0.05, lambda: told.append("waiting")) is None
    assert told == []  # not within so short a time
    assert [each.id for each in box.waiting("one")] == [START.id]
    assert not any(thread.name == "hooks" for thread in threading.enumerate())


def test_a_disk_that_refuses_is_told_like_a_receiver(tmp_path: Path) -> None:
    """The run itself goes on."""
    box = Outbox(tmp_path / "hooks")
    box.post(START, ["one"])
    (tmp_path / "hooks" / f"{START.id}.json").unlink()
    (tmp_path / "hooks").rmdir()
    (tmp_path / "hooks").write_text("")
    (missed,) = beside(box, FakeReceiver([204])).close(30.0) or ()
    assert (missed.name, missed.kept) == ("the run folder", False)
