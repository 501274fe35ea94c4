"""Messages are kept until they are had, in order, over sessions."""

from pathlib import Path

import pytest
from support.hooked import a_run, occasion, standing

from modelroute_cli.base.errors import StorageError
from modelroute_cli.catalog.hooks import HookEvent
from modelroute_cli.execution.hooks.message import Message, message_of
from modelroute_cli.execution.hooks.outbox import Outbox


def of(event: HookEvent, *once: int) -> Message:
    """A message."""
    return message_of(a_run(), standing(), occasion(event, *once))


def test_a_message_waits_until_its_receiver_has_it(tmp_path: Path) -> None:
    """Each receiver by itself, also in a later session."""
    box, message = Outbox(tmp_path / "hooks"), of(HookEvent.START)
    assert box.post(message, ["one", "two"])
    box.settle(message.id, "one")
    for held in (box, Outbox(tmp_path / "hooks")):
        assert held.waiting("one") == ()
        assert [each.message() for each in held.waiting("two")] == [message]


def test_an_event_is_posted_once_over_all_sessions(tmp_path: Path) -> None:
    """Also where a crash came between posting and everything after it."""
    assert Outbox(tmp_path / "hooks").post(of(HookEvent.CAP_50, 1), ["one"])
    again = Outbox(tmp_path / "hooks")
    assert not again.post(of(HookEvent.CAP_50, 1), ["one"])
    assert (again.count(HookEvent.CAP_50), len(again.waiting("one"))) == (1, 1)


def test_messages_are_had_in_the_order_in_which_they_were_posted(tmp_path: Path) -> None:
    """Whatever their ids."""
    events = [HookEvent.START, HookEvent.CAP_50, HookEvent.CAP_90, HookEvent.FINISH]
    for event in events:
        Outbox(tmp_path / "hooks").post(of(event), ["one"])
    assert [each.event for each in Outbox(tmp_path / "hooks").waiting("one")] == events


def test_a_file_that_is_no_message_is_passed_over(tmp_path: Path) -> None:
    """A run is not held up by what somebody put there."""
    (tmp_path / "msg_1.json").write_text("{")
    (tmp_path / "msg_2.json").mkdir()
    assert Outbox(tmp_path).waiting("one") == ()


def test_nobody_s_message_is_remembered_too(tmp_path: Path) -> None:
    """A receiver that is added later is not told what happened before."""
    assert Outbox(tmp_path).post(of(HookEvent.START), [])
    assert Outbox(tmp_path).has(of(HookEvent.START).id)


def test_a_disk_that_refuses_is_an_error_of_storage(tmp_path: Path) -> None:
    """With the place."""
    (tmp_path / "hooks").write_text("")
    with pytest.raises(StorageError, match="cannot use the run folder at"):
        Outbox(tmp_path / "hooks").post(of(HookEvent.START), ["one"])
