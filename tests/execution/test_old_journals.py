"""A run that an older modelroute began goes on with this one: journals of every version, in the middle of a run."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.fake_transport import FakeProvider, always, answer
from support.plans import CHEAP, WORST, Row
from support.runs import DIGEST, Job, run

from modelroute_cli.base.errors import StorageError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal_read import Bills, attempts_frame, bills, finals_frame, read_state
from modelroute_cli.execution.journal_schema import MIGRATIONS
from modelroute_cli.execution.results import result_rows

_STARTED = "2026-11-20T10:00:00.000000+00:00"
_IN_THE_MIDDLE = f"""
INSERT INTO facts VALUES ('plan_digest', '{DIGEST}');
INSERT INTO caps VALUES ('{_STARTED}', 1000000000);
INSERT INTO intents (attempt, row, kind, model, service_tier, reserved_pusd, max_tokens, started_at) VALUES
    (1, 0, 'first', '{CHEAP}', 'standard', 2100, 200, '{_STARTED}'),
    (2, 1, 'first', '{CHEAP}', 'standard', 2100, 200, '{_STARTED}'),
    (3, 2, 'first', '{CHEAP}', 'standard', 2100, 200, '{_STARTED}');
INSERT INTO outcomes (attempt, outcome, text, finish_reason, input_tokens, output_tokens, cost_pusd, emulated) VALUES
    (1, 'answered', 'done before', 'stop', 100, 50, 600, 0),
    (2, 'answered', 'not judged yet', 'stop', 100, 50, 600, 0);
INSERT INTO verdicts (attempt, passed, gate, detail, output) VALUES (1, 1, 'pass', '', NULL);
INSERT INTO finals VALUES (0, 'accepted', 1, '')
"""  # noqa: S608 - our own words


def _journal_of(version: int, path: Path) -> None:
    """A journal as that version left it when it was killed: one request ended, one answered, one in flight."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for step in MIGRATIONS[:version]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {version}")
        for statement in _IN_THE_MIDDLE.split(";"):
            connection.execute(statement)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_a_run_of_every_earlier_version_goes_on(tmp_path: Path, version: int) -> None:
    """Nothing is asked again that was answered, what was in flight is held and goes last, the rest is sent."""
    job = Job.of([Row() for _ in range(4)], tmp_path)
    _journal_of(version, job.journal)
    provider = FakeProvider(always(answer("asked now")))

    outcome = run(job, provider)

    assert [call.request.custom_id for call in provider.sent] == ["r3", "r2"]
    assert (outcome.accepted, outcome.spent_pusd, outcome.held_pusd) == (4, 4 * 600, WORST[CHEAP])
    told = [row.output for row in result_rows(job.journal, job.plan)]
    assert told == ["done before", "not judged yet", "asked now", "asked now"]


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_an_earlier_run_can_be_looked_at_once_it_went_on(tmp_path: Path, version: int) -> None:
    """Status and report read what all versions wrote as one."""
    job = Job.of([Row() for _ in range(4)], tmp_path)
    _journal_of(version, job.journal)
    run(job, FakeProvider(always(answer("asked now"))))
    state = read_state(job.journal)
    assert (state.accepted, state.attempts, state.unknown, state.open) == (4, 5, 1, 0)
    assert attempts_frame(job.journal)["verdict"].to_list() == ["pass", "pass", None, "pass", "pass"]
    assert finals_frame(job.journal)["attempt"].to_list() == [1, 2, 5, 4]


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_an_earlier_run_that_ended_can_be_looked_at_as_it_is(tmp_path: Path, version: int) -> None:
    """Its journal is not touched: the modelroute that made it may still be at work."""
    path = tmp_path / "journal.db"
    _journal_of(version, path)
    before = path.read_bytes()
    state = read_state(path)
    assert (state.accepted, state.answered, state.open, state.spent_pusd) == (1, 2, 1, 1200)
    assert bills(path) == Bills(0, PicoUSD(0), PicoUSD(0))
    assert attempts_frame(path)["outcome"].to_list() == ["answered", "answered", "unknown"]
    plan = Job.of([Row() for _ in range(4)], tmp_path).plan
    assert next(result_rows(path, plan)).output == "done before"
    assert (path.read_bytes(), sorted(item.name for item in tmp_path.iterdir())) == (before, ["journal.db"])


def test_a_run_of_a_newer_version_is_not_read(tmp_path: Path) -> None:
    """What its columns mean is not known here."""
    path = tmp_path / "journal.db"
    _journal_of(len(MIGRATIONS), path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(StorageError) as caught:
        read_state(path)
    assert caught.value.message == (
        f"the journal `{path}` was written by a newer modelroute (format {len(MIGRATIONS) + 1})"
    )
    assert caught.value.hint == "upgrade modelroute, or use `--restart`"
