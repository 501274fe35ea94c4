"""The user's history as the settings say, for the commands about it."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.base.errors import HistoryError, UsageError
from modelroute_cli.catalog.load import load_settings
from modelroute_cli.catalog.settings import HistorySettings, Settings
from modelroute_cli.catalog.suggest import did_you_mean
from modelroute_cli.pilot.history.place import history_file
from modelroute_cli.pilot.history.weighing import Ageing


@dataclass(frozen=True, slots=True)
class Store:
    """Where it lies, how it ages, and today."""

    file: Path
    settings: HistorySettings
    today: date

    @property
    def ageing(self) -> Ageing:
        """As the settings say."""
        return ageing(self.settings)


def open_store(config: Path | None) -> Store:
    """The history that the settings name; HistoryError where there is no place for one."""
    settings = load_settings(Path.cwd(), config, os.environ, {})
    return Store(_file(settings), settings.history, SystemClock().now().date())


def ageing(settings: HistorySettings) -> Ageing:
    """How fast measurements lose weight."""
    return Ageing(settings.half_life_days, settings.version_weight)


def unknown(name: str, known: Iterable[str], what: str) -> UsageError:
    """`name` is not in the history."""
    message = f"the history has no {what} `{name}`"
    return UsageError(message, hint=did_you_mean(name, known, "`modelroute history` lists what it has"))


def _file(settings: Settings) -> Path:
    found = history_file(settings, os.environ, sys.platform)
    if found is None:
        message = "there is no home folder to keep a history in"
        raise HistoryError(message, hint="name a file with `MODELROUTE_HISTORY=FILE`")
    return found
