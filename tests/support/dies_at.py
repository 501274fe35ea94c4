"""A program that dies at each of its journal's commits in turn, and is started again: what became of the run?

    python tests/support/dies_at.py FOLDER [--rows 5] [--concurrency 2]

Each life is a process of its own that ends by `os._exit`, just before or just after a commit, so nothing is flushed,
closed or told. The provider's books are a file that outlives them all. One line of JSON a death, until none comes.
"""

import argparse
import asyncio
import os
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import NoReturn

import msgspec
from msgspec import Struct
from support.dying_journal import opened_dying
from support.plans import Row
from support.runs import Job, Setup, run

from modelroute_cli.catalog.cards import Provider
from modelroute_cli.catalog.settings import RunSettings
from modelroute_cli.providers.base import WireFormat, WireRequest, WireResponse
from modelroute_cli.providers.formats import format_for

ENDED, BROKEN, DEAD = 0, 1, 9
_BODY = msgspec.json.encode(
    {
        "id": "x",
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "fine"}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150},
    }
)


class Death(Struct, frozen=True, kw_only=True):
    """One death and what the run came to after it."""

    at: int  # the commit
    after: bool  # it died just after it, else just before
    in_flight: int  # intents without an outcome when it died
    sent: int  # requests that the provider got, in both lives
    accepted: int
    answers: int  # that stand in the journal at the end
    asked_again: int  # attempts that were made after an answer of the same request stood in the journal
    unknown: int  # attempts that the journal tells as lost
    held_pusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One process of a run: it ends at commit `at`; with 0, when the run does."""

    folder: Path
    rows: int
    concurrency: int
    at: int = 0
    after: bool = False

    def live(self) -> int:
        """In a process of its own; its exit code."""
        child = os.fork()
        if child == 0:
            code = BROKEN
            try:
                self._session()
                code = ENDED
            except BaseException:
                traceback.print_exc()
                raise
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)

    def _session(self) -> None:
        job = Job.of([Row() for _ in range(self.rows)], self.folder)
        opened = opened_dying(self.at, after=self.after, death=_die)
        setup = Setup(settings=RunSettings(concurrency=self.concurrency), open_journal=opened)
        run(job, Bookkeeper(self.folder / "books"), setup)


@dataclass(frozen=True, slots=True)
class Bookkeeper:
    """A provider that notes each request in a file before anything else, and answers a second later."""

    books: Path

    def format_for(self, provider: Provider) -> WireFormat:
        """The true one."""
        return format_for(provider)

    def reached(self, provider: Provider) -> Provider:
        """As it is."""
        return provider

    async def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """A whole answer."""
        del timeout_s
        with self.books.open("a") as books:
            books.write(f"{request.headers['x-client-request-id']}\n")
        await asyncio.sleep(1.0)
        return WireResponse(status=200, headers={"content-type": "application/json"}, body=_BODY)

    async def close(self) -> None:
        """Nothing to close."""


def _die() -> NoReturn:
    os._exit(DEAD)


def deaths(folder: Path, rows: int, concurrency: int) -> Iterator[Death]:
    """A death at every commit of the run, before and after it; each run is then brought to its end."""
    for after in (False, True):
        for at in count(1):
            place = folder / f"{at}-{after}"
            place.mkdir()
            life = Life(folder=place, rows=rows, concurrency=concurrency, at=at, after=after)
            code = life.live()
            if code == ENDED:
                break
            assert code == DEAD, code
            in_flight = _asked(
                place, "SELECT COUNT(*) FROM intents WHERE attempt NOT IN (SELECT attempt FROM outcomes)"
            )
            assert replace(life, at=0).live() == ENDED
            yield _end(life, in_flight)


def _end(life: Life, in_flight: int) -> Death:
    """What both lives together came to."""
    books = life.folder / "books"
    again = (
        "SELECT COUNT(*) FROM intents i JOIN intents j USING (row) JOIN outcomes o ON o.attempt = j.attempt "
        "WHERE o.outcome = 'answered' AND i.attempt > j.attempt"
    )
    held = "SELECT COALESCE(SUM(reserved_pusd), 0) FROM intents JOIN outcomes USING (attempt) WHERE cost_pusd IS NULL"
    return Death(
        at=life.at,
        after=life.after,
        in_flight=in_flight,
        sent=len(books.read_text().splitlines()),
        accepted=_asked(life.folder, "SELECT COUNT(*) FROM finals WHERE status = 'accepted'"),
        answers=_asked(life.folder, "SELECT COUNT(*) FROM outcomes WHERE outcome = 'answered'"),
        asked_again=_asked(life.folder, again),
        unknown=_asked(life.folder, "SELECT COUNT(*) FROM outcomes WHERE outcome = 'unknown'"),
        held_pusd=_asked(life.folder, held),
    )


def _asked(folder: Path, query: str) -> int:
    """One number of a run's journal."""
    with closing(sqlite3.connect(folder / "journal.db")) as journal:
        return int(journal.execute(query).fetchone()[0])


def main() -> None:
    """Read the options, and tell each death."""
    parser = argparse.ArgumentParser(description="die at each commit in turn")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=5)
    parser.add_argument("--concurrency", type=int, default=2)
    options = parser.parse_args()
    for death in deaths(options.folder, options.rows, options.concurrency):
        sys.stdout.write(msgspec.json.encode(death).decode() + "\n")


if __name__ == "__main__":
    main()
