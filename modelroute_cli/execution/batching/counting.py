"""How the lines of a batch were checked off, in numbers and in words."""

from dataclasses import dataclass

EXPIRED = "the batch it was in expired before it was worked on"
CANCELLED = "the batch it was in was cancelled before it was worked on"
MISSING = "the results of the batch it was in have no line for it"
GONE = "the provider knows nothing any more of the batch it was in"


@dataclass(slots=True)
class Counts:
    """Of one batch, or of one look at it."""

    answered: int = 0
    failed: int = 0
    expired: int = 0
    cancelled: int = 0
    missing: int = 0
    doubled: int = 0  # lines for what was checked off already in the same results
    unknown: int = 0  # lines with a name that no line of the batch has

    @property
    def text(self) -> str:
        """Such as `990 answered, 10 expired`; only what there is."""
        named = {
            "answered": self.answered,
            "failed": self.failed,
            "expired": self.expired,
            "cancelled": self.cancelled,
            "missing": self.missing,
            "doubled": self.doubled,
            "with unknown names": self.unknown,
        }
        return ", ".join(f"{count:,} {name}" for name, count in named.items() if count) or "nothing in it"
