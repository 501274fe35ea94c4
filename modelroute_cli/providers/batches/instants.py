"""Times as batch APIs write them."""

from datetime import UTC, datetime

from modelroute_cli.providers import loose_json as loose


def instant(written: object) -> datetime | None:
    """An RFC 3339 time (`2026-11-23T10:00:00.045123456Z`) as UTC; None where it is none."""
    try:
        read = datetime.fromisoformat(loose.text(written) or "")
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
