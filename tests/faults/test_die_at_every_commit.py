"""The program dies between any two writes of its journal, each time in a process of its own that ends at once.

`DEATH_ROWS` in the environment makes the run longer.
"""

import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import msgspec
import pytest
import support
from support.dies_at import Death
from support.plans import CHEAP, WORST
from support.runs import scratch

import modelroute_cli

ROWS = int(os.environ.get("DEATH_ROWS", "3"))
SCRIPT = Path(support.__path__[0]) / "dies_at.py"
PYTHONPATH = os.pathsep.join(str(Path(place).parent) for place in (*modelroute_cli.__path__, *support.__path__))


@pytest.fixture(scope="module")
def deaths() -> list[Death]:
    """A death at each commit of a run of a few rows, two in flight."""
    with scratch() as folder:
        command = [sys.executable, str(SCRIPT), str(folder), "--rows", str(ROWS), "--concurrency", "2"]
        told = subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": PYTHONPATH})
    return [msgspec.json.decode(line, type=Death) for line in told.stdout.splitlines()]


def test_it_dies_before_and_after_every_commit(deaths: list[Death]) -> None:
    """None is left out, each in turn; how many there are depends on what a busy machine writes together."""
    commits = {after: [death.at for death in some] for after, some in groupby(deaths, key=lambda death: death.after)}
    for after in (False, True):
        assert commits[after] == list(range(1, len(commits[after]) + 1))
        assert len(commits[after]) >= 2 * ROWS


def test_no_request_is_lost(deaths: list[Death]) -> None:
    """Continued with the same command, every run answers all of it."""
    assert {death.accepted for death in deaths} == {ROWS}


def test_no_answer_that_stands_in_the_journal_is_asked_or_paid_again(deaths: list[Death]) -> None:
    """One answer each, and no attempt after it."""
    assert {(death.answers, death.asked_again) for death in deaths} == {(ROWS, 0)}


def test_what_is_paid_again_is_at_most_what_was_in_flight(deaths: list[Death]) -> None:
    """The provider's own books count no more; some deaths really leave something in flight."""
    assert [death for death in deaths if death.sent > ROWS + death.in_flight] == []
    assert max(death.in_flight for death in deaths) == 2
    assert max(death.sent for death in deaths) == ROWS + 2


def test_what_was_in_flight_is_told_and_held(deaths: list[Death]) -> None:
    """Each attempt whose answer was lost, with all that it may have cost."""
    assert [death for death in deaths if death.unknown != death.in_flight] == []
    assert [death for death in deaths if death.held_pusd != death.in_flight * WORST[CHEAP]] == []
