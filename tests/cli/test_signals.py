"""What requests to stop do, and who hears of them."""

import io
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.progress import HandClock, progress

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.cli.audience import Audience
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.progress import Silent
from modelroute_cli.cli.signals import Stopping
from modelroute_cli.execution.live import LiveFile, read_live
from modelroute_cli.execution.work import BatchProgress, StopSignal


class Stopped:
    """A run that is asked to stop, with all that is said and done."""

    def __init__(self, folder: Path) -> None:
        self.err = io.StringIO()
        self.live = folder / "live.json"
        self.stop = StopSignal()
        self.left: list[int] = []
        silent = Silent(Console(io.StringIO(), self.err, {}))
        self.audience = Audience(silent, LiveFile(self.live, HandClock()))
        self.stopping = Stopping(self.stop, self.audience, self.left.append)

    def ask(self, times: int) -> list[str]:
        """Ask so often; what was said."""
        for _ in range(times):
            self.stopping.ask()
        return self.err.getvalue().splitlines()


@pytest.fixture
def stopped(tmp_path: Path) -> Stopped:
    """A run nobody has heard of yet."""
    return Stopped(tmp_path)


def test_each_request_to_stop_is_more_urgent_than_the_one_before(stopped: Stopped) -> None:
    """Finish; cancel, with the most it may cost; leave."""
    stopped.audience.on_progress(replace(progress(4), reserved_pusd=PicoUSD(3 * 10**9)))
    assert stopped.ask(2) == [
        "Stopping: no more requests are sent, 2 in flight are finished first. ^C again cancels them.",
        (
            "Cancelling 2 requests in flight: the providers may bill them, at most $0.0030 together. "
            "^C again leaves at once."
        ),
    ]
    assert (stopped.stop.stage, stopped.left) == (2, [])
    assert stopped.ask(1)[2:] == ["Leaving at once: the same command goes on from what is recorded."]
    assert stopped.left == [130]


def test_a_run_that_has_not_told_anything_has_nothing_in_flight(stopped: Stopped) -> None:
    """No money is named where none is at stake."""
    assert stopped.ask(2) == [
        "Stopping: no more requests are sent, 0 in flight are finished first. ^C again cancels them.",
        "Cancelling 0 requests in flight: the providers may bill them. ^C again leaves at once.",
    ]


def test_a_closed_terminal_is_told_nothing_more_and_others_are(stopped: Stopped) -> None:
    """The file for other processes goes on; so does the memory of what is in flight."""
    stopped.audience.on_notice("heard")
    stopped.audience.hang_up()
    stopped.audience.on_progress(progress(4))
    stopped.audience.on_notice("lost")
    assert stopped.err.getvalue() == "heard\n"
    live = read_live(stopped.live)
    assert live is not None
    assert live.progress == progress(4) == stopped.audience.last


def test_what_is_handed_in_stays_with_its_provider(stopped: Stopped) -> None:
    """It goes on and is billed: the first request to stop says so, once."""
    waiting = BatchProgress(
        provider="openai",
        service_tier="batch",
        batches=2,
        requests=500,
        done=None,
        since="2026-11-23T10:14:00+00:00",
        due_at=None,
        state="running",
    )
    stopped.audience.on_progress(replace(progress(4), in_flight=0, batches=(waiting,)))
    assert stopped.ask(2) == [
        "Stopping: no more requests are sent, 0 in flight are finished first. ^C again cancels them.",
        (
            "What is handed in (500 requests) stays with the providers: they go on and bill what they answer. The same "
            "command collects it later; `modelroute cancel` stops it."
        ),
        "Cancelling 0 requests in flight: the providers may bill them. ^C again leaves at once.",
    ]
