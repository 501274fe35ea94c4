"""What commands start from: the merged settings, the catalog made of them, and the day whose prices hold."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import UsageError
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.library import load_catalog
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.catalog.prices import price_time
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.cli.flags import PlanningFlags
from modelroute_cli.cli.start_at import start_time

FOLDER = Path(".modelroute")
RUNS = FOLDER / "runs"
PILOTS = FOLDER / "pilots"
HOLD_OUTS = FOLDER / "hold_outs"
SPOOL = FOLDER / "spool"
AUDIT = FOLDER / "audit"

_USD = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Workspace:
    """Settings, catalog and the moment of the prices; `historic` marks a study of the past."""

    settings: Settings
    catalog: Catalog
    at: datetime
    historic: bool
    start_at: datetime | None = None  # when a run begins, where that was asked for; it may be past for one begun before


def open_workspace(config: Path | None, prices_as_of: str | None, flags: Mapping[str, object]) -> Workspace:
    """The workspace of a command; SettingsError when a settings file is wrong, UsageError for a bad date."""
    now = SystemClock().now()
    settings = load_settings(Path.cwd(), config, os.environ, flags)
    day = prices_as_of or settings.objective.prices_as_of
    at = now if day is None else past_time(day, now)
    return Workspace(settings, load_catalog(settings), at, at.date() < now.date())


def planning_workspace(flags: PlanningFlags, run: Mapping[str, object] | None = None) -> Workspace:
    """The workspace of `plan` and `run`, their flags above every settings file."""
    given = {
        "objective.min_quality": flags.min_quality,
        "objective.baseline_share": flags.baseline_share,
        "objective.confidence": flags.confidence,
        "objective.max_cost": usd(flags.max_cost),
        "objective.baseline": flags.baseline,
        **(run or {}),
    }
    space = open_workspace(flags.config, flags.prices_as_of, given)
    start_at = start_time(flags.start_at, SystemClock().now())
    if start_at is None:
        return space
    if space.historic:
        message = "--start-at: a plan with prices of the past does not begin at another time"
        raise UsageError(message, hint="leave --start-at out, or the prices of a past day")
    return replace(space, at=max(start_at, space.at), start_at=start_at)


def asked_by(workspace: Workspace, flags: PlanningFlags) -> str | None:
    """Where the quality floor comes from when no flag gave it."""
    if any(flag is not None for flag in (flags.min_quality, flags.baseline_share, flags.max_cost)):
        return None
    return workspace.settings.origins.get("objective.min_quality", "defaults")


def usd(amount: str | None, flag: str = "--max-cost") -> str | None:
    """The amount itself; UsageError, naming `flag`, when it is no plain number of dollars."""
    if amount is not None and not _USD.fullmatch(amount):
        message = f"{flag}: `{amount}` is not an amount of dollars"
        raise UsageError(message, hint=f"type a plain number, as in `{flag} 2.50`")
    return amount


def past_time(text: str, now: datetime) -> datetime:
    """The moment whose prices hold: noon UTC of a day without a time; UsageError for no date or one to come."""
    at = price_time(text)
    if at.date() > now.date():
        message = f"`{text}` is still to come: its prices are not known"
        raise UsageError(message, hint="type a day of the past, as in `--prices-as-of 2025-03-01`")
    return at


def names(text: str | None) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())
