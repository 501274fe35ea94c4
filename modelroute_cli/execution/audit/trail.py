"""A run's part of the log: a session's beginning and end, and everything of its journal that is not there yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.audit.chain import Hasher
from modelroute_cli.execution.audit.cursor import Cursor, Life, has_cursor, load, save
from modelroute_cli.execution.audit.entries import AnyEntry, Began, Ended, ModelTerms, Note
from modelroute_cli.execution.audit.head import Head
from modelroute_cli.execution.audit.journaled import Source, news
from modelroute_cli.execution.audit.noted import note_head
from modelroute_cli.execution.audit.place import AuditPlace
from modelroute_cli.execution.audit.writing import LogOptions, LogWriter, iso, writing
from modelroute_cli.execution.database import reading
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan, PlanHeader

T = TypeVar("T")

_ABOVE = 3  # folders inside a run's, such as that of its questions, are the run's


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """How a folder's log is written, and by whom."""

    place: AuditPlace
    hasher: Hasher
    tool_version: str
    user: str | None = None  # None: not to be told
    host: str | None = None
    texts: bool = False
    segment_bytes: int = 64_000_000

    @contextmanager
    def open(self, at: datetime) -> Iterator[LogWriter]:
        """The log, under its lock."""
        with writing(self.place, LogOptions(self.hasher, at, self.segment_bytes)) as log:
            yield log


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a session of a run is."""

    plan: Plan
    what: str  # run, pilot, certify, questions
    purpose: str  # send, cancel, catch_up
    emulated: bool
    cap_pusd: PicoUSD
    accepted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfSession:
    """How it ended; counts and money of the whole run, None where an error left them unsaid."""

    status: str
    sent: int | None = None
    accepted: int | None = None
    failed: int | None = None
    spent_pusd: PicoUSD | None = None
    held_pusd: PicoUSD | None = None


def begin(trail: Trail, folder: RunFolder, session: Beginning, at: datetime) -> Head:
    """Take in what an earlier session left, then note the new one; StorageError, CredentialError."""
    with _run(trail, folder, session.plan, at) as (log, cursor):
        _append(log, cursor, _began(trail, folder, session, cursor, at))
    return _settled(trail, folder, log, cursor)


def end(trail: Trail, folder: RunFolder, plan: Plan, ended: EndOfSession, at: datetime) -> Head:
    """Take in what the session journaled, then note its end; StorageError, CredentialError."""
    with _run(trail, folder, plan, at) as (log, cursor):
        if cursor.of is not None:
            _append(log, cursor, _ended(folder, ended, cursor.of, at))
    return _settled(trail, folder, log, cursor)


def catch_up(trail: Trail, folder: RunFolder, session: Beginning, at: datetime) -> int:
    """Take in what is missing of a run that nobody executes; how many entries that were. StorageError."""
    with _run(trail, folder, session.plan, at, session) as (log, cursor):
        pass
    return _settled(trail, folder, log, cursor).entries - log.found


def note(trail: Trail, what: str, subject: str, at: datetime) -> None:
    """Tell of something done besides runs, such as `runs_pruned`; StorageError, CredentialError."""
    with trail.open(at) as log:
        log.append(Note(at=iso(at), what=what, subject=subject, user=trail.user, host=trail.host))


def life_of(folder: RunFolder) -> Life:
    """Which run a folder is of; one that lies inside a run's own began with it."""
    for place in (folder.path, *folder.path.parents[:_ABOVE]):
        try:
            made = msgspec.json.decode((place / "meta.json").read_bytes(), type=_Made)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            continue
        return Life(folder.run_id, made.created_at)
    return Life(folder.run_id, "")


class _Made(Struct, frozen=True):
    created_at: str


@contextmanager
def _run(
    trail: Trail, folder: RunFolder, plan: Plan, at: datetime, late: Beginning | None = None
) -> Iterator[tuple[LogWriter, Cursor]]:
    """The log with the run's journal taken in; where the run has no beginning in it, `late` gives it one."""
    with trail.open(at) as log:
        is_new, life = not folder.journal.exists(), life_of(folder)
        is_known = not is_new or has_cursor(trail.place, life)  # else all of the log would be read for nothing
        cursor = load(trail.place, life, log.head) if is_known else Cursor(life=life)
        if late is not None and cursor.of is None and not is_new:
            _append(log, cursor, _began(trail, folder, late, cursor, at))
        if cursor.of is not None and not is_new:
            _take_in(trail, folder, plan, (log, cursor))
        yield log, cursor


def _take_in(trail: Trail, folder: RunFolder, plan: Plan, to: tuple[LogWriter, Cursor]) -> None:
    log, cursor = to
    with reading(folder.journal) as connection:
        source = Source(connection=connection, plan=plan, run_id=folder.run_id, of=cursor.of or 0, texts=trail.texts)
        for entry in news(source, cursor):
            _append(log, cursor, entry)


def _append(log: LogWriter, cursor: Cursor, entry: AnyEntry) -> None:
    cursor.absorb(entry, log.append(entry))


def _settled(trail: Trail, folder: RunFolder, log: LogWriter, cursor: Cursor) -> Head:
    """What the log came to, kept where it is looked for."""
    save(trail.place, cursor, log.head)
    note_head(folder.path, log.head)
    return log.head


def _ended(folder: RunFolder, ended: EndOfSession, of: int, at: datetime) -> Ended:
    return Ended(
        of=of,
        run_id=folder.run_id,
        at=iso(at),
        status=ended.status,
        sent=ended.sent,
        accepted=ended.accepted,
        failed=ended.failed,
        spent_pusd=ended.spent_pusd,
        held_pusd=ended.held_pusd,
    )


def _began(trail: Trail, folder: RunFolder, session: Beginning, cursor: Cursor, at: datetime) -> Began:
    header = session.plan.header
    return Began(
        of=cursor.of,
        at=iso(at),
        run_id=folder.run_id,
        created_at=cursor.life.created_at,
        what=session.what,
        purpose=session.purpose,
        accepted=session.accepted,
        user=trail.user,
        host=trail.host,
        tool_version=trail.tool_version,
        plan_tool_version=header.tool_version,
        emulated=session.emulated,
        plan_sha256=plan_file.digest(folder.plan).removeprefix("sha256:"),
        job_digest=header.job.digest,
        job_source=header.job.source,
        requests=header.totals.requests,
        duplicates=header.totals.duplicates,
        settings_digest=header.settings_digest,
        rates_digest=header.rates_digest,
        prices_at=header.prices_at,
        quality_source=header.quality_source,
        planned_pusd=header.totals.cost_pusd,
        cap_pusd=session.cap_pusd,
        models=tuple(_terms(header, card) for card in header.models.values()),
    )


def _terms(header: PlanHeader, card: ModelCard) -> ModelTerms:
    provider, rates = header.providers.get(card.provider), header.rate_cards.get(card.name)
    return ModelTerms(
        model=card.name,
        provider=card.provider,
        model_id=card.model_id,
        regions=card.regions or (() if provider is None else provider.regions),
        retention_days=_own(card.retention_days, None if provider is None else provider.retention_days),
        trains_on_data=_own(card.trains_on_data, None if provider is None else provider.trains_on_data),
        price_source=None if rates is None else rates.source,
        price_date=None if rates is None else rates.price_date,
    )


def _own(own: T | None, other: T | None) -> T | None:
    """What is said of a model, else of its provider."""
    return other if own is None else own


def run_kind(folder: Path) -> str:
    """What a run's folder is of, by where it lies."""
    if folder.name == "questions":
        return "questions"
    return {"pilots": "pilot", "hold_outs": "certify"}.get(
        folder.parent.name, "run" if folder.parent.name == "runs" else "scoring"
    )
