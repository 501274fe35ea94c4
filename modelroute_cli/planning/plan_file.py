"""The plan file: a ZIP of `plan.json` and `assignments.parquet`, written whole, read with every check, never stale."""

import hashlib
import io
import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
import polars as pl
from msgspec import Struct

from modelroute_cli.base.errors import ModelrouteError, PlanFileError, StorageError
from modelroute_cli.base.frames import ASSIGNMENTS, SERVICE_TIER, TASK_SOURCE, check
from modelroute_cli.base.schema import ServiceTier
from modelroute_cli.base.spill import Kept
from modelroute_cli.catalog.cards import Catalog
from modelroute_cli.catalog.load import settings_digest
from modelroute_cli.catalog.offers import offers
from modelroute_cli.catalog.prices import RateCard, resolve
from modelroute_cli.catalog.restrictions import every_rule
from modelroute_cli.catalog.settings import Settings
from modelroute_cli.planning.plan import PLAN_FORMAT, Plan, PlanHeader
from modelroute_cli.planning.quality import prior_digest

_HEADER = "plan.json"
_ASSIGNMENTS = "assignments.parquet"
_LATER = ("prefix_chars", "cache_read_tokens", "cache_write_tokens")  # columns that the first plans did not have
_GROUP_ROWS = 125_000
_COPIED_BYTES = 2**20
_MOST_IN_MEMORY = 100_000  # assignments: more are read from a file of their own
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP knows: the same plan is the same bytes
_BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, ValueError, RuntimeError, struct.error)
"""What the ZIP reader raises on bytes that are none."""


class _Format(Struct, frozen=True):
    """Only the format version, so that a plan of another version is named as such."""

    format: int


def write(plan: Plan, path: Path) -> None:
    """Write the plan aside and rename it, so that `path` holds a whole plan or what was there; StorageError if not."""
    try:
        with _aside(path) as rows, _aside(path) as whole:
            _write_rows(plan.assignments, rows)
            _write_archive(plan.header, rows, whole)
            whole.replace(path)
    except (OSError, pl.exceptions.ComputeError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        message = f"cannot write the plan to `{path}`: {reason or error}"
        raise StorageError(message, hint="choose another place with `-o PLAN`") from error


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """An empty file beside `path`; it is removed at the end unless it was renamed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _write_rows(assignments: pl.LazyFrame, path: Path) -> None:
    """A Parquet file, written in blocks so that its size does not matter."""
    check(assignments, ASSIGNMENTS).sink_parquet(path, row_group_size=_GROUP_ROWS, maintain_order=True)


def _write_archive(header: PlanHeader, rows: Path, path: Path) -> None:
    """Both parts as one file; the rows are packed already."""
    with path.open("wb") as file:
        with zipfile.ZipFile(file, "w") as archive:
            text = msgspec.json.format(msgspec.json.encode(header), indent=1)
            archive.writestr(_member(_HEADER, zipfile.ZIP_DEFLATED), text)
            member = _member(_ASSIGNMENTS, zipfile.ZIP_STORED)
            with rows.open("rb") as source, archive.open(member, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, _COPIED_BYTES)
        file.flush()
        os.fsync(file.fileno())


def _member(name: str, packed: int) -> zipfile.ZipInfo:
    """One part, with no trace of when it was written."""
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = packed
    return info


def digest(path: Path) -> str:
    """`sha256:` and the hex digest of a plan file's bytes."""
    with _opened(path) as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def read_header(path: Path) -> PlanHeader:
    """All but the assignments, soon however many there are; PlanFileError when the file holds no plan."""
    try:
        with _opened(path) as file, zipfile.ZipFile(file) as archive:
            return _header(archive.read(_HEADER), path)
    except _BROKEN as error:
        raise _no_plan(path, error) from error


def read(path: Path) -> Plan:
    """The plan in a file; PlanFileError when it is none, damaged, or of another format version.

    Many assignments stay in a temporary file of their own, as long as the plan lives.
    """
    try:
        with _opened(path) as file, zipfile.ZipFile(file) as archive:
            described, _ = archive.read(_HEADER), archive.getinfo(_ASSIGNMENTS)
            header = _header(described, path)
            kept = Kept() if _count(header) > _MOST_IN_MEMORY else None
            rows = _assignments(archive, kept, path)
    except _BROKEN as error:
        raise _no_plan(path, error) from error
    if rows.select(pl.len()).collect().item() != _count(header):
        raise _damaged(path, "its assignments are not as many as its totals say")
    return Plan(header, rows, kept)


def _count(header: PlanHeader) -> int:
    """How many assignments there are to be."""
    return header.totals.requests + header.totals.duplicates


@contextmanager
def _opened(path: Path) -> Iterator[io.BufferedReader]:
    """The file; PlanFileError where it cannot be read."""
    try:
        file = path.open("rb")
    except OSError as error:
        message = f"cannot read the plan `{path}`: {error.strerror or error}"
        raise PlanFileError(message, hint="make one with `modelroute plan JOBS -o PLAN`") from error
    with file:
        yield file


def _no_plan(path: Path, error: Exception) -> PlanFileError:
    """A file that is no archive with a plan in it."""
    message = f"`{path}` is not a plan file: {_reason(error)}"
    return PlanFileError(message, hint="make one with `modelroute plan JOBS -o PLAN`")


def _reason(error: Exception) -> str:
    """What is wrong with an archive, for people."""
    return f"it lacks {error.args[0].split(chr(39))[1]}" if isinstance(error, KeyError) else str(error)


def _header(content: bytes, path: Path) -> PlanHeader:
    """`plan.json`, validated."""
    try:
        version = msgspec.json.decode(content, type=_Format).format
        if version != PLAN_FORMAT:
            message = f"`{path}` has plan format {version}, this version reads {PLAN_FORMAT}"
            raise PlanFileError(message, hint="make it again with `modelroute plan`")
        return msgspec.json.decode(content, type=PlanHeader)
    except msgspec.DecodeError as error:
        raise _damaged(path, f"{_HEADER}: {error}") from error


def _assignments(archive: zipfile.ZipFile, kept: Kept | None, path: Path) -> pl.LazyFrame:
    """`assignments.parquet`, validated; taken out to a folder where one is given."""
    try:
        rows = _uncached(_taken_out(archive, kept))
        known = rows.cast({"task_source": TASK_SOURCE, "service_tier": SERVICE_TIER})  # earlier plans know fewer
        return check(known, ASSIGNMENTS)
    except (pl.exceptions.PolarsError, AssertionError, OSError) as error:
        raise _damaged(path, f"{_ASSIGNMENTS}: {error}") from error


def _taken_out(archive: zipfile.ZipFile, kept: Kept | None) -> pl.LazyFrame:
    """The rows: in memory, or in a file of their own."""
    if kept is None:
        return pl.read_parquet(io.BytesIO(archive.read(_ASSIGNMENTS))).lazy()
    with archive.open(_ASSIGNMENTS) as source, (kept.folder / _ASSIGNMENTS).open("wb") as target:
        shutil.copyfileobj(source, target, _COPIED_BYTES)
    return pl.scan_parquet(kept.folder / _ASSIGNMENTS)


def _uncached(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rows of an earlier plan, which knew no cascades and no prompt cache, or not where it is to be marked."""
    nothing = pl.lit(0, pl.Int64)
    unknown = {"prefix": pl.lit(None, pl.Int64), "escalate_to": pl.lit(None, pl.String)}
    later = unknown | dict.fromkeys(_LATER, nothing)
    present = rows.collect_schema().names()
    added = [value.alias(name) for name, value in later.items() if name not in present]
    return rows.with_columns(added).select(list(ASSIGNMENTS)) if added else rows


def _damaged(path: Path, what: str) -> PlanFileError:
    """A plan file whose parts cannot be trusted."""
    return PlanFileError(f"`{path}` is damaged: {what}", hint="make it again with `modelroute plan`")


def verify(plan: Plan, catalog: Catalog, settings: Settings, at: datetime, *, begun: bool = False) -> None:
    """Nothing when the plan still holds at `at`; PlanFileError naming every setting, model or price that changed.

    Prices that follow the hour of the day are one card and do not make a plan stale; those of a historic plan are
    compared at its own time. The job file is compared where it is opened (jobs.locate). Once its run was `begun`,
    what was believed of quality when it was made does not matter any more.
    """
    header = plan.header
    moment = datetime.fromisoformat(header.prices_at) if header.historic else _start(header, at)
    changes = [*_changed_digests(header, settings, begun=begun), *_changed_cards(header, catalog)]
    changes += [f"the price of `{name}`" for name in _repriced(header, catalog, settings, moment)]
    if changes:
        message = f"the plan is stale: since it was made, {_listed(changes)} changed"
        raise PlanFileError(message, hint=f"make a new one: `modelroute plan {header.job.source} -o PLAN`")
    _refuse_foreign_programs(header, settings)


def _start(header: PlanHeader, at: datetime) -> datetime:
    """When a run of the plan begins that is made at `at`: its own time where that is still to come."""
    return at if header.start_at is None else max(at, datetime.fromisoformat(header.start_at))


def _refuse_foreign_programs(header: PlanHeader, settings: Settings) -> None:
    """PlanFileError for a program that the settings do not name: a plan file is data, and data starts no programs."""
    own = {rule.gates.command for rule in every_rule(settings) if rule.gates is not None}
    for rule, gates in header.gates.items():
        if gates.command is not None and gates.command not in own:
            message = f"the plan file would start `{gates.command.run[0]}` for rule `{rule}`, your settings would not"
            raise PlanFileError(message, hint="make a plan of your own: only settings say which programs are started")


def _changed_digests(header: PlanHeader, settings: Settings, *, begun: bool) -> list[str]:
    """Settings and tables that are not what they were."""
    found = []
    if settings_digest(settings) != header.settings_digest:
        found.append("the settings (aliases, rules, models, prices, providers or assumptions)")
    if not begun and prior_digest() != header.quality_digest:
        found.append("the table of believed quality")
    return found


def _changed_cards(header: PlanHeader, catalog: Catalog) -> list[str]:
    """Models and providers of the plan that are not what they were."""
    models = [f"model `{name}`" for name, card in header.models.items() if catalog.models.get(name) != card]
    providers = [f"provider `{name}`" for name, own in header.providers.items() if catalog.providers.get(name) != own]
    return models + providers


def _repriced(header: PlanHeader, catalog: Catalog, settings: Settings, at: datetime) -> list[str]:
    """Models of the plan that have other rates now, or none."""
    cards = (*header.rate_cards.values(), *header.tier_cards)
    changed = (card.model for card in cards if _rates(card, catalog, settings, at) != _key(card))
    return list(dict.fromkeys(changed))


def _rates(sold: RateCard, catalog: Catalog, settings: Settings, at: datetime) -> object:
    """The rates of a model at a tier now; None when it is gone or has no price any more."""
    card = catalog.models.get(sold.model)
    try:
        if card is None:
            return None
        tier = ServiceTier(sold.service_tier)
        if tier is ServiceTier.STANDARD:
            return _key(resolve(card, settings, at))
        offer = offers(card, catalog.providers[card.provider], settings, at).get(tier)
        return None if offer is None else _key(offer.rates)
    except ModelrouteError:
        return None


def _key(card: RateCard) -> Mapping[str, object]:
    """What makes two rate cards charge the same at every hour."""
    return {"steps": card.steps, "windows": card.windows}


def _listed(items: list[str]) -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
