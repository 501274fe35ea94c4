"""When a batch is looked at, when it has to be given up for its deadline, and whether there is time to hand one in."""

from datetime import datetime, timedelta

from modelroute_cli.jobs.deadline import deadline_s

_FIRST_LOOK_S = 2.0
_SHARE_OF_WAIT = 0.1  # a look after each tenth of the time so far: seldom late by more than that
_MOST_S = 300.0
_TIGHT = 0.9  # of a window: a batch is rarely late, and one that is, is given up in time


def look_after_s(waited_s: float) -> float:
    """Seconds until the next look at a batch that was submitted so long ago."""
    return min(_MOST_S, max(_FIRST_LOOK_S, waited_s * _SHARE_OF_WAIT))


def due_at(own: str | None, common_s: int | None, began_at: datetime) -> datetime | None:
    """When an answer is due: by the request's own deadline, else the plan's, counted from when the run began."""
    left_s = common_s if own is None else deadline_s(own, began_at)
    return None if left_s is None else began_at + timedelta(seconds=left_s)


def has_time(due: datetime | None, now: datetime, window_s: int | None) -> bool:
    """Whether what is handed in now may be answered in time; a plan that is run some minutes late has time."""
    return due is None or window_s is None or (due - now).total_seconds() >= window_s * _TIGHT


def give_up_at(due: datetime, reserve_s: float, made_at: datetime) -> datetime:
    """When a batch is cancelled, so that its open requests can still be sent by themselves before their deadline.

    It has half of its time at least, however much is to be kept back.
    """
    half = made_at + (due - made_at) / 2
    return max(due - timedelta(seconds=reserve_s), half)
