"""What the user says is nobody's: own domains and addresses, and what a regular expression covers."""

import re
from collections.abc import Sequence


class Ignored:
    """Finds that do not count; entries are those of `privacy.ignore`, which settings have checked."""

    def __init__(self, entries: Sequence[str]) -> None:
        self._patterns = [re.compile(entry[1:-1]) for entry in entries if is_pattern(entry)]
        self._names = tuple(entry.casefold().removeprefix("@") for entry in entries if not is_pattern(entry))

    def has(self, found: str) -> bool:
        """Whether a find is one of these, the whole of it."""
        if not (self._names or self._patterns):
            return False
        lower = found.casefold()
        named = any(lower == name or lower.endswith((f"@{name}", f".{name}")) for name in self._names)
        return named or any(pattern.fullmatch(found) for pattern in self._patterns)


def is_pattern(entry: str) -> bool:
    """Whether an entry is a regular expression: `/0800 .*/`."""
    return len(entry) > 2 and entry[0] == entry[-1] == "/"  # noqa: PLR2004 - two slashes and something between
