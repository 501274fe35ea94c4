"""How long an answer may take: a span such as `24h`, or a time with its zone such as `2026-12-01T09:00:00Z`."""

import re
from datetime import datetime, timedelta
from typing import Final

from modelroute_cli.jobs.problems import Fault, quoted

_SPAN = re.compile(r"(?P<count>[1-9][0-9]{0,5})(?P<unit>[mhd])")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*")
_UNIT_S: Final = {"m": 60, "h": 3600, "d": 86400}
_LIKE = "write it like `90m`, `24h` or `7d`, or as a time: `2026-12-01T09:00:00Z`"


def deadline_fault(text: str) -> Fault | None:
    """What is wrong with a deadline; None for a good one."""
    if _SPAN.fullmatch(text):
        return None
    if not _TIME.fullmatch(text) or (moment := _moment(text)) is None:
        return Fault("deadline", f"{quoted(text)} is no span of time", _LIKE)
    if moment.tzinfo is None:
        return Fault(
            "deadline", f"{quoted(text)} has no time zone", f"write `{text}Z` for UTC, or its offset: `+02:00`"
        )
    return None


def deadline_s(text: str | None, at: datetime | None) -> int | None:
    """Whole seconds that are left at `at`, 0 for a time that is past; None without one, or for a time without `at`."""
    if text is None:
        return None
    if span := _SPAN.fullmatch(text):
        return int(span["count"]) * _UNIT_S[span["unit"]]
    moment = _moment(text)
    if at is None or moment is None:
        return None
    return max(0, (moment - at) // timedelta(seconds=1))


def _moment(text: str) -> datetime | None:
    """The time that a text names; None when it names none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
