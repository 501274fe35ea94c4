"""Audit logs made by hand, and runs to be taken into one."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from support.plans import CHEAP, Row, plan_of

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.audit.chain import Hasher
from modelroute_cli.execution.audit.entries import Decision, Ending, RequestEntry
from modelroute_cli.execution.audit.looking import Found, look
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.trail import Beginning, EndOfSession, Trail, begin, catch_up, end
from modelroute_cli.execution.audit.writing import LogOptions, writing
from modelroute_cli.execution.journal_schema import migrate
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
KEY = b"a key of thirty-two bytes, kept."
PLAIN, KEYED = Hasher(), Hasher(KEY)
SENT = "2026-11-23T10:00:00.000000+00:00"


def request(row: int, custom_id: str | None = None) -> RequestEntry:
    """An entry about a request that was accepted."""
    return RequestEntry(
        of=1,
        run_id="run1",
        row=row,
        custom_id=custom_id or f"mail-{row}",
        task_type="email",
        template="t1",
        decision=Decision("cheap-1", "standard", "all", "by hand", PicoUSD(600), PicoUSD(2100), 0.9, 0.8),
        ended=Ending("accepted", row + 1),
    )


def log_of(root: Path, count: int, hasher: Hasher = PLAIN, segment_bytes: int = 64_000_000) -> AuditPlace:
    """A log with so many requests, written at once."""
    place = AuditPlace(root)
    with writing(place, LogOptions(hasher, AT, segment_bytes)) as log:
        for row in range(count):
            log.append(request(row))
    return place


def told(place: AuditPlace) -> list[Found]:
    """Everything that stands in a log."""
    return list(look(place))


def requests_told(place: AuditPlace) -> list[RequestEntry]:
    """What stands in it about requests."""
    return [each.entry for each in told(place) if isinstance(each.entry, RequestEntry)]


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder with a plan and a journal that tests write into, and the log beside it."""

    folder: RunFolder
    plan: Plan
    trail: Trail

    @classmethod
    def of(cls, root: Path, rows: Sequence[Row], hasher: Hasher = PLAIN) -> "Run":
        """A run that was begun and sent nothing."""
        folder, plan = RunFolder(root / "runs", "run1"), plan_of(rows)
        folder.path.mkdir(parents=True)
        plan_file.write(plan, folder.plan)
        (folder.path / "meta.json").write_text('{"created_at":"2026-11-23T09:59:00+00:00"}')
        return cls(folder, plan, Trail(place=AuditPlace(root / "audit"), hasher=hasher, tool_version="0.1.0"))

    def write(self, command: str, *values: object) -> None:
        """Change its journal."""
        with closing(sqlite3.connect(self.folder.journal)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")  # no test cuts the power
            migrate(connection, self.folder.journal)
            connection.execute(command, values)

    def sent(self, attempt: int, row: int, kind: str = "first", batch: int | None = None) -> None:
        """An attempt that nothing came back of."""
        values = (attempt, row, kind, CHEAP, SENT, batch, f"{attempt:064x}")
        self.write(
            "INSERT INTO intents (attempt, row, kind, model, started_at, batch, prompt_sha256, service_tier, "
            "reserved_pusd, max_tokens) VALUES (?, ?, ?, ?, ?, ?, ?, 'standard', 2100, 200)",
            *values,
        )

    def came(self, attempt: int, text: str = "an answer", outcome: str = "answered") -> None:
        """What came back."""
        self.write(
            "INSERT OR REPLACE INTO outcomes (attempt, outcome, text, finish_reason, input_tokens, output_tokens, "
            "cost_pusd, latency_s, emulated) VALUES (?, ?, ?, 'stop', 100, 50, 600, 0.5, 0)",
            *(attempt, outcome, text),
        )

    def judged(self, attempt: int, row: int) -> None:
        """It passed, and the request is accepted with it."""
        self.write("INSERT INTO verdicts (attempt, passed, gate, detail) VALUES (?, 1, 'pass', '')", attempt)
        self.write("INSERT INTO finals VALUES (?, 'accepted', ?, '')", row, attempt)

    def accepted(self, attempt: int, row: int) -> None:
        """One request, from beginning to end."""
        self.sent(attempt, row)
        self.came(attempt)
        self.judged(attempt, row)

    def begin(self) -> None:
        """A session begins."""
        begin(self.trail, self.folder, self.beginning("send"), AT)

    def end(self) -> None:
        """It ends."""
        end(self.trail, self.folder, self.plan, EndOfSession(status="done"), AT)

    def catch_up(self) -> int:
        """What a crash left out."""
        return catch_up(self.trail, self.folder, self.beginning("catch_up"), AT)

    def beginning(self, purpose: str) -> Beginning:
        """A session of it."""
        return Beginning(plan=self.plan, what="run", purpose=purpose, emulated=False, cap_pusd=PicoUSD(10**9))
