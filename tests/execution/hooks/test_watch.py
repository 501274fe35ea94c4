"""What happens to a run is told once, over all its sessions."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec import structs
from support.hooked import USD, a_run, address, standing
from support.progress import HandClock, progress

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.hooks import HookEvent
from modelroute_cli.execution.hooks.outbox import Outbox
from modelroute_cli.execution.hooks.watch import Watch
from modelroute_cli.execution.work import RunOutcome, RunStatus


@dataclass
class Session:
    """A watch over a folder, and how often it woke who carries."""

    watch: Watch
    box: Outbox
    clock: HandClock
    woken: int = 0

    def wake(self) -> None:
        """Once more."""
        self.woken += 1

    def told(self) -> list[str]:
        """The events that wait."""
        return [each.event for each in self.box.waiting("one")]


def session(folder: Path, at: float = 0.0, **changes: object) -> Session:
    """One that begins now."""
    box, clock = Outbox(folder), HandClock()
    clock.seconds = at
    made = Session(Watch(a_run(), box, (address(**changes),), clock.now), box, clock)  # type: ignore[arg-type]
    made.watch.on_post = made.wake
    return made


def outcome(status: RunStatus, *, failed: int = 0, accepted: int = 10) -> RunOutcome:
    """How a session ended."""
    return RunOutcome(
        status=status,
        accepted=accepted,
        failed=failed,
        unsent=10 - accepted - failed,
        sent_now=1,
        spent_pusd=PicoUSD(USD // 2),
        held_pusd=PicoUSD(0),
        cap_pusd=PicoUSD(USD),
    )


def test_the_first_session_starts_and_later_ones_go_on(tmp_path: Path) -> None:
    """Each is told once."""
    for _ in range(3):
        made = session(tmp_path)
        made.watch.begin(standing())
    assert (made.told(), made.woken) == (["start", "resumed", "resumed"], 1)


def test_each_share_of_the_cap_is_told_once_also_over_sessions(tmp_path: Path) -> None:
    """However often progress comes; what is held counts."""
    for _ in range(2):
        made = session(tmp_path)
        for step in (progress(10), progress(50), progress(60), progress(60, held=3 * USD // 10), progress(99)):
            made.watch.on_progress(step)
    assert made.told() == ["cap_50", "cap_90"]


def test_under_another_cap_a_share_is_another_one(tmp_path: Path) -> None:
    """Who raised the cap wants to hear of it again."""
    made = session(tmp_path)
    made.watch.on_progress(progress(60))
    made.watch.on_progress(structs.replace(progress(60), cap_pusd=PicoUSD(2 * USD)))
    made.watch.on_progress(structs.replace(progress(101), cap_pusd=PicoUSD(2 * USD)))
    assert made.told() == ["cap_50", "cap_50"]


@pytest.mark.parametrize(
    ("ended", "told", "state"),
    [
        (outcome(RunStatus.DONE), ["finish"], "finished"),
        (outcome(RunStatus.DONE, accepted=8, failed=2), ["finish", "failure"], "finished"),
        (outcome(RunStatus.STOPPED, accepted=3), ["stopped"], "stopped"),
        (outcome(RunStatus.WAITING, accepted=3), ["handed_in"], "waiting"),
        (outcome(RunStatus.CAP_REACHED, accepted=3), ["cap_100"], "cap_reached"),
    ],
)
def test_each_ending_has_its_event(ended: RunOutcome, told: list[str], state: str, tmp_path: Path) -> None:
    """With the counts of the whole run."""
    made = session(tmp_path)
    made.watch.end(ended)
    assert made.told() == told
    body = json.loads(made.box.waiting("one")[0].body)
    assert (body["state"], body["counts"]["accepted"], body["spent_usd"]) == (state, ended.accepted, "0.5")


def test_an_ending_is_told_again_only_when_it_is_another(tmp_path: Path) -> None:
    """The same command on a finished run is no news; failed requests sent again are."""
    for ended in (outcome(RunStatus.DONE, accepted=8, failed=2),) * 2 + (outcome(RunStatus.DONE),):
        made = session(tmp_path)
        made.watch.end(ended)
    assert made.told() == ["finish", "failure", "finish"]


def test_a_cap_that_was_crossed_and_then_ended_the_run_is_told_once(tmp_path: Path) -> None:
    """Both are the same event."""
    made = session(tmp_path)
    made.watch.on_progress(progress(100))
    made.watch.end(outcome(RunStatus.CAP_REACHED))
    assert made.told() == ["cap_50", "cap_90", "cap_100"]


def test_an_error_is_told_by_its_kind_alone(tmp_path: Path) -> None:
    """Each that happens: its words may quote anything."""
    for at in (0.0, 0.0, 5.0):
        made = session(tmp_path, at)
        made.watch.broke(standing(4, 1, 7), "StorageError")
    assert made.told() == ["failure", "failure"]
    assert json.loads(made.box.waiting("one")[0].body)["state"] == "StorageError"


def test_who_does_not_want_an_event_is_not_woken_for_it(tmp_path: Path) -> None:
    """But it is remembered as told."""
    made = session(tmp_path, events=frozenset({HookEvent.FINISH}))
    made.watch.begin(standing())
    assert (made.told(), made.woken, made.box.count(HookEvent.START)) == ([], 0, 1)


def test_a_disk_that_refuses_does_not_end_a_run(tmp_path: Path) -> None:
    """Its journal will say it."""
    (tmp_path / "hooks").write_text("")
    made = session(tmp_path / "hooks")
    made.watch.begin(standing())
    assert made.woken == 0
