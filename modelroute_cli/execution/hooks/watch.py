"""What of a run is worth telling: its beginning, the shares of its cap as they go, and how it ends."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.hooks import HookEvent
from modelroute_cli.execution.hooks.crossings import crossed
from modelroute_cli.execution.hooks.message import Occasion, Run, Standing, message_of
from modelroute_cli.execution.hooks.outbox import Outbox
from modelroute_cli.execution.hooks.receivers import Receiver
from modelroute_cli.execution.work import Progress, RunOutcome, RunStatus

_STATES = {
    RunStatus.DONE: "finished",
    RunStatus.STOPPED: "stopped",
    RunStatus.CAP_REACHED: "cap_reached",
    RunStatus.WAITING: "waiting",
}


class Watch:
    """Posts into an outbox what happens to one run; quick enough to be called on the event loop."""

    def __init__(self, run: Run, outbox: Outbox, receivers: tuple[Receiver, ...], now: Callable[[], datetime]) -> None:
        self._run = run
        self._outbox = outbox
        self._receivers = receivers
        self._now = now
        self._reached: set[tuple[HookEvent, PicoUSD]] = set()  # in this session; the outbox knows of those before
        self.on_post: Callable[[], None] = _nothing

    def begin(self, standing: Standing) -> None:
        """A session begins to send: the first is the start, each later one goes on."""
        begun = self._outbox.count(HookEvent.START)
        if not begun:
            self._post(standing, HookEvent.START, "running")
        else:
            self._post(standing, HookEvent.RESUMED, "running", self._outbox.count(HookEvent.RESUMED) + 1)

    def on_progress(self, progress: Progress) -> None:
        """Tell each share of the cap once; under another cap it is another share."""
        for event in crossed(progress.spent_pusd, progress.held_pusd, progress.cap_pusd):
            if (event, progress.cap_pusd) not in self._reached:
                self._reached.add((event, progress.cap_pusd))
                self._post(_standing(progress), event, "running", progress.cap_pusd)

    def end(self, outcome: RunOutcome) -> None:
        """Tell how a session ended."""
        standing = Standing(
            accepted=outcome.accepted,
            failed=outcome.failed,
            spent_pusd=outcome.spent_pusd,
            held_pusd=outcome.held_pusd,
            cap_pusd=outcome.cap_pusd,
        )
        state = _STATES[outcome.status]
        sums = (outcome.accepted, outcome.failed, outcome.spent_pusd, outcome.held_pusd)
        match outcome.status:
            case RunStatus.DONE:
                self._post(standing, HookEvent.FINISH, state, *sums)
                if outcome.failed:
                    self._post(standing, HookEvent.FAILURE, state, *sums)
            case RunStatus.CAP_REACHED:
                self._post(standing, HookEvent.CAP_100, state, outcome.cap_pusd)
            case RunStatus.WAITING:
                self._post(standing, HookEvent.HANDED_IN, state, *sums, outcome.handed_in)
            case RunStatus.STOPPED:
                self._post(standing, HookEvent.STOPPED, state, self._at())

    def broke(self, standing: Standing, kind: str) -> None:
        """An error ended the session; its kind alone is told, for its words may quote anything."""
        self._post(standing, HookEvent.FAILURE, kind, self._at())

    def _post(self, standing: Standing, event: HookEvent, state: str, *once: int | str) -> None:
        """Post it for those who want it, and wake who carries."""
        wanted = tuple(each.key for each in self._receivers if event in each.events)
        message = message_of(self._run, standing, Occasion(event=event, at=self._at(), state=state, once=once))
        with suppress(StorageError):  # a run goes on though nobody can be told; its journal says what the disk refuses
            if self._outbox.post(message, wanted) and wanted:
                self.on_post()

    def _at(self) -> str:
        return self._now().isoformat(timespec="milliseconds")


def _standing(progress: Progress) -> Standing:
    return Standing(
        accepted=progress.done - progress.failed,
        failed=progress.failed,
        spent_pusd=progress.spent_pusd,
        held_pusd=progress.held_pusd,
        cap_pusd=progress.cap_pusd,
    )


def _nothing() -> None:
    """Nobody is woken."""
