"""Whom a run tells what: people, its log, and the journal where it happened to the run as a whole."""

from modelroute_cli.execution.records import Event, EventKind
from modelroute_cli.execution.run_log import LogEvent, LogLine
from modelroute_cli.execution.secrets import secrets_of
from modelroute_cli.execution.work import Observer, RunWork
from modelroute_cli.providers.scrub import hide_known


class Teller:
    """Passes on what is told; StorageError when log or journal cannot take it."""

    def __init__(self, work: RunWork, observer: Observer) -> None:
        self._work = work
        self._observer = observer

    def notice(self, text: str) -> None:
        """Tell people, and keep it in the log."""
        self._observer.on_notice(text)
        self.log(LogEvent.NOTICE, text)

    def happened(self, kind: EventKind | None, subject: str, text: str, requests: int = 0) -> None:
        """Tell people, and keep what happened to the run as a whole."""
        self.notice(text)
        if kind is not None:
            at = self._work.clock.now().isoformat(timespec="microseconds")
            self._work.journal.note(Event(at, kind, subject, requests, text))

    def program(self, text: str) -> None:
        """Keep what a program that judges answers wrote, without the keys of this run."""
        self.log(LogEvent.PROGRAM, hide_known(text, secrets_of(self._work.credentials)))

    def log(self, event: LogEvent, text: str) -> None:
        """Keep a line in the log, where one is kept."""
        if self._work.log is not None:
            self._work.log.write(self._work.clock.now(), LogLine(event, text))
