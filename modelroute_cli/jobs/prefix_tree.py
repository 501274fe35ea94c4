"""Texts that begin alike, as a tree of their shared beginnings, and the groups in it that save most.

A text belongs to one group at most: where a long beginning is itself shared in part by more texts, the texts either
form a group of their own or join the larger one, whichever reads more characters from a cache when each group pays
for its first text. One level is enough: a group's first text still reads what an outer group has in common with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modelroute_cli.base.texts import shared_chars

STEP_CHARS = 256
"""A longer beginning counts when it is so much longer: caches keep beginnings in steps of about 128 tokens."""
_MOST_LEVELS = 16

Text = Callable[[int], str]  # of a member


@dataclass(frozen=True, slots=True)
class Shared:
    """Members whose texts begin with the same `chars` characters; at least two."""

    chars: int
    members: list[int]


@dataclass(slots=True)
class _Node:
    """A beginning: `alone` are the members that share no longer one with another."""

    chars: int
    alone: list[int]
    counts: bool  # long enough to be cached at all
    inner: list["_Node"]


@dataclass(frozen=True, slots=True)
class _Choice:
    """The groups of a part of the tree, the characters they save, and all members of that part."""

    groups: list[Shared]
    saved_chars: int
    members: list[int]


def shared_beginnings(
    members: Sequence[int], text: Text, least_chars: int, enough: Callable[[int, int], bool]
) -> list[Shared]:
    """The groups of `members` whose texts share at least `least_chars` characters; the same in whatever order.

    `enough(member, chars)` says whether the first `chars` of a member's text are enough for a cache; it is asked of
    longer beginnings only where a shorter one was not. A text is asked for several times, so that none is kept.
    """
    tree = _Tree(text, enough)
    alike = _alike(members, text, 0, least_chars)
    return [group for each in alike for group in _choose(tree.grown(each, least_chars)).groups]


@dataclass(frozen=True, slots=True)
class _Tree:
    """Grows beginnings, the longer ones within the shorter."""

    text: Text
    enough: Callable[[int, int], bool]

    def grown(self, members: list[int], known: int, level: int = 0, *, counts: bool = False) -> _Node:
        """The tree of members who share `known` characters at least; `counts` where that much is enough."""
        chars = _common(members, self.text, known)
        counts = counts or self.enough(members[0], chars)
        inner = _alike(members, self.text, chars, STEP_CHARS) if level < _MOST_LEVELS else []
        taken = {member for each in inner for member in each}
        alone = [member for member in members if member not in taken]
        longer = [self.grown(each, chars + STEP_CHARS, level + 1, counts=counts) for each in inner]
        return _Node(chars, alone, counts, longer)


def _alike(members: Sequence[int], text: Text, start: int, chars: int) -> list[list[int]]:
    """Those whose texts go on alike for `chars` characters from `start`, two at least."""
    met: dict[str, list[int]] = {}
    for member in members:
        ahead = text(member)[start : start + chars]
        if len(ahead) == chars:
            met.setdefault(ahead, []).append(member)
    return [each for each in met.values() if len(each) > 1]


def _common(members: Sequence[int], text: Text, known: int) -> int:
    """How many characters all of them begin with alike."""
    begins = text(members[0])
    for member in members[1:]:
        other = text(member)
        if not other.startswith(begins):
            begins = begins[: known + shared_chars(begins[known:], other[known:])]
    return len(begins)


def _choose(node: _Node) -> _Choice:
    """The groups of a beginning and of those within it."""
    inner = [_choose(each) for each in node.inner]
    every = [*node.alone, *(member for each in inner for member in each.members)]
    apart = _joined(node, inner, [])
    if not node.counts:
        return _Choice(apart.groups, apart.saved_chars, every)
    joining = [each for each in inner if len(each.members) * node.chars > each.saved_chars]
    best = max(apart, _joined(node, [each for each in inner if each not in joining], joining), key=_saved)
    return _Choice(best.groups, best.saved_chars, every)


def _joined(node: _Node, apart: Sequence[_Choice], joining: Sequence[_Choice]) -> _Choice:
    """Those who are alone and those of `joining` as one group, beside the groups of the others."""
    members = sorted([*node.alone, *(member for each in joining for member in each.members)])
    groups = [group for each in apart for group in each.groups]
    saved = sum(each.saved_chars for each in apart)
    if len(members) < 2 or not node.counts:  # noqa: PLR2004 - one alone shares nothing
        return _Choice(groups, saved, members)
    return _Choice([*groups, Shared(node.chars, members)], saved + (len(members) - 1) * node.chars, members)


def _saved(choice: _Choice) -> int:
    return choice.saved_chars
