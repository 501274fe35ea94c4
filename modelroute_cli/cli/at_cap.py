"""What to type or set when a cap ended a run."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from modelroute_cli.base.money import round_up, to_decimal
from modelroute_cli.execution.caps import CapKind
from modelroute_cli.execution.shortfall import Shortfall

_SECTIONS = {CapKind.TENANT: "tenants", CapKind.PROVIDER: "providers"}
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}  # that YAML reads as something else


def advice(short: tuple[Shortfall, ...], again: str, with_more: str) -> str:
    """How a run goes on that its caps ended; `again` is its command, `with_more` the same with a higher hard cap."""
    ran_out = any(item.kind is CapKind.RUN for item in short) or not short
    settings, days = tuple(_settings(short)), tuple(_days(short))
    command = with_more if ran_out else again
    if settings:
        told = "\n    ".join(("To go on with more money, set this in your settings:", "caps:", *settings))
        return f"\n{told}\nand run:\n    {command}"
    if days and not ran_out:
        return f"\nThe next day's money is there from {days[0]}; to go on then, run:\n    {command}"
    return f"\nTo go on with more money, run:\n    {command}"


def _settings(short: tuple[Shortfall, ...]) -> Iterator[str]:
    """The rows of `caps` that would do, a section each: `  tenants: {acme: 2.1}`."""
    for kind, section in _SECTIONS.items():
        rows = [f"{_key(item.name)}: {round_up(to_decimal(item.enough_pusd)):f}" for item in short if item.kind is kind]
        if rows:
            yield f"  {section}: {{{', '.join(rows)}}}"


def _days(short: tuple[Shortfall, ...]) -> Iterator[str]:
    """When the day ends whose money is gone: `2026-11-24 00:00 UTC`."""
    for item in short:
        if item.kind is CapKind.DAY:
            next_day = datetime.combine(date.fromisoformat(item.name), time(), UTC) + timedelta(days=1)
            yield f"{next_day:%Y-%m-%d %H:%M} UTC"


def _key(name: str) -> str:
    """A name as a key of YAML."""
    return name if name.isidentifier() and name.isascii() and name.lower() not in _WORDS else json.dumps(name)
