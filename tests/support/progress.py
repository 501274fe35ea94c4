"""Where an invented run stands."""

from datetime import UTC, datetime, timedelta

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.work import Progress


class HandClock:
    """A clock that is moved by hand, from ten o'clock on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        """Ten o'clock, and the seconds."""
        return datetime(2026, 11, 23, 10, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """The seconds."""
        return self.seconds

    async def sleep(self, delay_s: float) -> None:
        """Move on."""
        self.seconds += delay_s


def progress(done: int, eta_s: float | None = None, *, failed: int = 0, held: int = 0) -> Progress:
    """A run of ten requests, with $1 to spend and two in flight."""
    return Progress(
        done=done,
        total=10,
        failed=failed,
        in_flight=2,
        spent_pusd=PicoUSD(done * 10**10),
        held_pusd=PicoUSD(held),
        cap_pusd=PicoUSD(10**12),
        eta_s=eta_s,
    )
