"""A string that matches a simple regular expression, for `pattern` in a JSON Schema."""

import random
import re
import string
from collections.abc import Callable
from dataclasses import dataclass

_CLASSES = {"d": string.digits, "w": string.ascii_letters + string.digits, "s": " "}
_MOST_REPEATS = 8
_COUNTS = re.compile(r"\{(\d{1,3})(?:,(\d{0,3}))?\}")
_UNSUPPORTED = ("(?=", "(?!", "(?<", "\\b", "\\B", "\\p", "\\1")


def matching(pattern: str, dice: random.Random) -> str | None:
    """A string that `pattern` finds, None when the pattern is beyond literals, classes, groups, `|` and repeats."""
    if any(mark in pattern for mark in _UNSUPPORTED):
        return None
    try:
        made = _Reader(pattern.removeprefix("^"), dice).alternatives()
        return made if re.search(pattern, made) else None
    except (re.error, IndexError, ValueError):
        return None


@dataclass(slots=True)
class _Reader:
    """Walks the pattern once; each piece gives the text it was asked for."""

    pattern: str
    dice: random.Random
    at: int = 0

    def alternatives(self) -> str:
        """What stands between `|`s: one of them is taken."""
        options = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            options.append(self._sequence())
        return self.dice.choice(options)

    def _sequence(self) -> str:
        """Pieces with their repeats, up to `|` or `)`."""
        made: list[str] = []
        while self._peek() not in ("", "|", ")"):
            start = self.at
            piece = self._piece()
            end = self.at
            made.extend(self._again(start, end) if nth else piece for nth in range(self._repeats()))
        return "".join(made)

    def _again(self, start: int, end: int) -> str:
        """The piece between two places once more, with fresh choices."""
        return _Reader(self.pattern[start:end], self.dice).alternatives()

    def _repeats(self) -> int:
        """How often the piece before stands."""
        low, high = self._bounds()
        return self.dice.randint(low, high)

    def _bounds(self) -> tuple[int, int]:
        """Least and most repeats, the quantifier consumed."""
        simple = {"?": (0, 1), "*": (0, _MOST_REPEATS), "+": (1, _MOST_REPEATS)}.get(self._peek())
        counted = _COUNTS.match(self.pattern, self.at)
        if simple:
            self.at += 1
            return simple
        if not counted:
            return 1, 1
        self.at = counted.end()
        low = int(counted[1])
        return low, low if counted[2] is None else int(counted[2] or low + _MOST_REPEATS)

    def _piece(self) -> str:
        """One literal, class or group."""
        reader: Callable[[], str] = {"(": self._group, "[": self._set, "\\": self._escape}.get(
            self._peek(), self._literal
        )
        return reader()

    def _literal(self) -> str:
        """One character as it is; `.` is a letter, `$` is nothing."""
        self.at += 1
        character = self.pattern[self.at - 1]
        return {".": "a", "$": "", "^": ""}.get(character, character)

    def _escape(self) -> str:
        """A digit, a word character, a space, or the character itself."""
        self.at += 2
        letter = self.pattern[self.at - 1]
        return self.dice.choice(_CLASSES[letter]) if letter in _CLASSES else letter

    def _group(self) -> str:
        """What stands in parentheses."""
        self.at += 3 if self.pattern.startswith("(?:", self.at) else 1
        made = self.alternatives()
        if self._peek() != ")":
            msg = "group does not end"
            raise ValueError(msg)
        self.at += 1
        return made

    def _set(self) -> str:
        """One character of `[...]`."""
        end = self.pattern.index("]", self.at + 2)
        inside, self.at = self.pattern[self.at + 1 : end], end + 1
        negated = inside.startswith("^")
        allowed = _characters(inside.removeprefix("^"))
        pool = [c for c in string.ascii_letters + string.digits if c not in allowed] if negated else sorted(allowed)
        return self.dice.choice(pool)

    def _peek(self) -> str:
        """The character at the place, nothing at the end."""
        return self.pattern[self.at : self.at + 1]


def _characters(inside: str) -> set[str]:
    """The characters of a set: ranges, classes, literals."""
    found: set[str] = set()
    at = 0
    while at < len(inside):
        if inside[at] == "\\":
            found.update(_CLASSES.get(inside[at + 1], inside[at + 1]))
            at += 2
        elif inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            found.update(map(chr, range(ord(inside[at]), ord(inside[at + 2]) + 1)))
            at += 3
        else:
            found.add(inside[at])
            at += 1
    return found
