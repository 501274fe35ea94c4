"""docs/scorers.md says what scorers do: its table is computed, its program runs, its words are those of the code."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import get_args

import pytest
from support.pilot_answers import answer, requests

from modelroute_cli.pilot.scorers.choose import ScorerKind
from modelroute_cli.pilot.scorers.command import Scorer, by_command
from modelroute_cli.pilot.scorers.expected import Mode, share_right
from modelroute_cli.pilot.scorers.sheet import COLUMNS

TEXT = (Path(__file__).parents[3] / "docs" / "scorers.md").read_text("utf-8")
TESTED = TEXT.partition("<!-- tested:")[2].partition("\n\n")[0]
ROWS = re.findall(r"^\| `(\w+)` \| `(.*?)` \| `(.*?)` \| ([\d.]+) \|$", TESTED, re.MULTILINE)


def test_the_table_has_an_example_of_every_mode() -> None:
    """And no row of it is passed over."""
    assert {mode for mode, *_ in ROWS} == set(get_args(Mode))
    assert len(ROWS) == TESTED.count("\n|") - 2


@pytest.mark.parametrize(("mode", "output", "expected", "quality"), ROWS)
def test_every_example_is_true(mode: Mode, output: str, expected: str, quality: str) -> None:
    """As it stands there."""
    assert share_right(output, json.loads(expected), mode) == float(quality)


def test_every_scorer_is_in_the_first_table_the_strongest_first() -> None:
    """In the order in which they are chosen."""
    found = re.findall(r"^\| `(\w+)", TEXT.partition("## How to choose")[0], re.MULTILINE)
    assert found == [kind.value for kind in ScorerKind]


def test_every_column_of_the_sheet_is_explained() -> None:
    """In its order."""
    assert tuple(re.findall(r"^\| `(\w+)` \|", TEXT.partition("## labels")[2], re.MULTILINE)) == COLUMNS


def test_the_program_scores(tmp_path: Path) -> None:
    """Copied as it is."""
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    place = tmp_path / "score.py"
    place.write_text(code, "utf-8")
    scorer = Scorer(run=(sys.executable, "-S", "-E", str(place)), env={"PATH": os.environ.get("PATH", "")})
    told = [answer("a", "m", "one two three"), answer("a", "n", "word " * 12)]
    assert [each.quality for each in asyncio.run(by_command(told, requests(), scorer))] == [0.3, 1.0]
