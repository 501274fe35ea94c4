"""What a replay answered as it was recorded, and what it could not."""

from collections import Counter
from dataclasses import dataclass, field

from msgspec import Struct

from modelroute_cli.emulator.replay.drift import Drifted
from modelroute_cli.emulator.sightings import Sightings


class Replayed(Struct, frozen=True, kw_only=True):
    """The books of a replay; a request that is sent again is counted once."""

    right: int
    wrong: int
    shown_bad: int  # of the wrong ones, those that can be seen to be bad
    judged: int  # questions of judges about answers to known requests
    without_outcome: dict[str, int]  # requests of the job by model, for which nothing was recorded: answered as usual
    with_tools: int  # requests of the job that may call functions: answered as usual
    unknown: int  # requests that are none of the job: answered as usual
    drifts: tuple[Drifted, ...] = ()


@dataclass(slots=True)
class Counts:
    """Counts as they grow."""

    right: int = 0
    wrong: int = 0
    shown_bad: int = 0
    judged: int = 0
    with_tools: int = 0
    unknown: int = 0
    without_outcome: Counter[str] = field(default_factory=Counter)
    seen: Sightings = field(default_factory=Sightings)

    def is_new(self, digest: bytes) -> bool:
        """Whether a request is met for the first time."""
        return self.seen.see(digest) == 0

    def told(self, drifts: tuple[Drifted, ...]) -> Replayed:
        """The books as they stand."""
        return Replayed(
            right=self.right,
            wrong=self.wrong,
            shown_bad=self.shown_bad,
            judged=self.judged,
            without_outcome=dict(sorted(self.without_outcome.items())),
            with_tools=self.with_tools,
            unknown=self.unknown,
            drifts=drifts,
        )
