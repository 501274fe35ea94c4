"""The history for those who must not fail with it: a run or a plan goes on without, and says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from modelroute_cli.base.errors import HistoryError
from modelroute_cli.pilot.history.keeping import record
from modelroute_cli.pilot.history.recall import NOTHING, Question, Recalled, recall
from modelroute_cli.pilot.history.store import DamagedHistoryError, alone, set_aside
from modelroute_cli.pilot.history.sums import Part
from modelroute_cli.pilot.observation import Observation


@dataclass(frozen=True, slots=True)
class Known:
    """What is known from before, and a warning where it could not be read."""

    recalled: Recalled = NOTHING
    warning: str | None = None


def keep(path: Path | None, observations: Iterable[Observation], part: Part) -> str | None:
    """Record what was measured (None: nothing is kept); a warning where that did not go as it should.

    A damaged history is set aside, not deleted, and a new one begun.
    """
    if path is None:
        return None
    measured = tuple(observations)
    try:
        record(path, measured, part)
    except DamagedHistoryError:
        return _begun_anew(path, measured, part)
    except HistoryError as error:
        return f"{error.message}; what was measured is not kept there"
    return None


def known(path: Path | None, question: Question) -> Known:
    """What the history knows (None: nothing is kept), or nothing and a warning."""
    if path is None:
        return Known()
    try:
        return Known(recall(path, question))
    except HistoryError as error:
        return Known(NOTHING, f"{error.message}; planned without what was measured before")


def _begun_anew(path: Path, measured: Iterable[Observation], part: Part) -> str | None:
    """Set a damaged history aside and record in a new one, unless another process has done so meanwhile."""
    try:
        with alone(path):
            aside = _aside(path, measured, part)
    except HistoryError as error:
        return f"{error.message}; what was measured is not kept there"
    if aside is None:
        return None
    return f"the history `{path}` was damaged: it is set aside as `{aside.name}`, and a new one was begun"


def _aside(path: Path, measured: Iterable[Observation], part: Part) -> Path | None:
    """Where the damaged history is now; None where there is a new one already, in which it is recorded."""
    try:
        record(path, measured, part)
    except DamagedHistoryError:
        aside = set_aside(path, part.at)
        record(path, measured, part)
        return aside
    return None
