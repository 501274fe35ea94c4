"""What batches and their lines are called at a provider: the same at every try, and unlike those of any other run."""

import re
from dataclasses import dataclass
from hashlib import sha256

_LINE = re.compile(r"(?P<tag>mr-[0-9a-f]{20})-(?P<row>[0-9]{1,12})-(?P<attempt>[0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class LineName:
    """Which attempt of which row a line is."""

    row: int
    attempt: int


def tag_of(run_id: str, batch: int, made_at: str) -> str:
    """The name of a batch: a run that starts over makes its batches at another time, so it shares none."""
    return f"mr-{sha256(f'{run_id}/{batch}/{made_at}'.encode()).hexdigest()[:20]}"


def custom_id(tag: str, line: LineName) -> str:
    """The name of one of its lines: letters, digits and hyphens, at most 50."""
    return f"{tag}-{line.row}-{line.attempt}"


def line_named(name: str, tag: str) -> LineName | None:
    """The line of the batch `tag` that is called so; None for any other name."""
    found = _LINE.fullmatch(name)
    if found is None or found["tag"] != tag:
        return None
    return LineName(int(found["row"]), int(found["attempt"]))
