"""What waits in provider batches is known to the session that collects it."""

import asyncio
from pathlib import Path

from msgspec import structs

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.records import AttemptKind, Intent, Outcome, OutcomeKind
from modelroute_cli.execution.telemetry.open_intents import open_intents

LINE = Intent(1, 0, AttemptKind.FIRST, "m", "batch", PicoUSD(9), 200, "2026-11-23T10:00:00+00:00", None, 1)


def test_lines_without_an_outcome_are_open(tmp_path: Path) -> None:
    """Not those that were answered, nor what was sent at once: that never waits for another session."""
    path = tmp_path / "journal.db"

    async def written() -> None:
        journal = Journal.open(path, "sha256:plan")
        try:
            at_once = structs.replace(LINE, attempt=3, batch=None)
            await journal.write_all([LINE, structs.replace(LINE, attempt=2, row=1), at_once])
            await journal.write(Outcome(attempt=2, outcome=OutcomeKind.ANSWERED))
        finally:
            await journal.close()

    asyncio.run(written())
    assert open_intents(path) == (LINE,)


def test_a_run_that_begins_has_none(tmp_path: Path) -> None:
    """There is no journal yet."""
    assert open_intents(tmp_path / "journal.db") == ()
