"""429s that no pace avoids: an overloaded provider, or one whose quota is shared, refuses some at random. Pure.

Between two episodes of 429s a real limit lets in what it lets in, however much is asked of it; who then asks for
clearly less is not refused. So where a lane is refused again and again at a pace that was let in before, each time
after about as many answers, and few are refused of all, the pace is not what is wrong: those 429s are strays. They
stay so until their share rises clearly; after a finding that was wrong the next one needs more.
"""

from collections import deque
from typing import NamedTuple

from modelroute_cli.execution.governor import Taught
from modelroute_cli.execution.window import Room

_EPISODES = 4  # at least, before anything is concluded
_BELOW, _NOT_ABOVE = 0.9, 0.97  # of what was let in before: a real limit would let that in again
_LONG_ROW = 6  # of episodes: then the second is enough
_FEWER = 0.85  # in flight than before: neither is their number what is limited
_FEW = 0.12  # of all outcomes
_LONGER = 3.0  # times the mean of the runs before: it helped to go slower
_OTHER_TIMES = 4.0  # times the mean of the runs after: what was let in then says nothing of now
_MOST_EPISODES = 24
_OUTCOMES = 40
_RISEN, _RISEN_BY = 2.0, 0.1  # times the known share, and so much more
_MOST_NEEDED = 16
_WRONG_WITHIN = 400  # outcomes: a finding that held for so long was right when it was made


class Taken(NamedTuple):
    """All that a lane ever sent: tokens are those of input and output limit."""

    requests: int
    tokens: int


class Before(NamedTuple):
    """A lane at the beginning of an episode, before that taught it anything; `passed` counts what was let in."""

    at: float
    passed: int
    per_s: float  # asked for since the last pause
    in_flight: int
    taken: Taken
    taught: Taught
    room: Room


class _Episode(NamedTuple):
    before: Before
    run: int  # answers since the last episode
    let_in_per_s: float  # since the last episode, its pause included
    size: float  # tokens of a request since the last episode
    refused: int  # before it, ever


class Strays:
    """Whether the 429s of a lane are strays; times are seconds of a steady clock."""

    def __init__(self) -> None:
        self.known: float | None = None  # their share of all outcomes; None while none are known
        self._episodes: list[_Episode] = []
        self._answers = self._refusals = 0  # in the episodes, then in the time since strays are known
        self._answers_before = 0
        self._needed = 1  # episodes that no limit explains
        self._unexplained = 0
        self._lately: deque[bool] = deque(maxlen=_OUTCOMES)

    def answered(self) -> None:
        """A request was answered."""
        self._answers += 1
        if self.known is not None:
            self._lately.append(False)

    def refused(self) -> None:
        """A request met a 429; strays are no longer known where too many do."""
        self._refusals += 1
        if self.known is not None:
            self._lately.append(True)
            self._doubt(self.known)

    def began(self, before: Before) -> Before | None:
        """An episode began, its first 429 not yet counted; where strays are found, how the lane was before them."""
        self._note(before)
        row = self._episodes[self._start() :]
        if len(row) < _EPISODES or _share(row) > _FEW or not self._is_unexplained(row):
            return None
        self._unexplained += 1
        if self._unexplained < self._needed:
            return None
        self._know(_share(row))
        return row[0].before

    def _note(self, before: Before) -> None:
        """Add an episode."""
        run = self._answers - self._answers_before
        last = self._episodes[-1].before if self._episodes else before
        let_in_per_s = (before.passed - last.passed) / max(before.at - last.at, 0.05)
        episode = _Episode(before, run, let_in_per_s, _size(last.taken, before.taken), self._refusals)
        self._episodes = [*self._episodes[1 - _MOST_EPISODES :], episode]
        self._answers_before = self._answers

    def _start(self) -> int:
        """The first episode of those whose runs are alike."""
        runs = [episode.run for episode in self._episodes]
        for start in range(len(runs) - 3, 0, -1):
            if runs[start] > _OTHER_TIMES * max(_mean(runs[start + 1 :]), 1.0):
                return start
        return 0

    def _is_unexplained(self, row: list[_Episode]) -> bool:
        """Whether the last of them came at a pace that was let in before, and no later than the others."""
        flown = [episode.before.in_flight for episode in row]
        usual = _mean([episode.run for episode in row[1:-1]])
        is_few, is_soon = min(flown) <= _FEWER * max(flown[:-1]), row[-1].run <= _LONGER * usual
        return is_few and is_soon and _is_slow(row)

    def _know(self, share: float) -> None:
        self.known = share
        self._forget()
        self._answers = self._refusals = self._answers_before = 0
        self._lately.clear()

    def _doubt(self, known: float) -> None:
        """Forget that there are strays where many are refused; a finding that soon was wrong makes the next harder."""
        if sum(self._lately) <= (_RISEN * known + _RISEN_BY) * _OUTCOMES:
            return
        was_wrong = self._answers + self._refusals < _WRONG_WITHIN
        self._needed = min(self._needed * 2, _MOST_NEEDED) if was_wrong else 1
        self.known = None
        self._answers = self._refusals = self._answers_before = 0

    def _forget(self) -> None:
        self._episodes, self._unexplained = [], 0


def _is_slow(row: list[_Episode]) -> bool:
    """Whether less was asked for at the last than had been let in before: of requests, and of tokens."""
    *earlier, last = row[1:]
    below, asked = _BELOW if len(row) < _LONG_ROW else _NOT_ABOVE, last.before.per_s
    requests = max(episode.let_in_per_s for episode in earlier)
    tokens = max(episode.let_in_per_s * episode.size for episode in earlier)
    return asked <= below * requests and asked * last.size <= below * tokens


def _size(since: Taken, now: Taken) -> float:
    return (now.tokens - since.tokens) / max(now.requests - since.requests, 1)


def _share(row: list[_Episode]) -> float:
    """Of all outcomes from the first of them to the last, how many were 429s."""
    refused, answered = row[-1].refused - row[0].refused, sum(episode.run for episode in row[1:])
    return refused / max(refused + answered, 1)


def _mean(runs: list[int]) -> float:
    return sum(runs) / len(runs)
