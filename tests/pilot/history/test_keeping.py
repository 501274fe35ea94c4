"""Rows of a history recorded, taken, read, forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.measured import EMAIL, About, day, observations, observed, part, row

from modelroute_cli.pilot.history import keeping
from modelroute_cli.pilot.history.keeping import Taken, Which, forget, matching, record, take
from modelroute_cli.pilot.history.sums import Sums, summed
from modelroute_cli.pilot.observation import Observation

MEASURED = [*observed("gpt-5", [1.0, 0.5]), *observed("gpt-6-luna", [0.5, 0.5])]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a history, in a folder that is not there yet."""
    return tmp_path / "data" / "history.db"


def test_what_was_recorded_is_read_back(file: Path) -> None:
    """The same sums, whole."""
    assert record(file, MEASURED, part()) == 2
    assert keeping.rows(file) == summed(MEASURED, part())


def test_recording_a_run_again_replaces_what_it_had_recorded(file: Path) -> None:
    """A run that goes on records all it knows, each time."""
    record(file, MEASURED[:3], part())
    record(file, MEASURED, part())
    record(file, MEASURED, part())
    assert keeping.rows(file) == summed(MEASURED, part())


def test_a_runs_pilot_and_the_run_itself_are_two_parts(file: Path) -> None:
    """The control sample of a run does not take its pilot's place."""
    record(file, MEASURED, part(source="pilot"))
    record(file, MEASURED[:1], part(source="run"))
    assert [found.source for found in keeping.rows(file)] == ["pilot", "run", "pilot"]


def test_a_history_that_is_not_there_is_empty_and_stays_away(file: Path) -> None:
    """Reading makes no file."""
    assert (keeping.rows(file), file.parent.exists()) == ((), False)


def test_emulated_rows_are_told_apart(file: Path) -> None:
    """They are never mixed with real ones."""
    record(file, [*MEASURED, *observed("gpt-5", [0.0], About(emulated=True))], part())
    assert [found.emulated for found in keeping.rows(file, emulated=True)] == [True]
    assert [found.emulated for found in keeping.rows(file, emulated=False)] == [False, False]


def test_taking_the_same_rows_twice_changes_nothing(file: Path) -> None:
    """An import may be repeated."""
    rows = summed(MEASURED, part())
    assert take(file, rows) == Taken(new=2, replaced=0, known=0)
    assert take(file, rows) == Taken(new=0, replaced=0, known=2)
    assert keeping.rows(file) == rows


def test_a_row_with_other_sums_takes_the_place_of_the_one_that_is_there(file: Path) -> None:
    """The file is believed: it may come from where the run went on."""
    take(file, summed(MEASURED, part()))
    newer = summed([*MEASURED, *observed("gpt-6-luna", [1.0], first=7)], part())
    assert take(file, newer) == Taken(new=0, replaced=1, known=1)
    assert keeping.rows(file) == newer


def test_what_is_forgotten_is_overwritten_in_the_file(file: Path) -> None:
    """Not even a look into its bytes shows the name."""
    record(file, observed("gpt-6-luna", [1.0] * 3, About(template="email-en-deadbeef")), part())
    assert b"email-en-deadbeef" in file.read_bytes()
    assert forget(file, Which(template="email-en-deadbeef")) == 1
    left = [path for path in file.parent.iterdir() if b"email-en-deadbeef" in path.read_bytes()]
    assert left == []


ROWS = (
    row("gpt-5", [1.0], part("one", at=day("2026-01-01"))),
    row("gpt-5", [1.0], part("two", at=day("2026-06-01"))),
    row("gpt-6-luna", [1.0], part("two", at=day("2026-06-01"))),
    row("gpt-6-luna", [1.0], part("two", at=day("2026-06-01")), About(template="math-en-0000ffff")),
)


@pytest.mark.parametrize(
    ("which", "left"),
    [
        (Which(template=EMAIL), [3]),
        (Which(model="gpt-5"), [2, 3]),
        (Which(before=date(2026, 6, 1)), [1, 2, 3]),
        (Which(run="two"), [0]),
        (Which(run="two", model="gpt-5"), [0, 2, 3]),
        (Which(model="gpt"), [0, 1, 2, 3]),
        (Which(), []),
    ],
)
def test_exactly_what_is_meant_is_forgotten(file: Path, which: Which, left: list[int]) -> None:
    """Every flag narrows it; the day itself stays."""
    take(file, ROWS)
    assert forget(file, which) == len(ROWS) - len(left)
    assert set(keeping.rows(file)) == {ROWS[number] for number in left}


@contextmanager
def _folder() -> Iterator[Path]:
    """A place of its own for each example."""
    with TemporaryDirectory() as folder:
        yield Path(folder) / "history.db"


some = st.sampled_from
whiches = st.builds(
    Which,
    template=some([None, EMAIL, "math-en-0000ffff", "x' OR '1'='1"]),
    model=some([None, "gpt-5", "gpt-6-luna"]),
    before=some([None, date(2026, 3, 1), date(2026, 7, 1)]),
    run=some([None, "one", "two"]),
)


@settings(max_examples=12)
@given(st.sets(some(ROWS)), whiches)
def test_forgetting_deletes_what_it_says_it_will(rows: set[Sums], which: Which) -> None:
    """What is shown before the question is what goes, and nothing else."""
    with _folder() as file:
        take(file, tuple(rows))
        meant = set(matching(rows, which))
        assert forget(file, which) == len(meant)
        assert set(keeping.rows(file)) == rows - meant


@settings(max_examples=10)
@given(st.lists(observations(6), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_runs_may_be_recorded_in_any_order(runs: list[list[Observation]], random: Random) -> None:
    """The history is the sum of its parts."""
    parts = [(part(f"run-{number}"), measured) for number, measured in enumerate(runs)]
    expected = {found for of, measured in parts for found in summed(measured, of)}
    random.shuffle(parts)
    with _folder() as file:
        for of, measured in parts:
            record(file, measured, of)
        assert set(keeping.rows(file)) == expected


def test_the_same_day_of_another_run_is_another_row(file: Path) -> None:
    """Runs can be forgotten one by one."""
    record(file, MEASURED[:2], part("one"))
    record(file, MEASURED[:2], replace(part("two"), baseline="gpt-4.1"))
    assert [(found.run, found.baseline) for found in keeping.rows(file)] == [("two", "gpt-4.1"), ("one", "gpt-5")]
