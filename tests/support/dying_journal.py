"""A journal that ends at its nth commit: just before it is written, or just after."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from modelroute_cli.base.errors import StorageError
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.records import Record


def dead() -> NoReturn:
    """The death of a disk, as the rest of the program sees it."""
    msg = "dead"
    raise StorageError(msg)


class DyingJournal(Journal):
    """Counts down to its end; 0 never comes."""

    dies_at: int = 0
    after: bool = False
    death: Callable[[], NoReturn] = staticmethod(dead)

    def _commit(self, records: list[Record]) -> None:
        self.dies_at -= 1
        if self.dies_at == 0 and not self.after:
            self.death()
        super()._commit(records)
        if self.dies_at == 0:
            self.death()


def opened_dying(at: int, *, after: bool, death: Callable[[], NoReturn] = dead) -> Callable[[Path, str], Journal]:
    """Opens journals that end at commit `at`, counted from 1; with 0 they never do."""

    def opened(path: Path, digest: str) -> Journal:
        journal = DyingJournal.open(path, digest)
        assert isinstance(journal, DyingJournal)
        journal.dies_at, journal.after, journal.death = at, after, death
        return journal

    return opened
