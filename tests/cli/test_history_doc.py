"""docs/history.md says what the history does."""

import re
from pathlib import Path

import msgspec

from modelroute_cli.base.statistics import Bounds, Sample, t_interval
from modelroute_cli.catalog.settings import HistorySettings
from modelroute_cli.cli.app import joined
from modelroute_cli.cli.use_history import UsedHistory
from modelroute_cli.pilot.history.before import KIND_WEIGHT
from modelroute_cli.pilot.history.beliefs import LEAST
from modelroute_cli.pilot.history.forms import FIELDS, FORMS
from modelroute_cli.pilot.history.weighing import Ageing
from modelroute_cli.pilot.posterior import PRIOR_WEIGHT
from modelroute_cli.planning.measured import Measured
from modelroute_cli.report.history_screen import EMULATED
from modelroute_cli.report.history_summary import LEVEL

TEXT = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")
SAID = " ".join(TEXT.split())


def test_its_numbers_are_those_of_the_program() -> None:
    """Half-life, the weight of versions, how much is enough, how much a kind and the table count for."""
    settings = HistorySettings()
    assert (settings.half_life_days, settings.version_weight) == (90, 0.25)
    assert Ageing(settings.half_life_days, settings.version_weight) == Ageing()
    assert "half of it each 90 days" in SAID
    assert "counts a quarter" in SAID
    assert "100 measurements of 90 days ago by an older version count as 12.5" in SAID
    assert (LEAST, "at least 20 requests, aged" in SAID) == (20, True)
    assert (KIND_WEIGHT, "counts as five requests at most" in SAID) == (5, True)
    assert (PRIOR_WEIGHT, "shipped table as five requests at most" in SAID) == (5, True)


def test_its_example_of_an_interval_is_true() -> None:
    """Thirty right answers of thirty."""
    found = t_interval(Sample(30, 1.0, 0.0), LEVEL, Bounds(0.0, 1.0))
    assert f"thirty right answers of thirty are {found.low:.2f} to {found.high:.2f}" in SAID


def test_every_command_in_it_is_one() -> None:
    """As it is typed."""
    commands = re.findall(r"^modelroute (history(?: [a-z]+)?)", TEXT, re.MULTILINE)
    assert commands == ["history", "history show", "history forget", "history export", "history import"]
    assert [joined(command.split()) for command in commands] == [[command] for command in commands]


def test_what_a_plan_says_of_it_is_what_stands_there() -> None:
    """Word for word."""
    groups = {name: name for name in "abc"}
    measured = Measured(baseline="gpt-5", scorer="expected", confidence=0.95, z=2.0, groups=groups, cells={})
    told = UsedHistory(measured, None).told
    assert told is not None
    assert told.replace("`", "") in SAID
    assert EMULATED.partition(":")[0] in SAID


def test_the_forms_and_columns_of_an_export_are_those_it_names() -> None:
    """And nothing in them is a text of the user's."""
    assert all(f"{ending}" in SAID for ending in FORMS)
    assert all(f"`{name}`" in SAID for name in ("cost_usd", "day", "model_served"))
    assert {"cost_usd", "day", "model_served"} <= set(FIELDS)
    assert "custom_id" not in FIELDS
    assert msgspec.structs.fields(HistorySettings)[0].name == "keep"
