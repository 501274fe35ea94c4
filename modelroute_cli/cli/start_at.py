"""When a job begins, as the command line says it: `2026-11-24T10:30Z`, `16:30Z` (the next such time), or `6h`."""

import re
from datetime import datetime, time, timedelta

from modelroute_cli.base.errors import UsageError
from modelroute_cli.jobs.deadline import deadline_s

_SPAN = re.compile(r"[1-9][0-9]{0,5}[mhd]")
_LIKE = "write it like `6h`, `16:30Z` or `2026-12-01T10:30Z`"


def start_time(text: str | None, now: datetime) -> datetime | None:
    """The moment that `--start-at` names, which may be past; None without one. UsageError for what is no such time."""
    if text is None:
        return None
    if _SPAN.fullmatch(text):
        return now.replace(microsecond=0) + timedelta(seconds=deadline_s(text, now) or 0)
    moment = _next(text, now) or _moment(text)
    if moment is None:
        message = f"--start-at: `{text}` is no time to start at"
        raise UsageError(message, hint=_LIKE)
    if moment.tzinfo is None:
        raise _without_zone(text)
    return moment.astimezone(now.tzinfo)


def refuse_past_start(text: str | None, at: datetime | None, now: datetime) -> None:
    """UsageError for a start that is past."""
    if at is not None and at < now:
        message = f"--start-at: `{text}` is past"
        raise UsageError(message, hint="type a time to come, or leave --start-at out to start at once")


def _next(text: str, now: datetime) -> datetime | None:
    """The next time of day that a text names; None for one that names a day too, or none at all."""
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        return None
    if clock.tzinfo is None:
        raise _without_zone(text)
    today = datetime.combine(now.astimezone(clock.tzinfo).date(), clock)
    return today if today > now else today + timedelta(days=1)


def _moment(text: str) -> datetime | None:
    """The day and time that a text names; None where it names none."""
    try:
        return datetime.fromisoformat(text) if ":" in text else None
    except ValueError:
        return None


def _without_zone(text: str) -> UsageError:
    """A time that is another one in every country."""
    message = f"--start-at: `{text}` has no time zone"
    return UsageError(message, hint=f"write `{text}Z` for UTC, or its offset: `{text}+02:00`")
