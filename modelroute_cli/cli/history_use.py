"""The user's history in a command that measures or plans: recalled before, added to afterwards, never in the way."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace

from modelroute_cli.catalog.settings import Settings
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.history_place import ageing
from modelroute_cli.pilot.history.before import before
from modelroute_cli.pilot.history.place import kept_file
from modelroute_cli.pilot.history.recall import Question
from modelroute_cli.pilot.history.sums import Part
from modelroute_cli.pilot.history.unhindered import Known, keep, known
from modelroute_cli.pilot.observation import Observation
from modelroute_cli.pilot.posterior import Before


@dataclass(frozen=True, slots=True)
class Past:
    """What was known before, for the quality model, and a warning where the history cannot be read."""

    before: Before
    warning: str | None


def past(settings: Settings, question: Question) -> Past:
    """What the history knows, aged as the settings say."""
    found = recalled_by(settings, question)
    return Past(before(found.recalled), found.warning)


def recalled_by(settings: Settings, question: Question) -> Known:
    """What the history that the settings name knows, aged as they say; nothing where none is kept."""
    asked = replace(question, ageing=ageing(settings.history))
    return known(kept_file(settings, os.environ, sys.platform), asked)


def remember(settings: Settings, measured: Iterable[Observation], part: Part, console: Console) -> None:
    """Add what was measured to the history, in the place of what this part of the run had added before."""
    warning = keep(kept_file(settings, os.environ, sys.platform), measured, part)
    if warning is not None:
        console.note(f"warning: {warning}", "warning")
