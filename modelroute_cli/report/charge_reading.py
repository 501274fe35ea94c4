"""The charges of a run as its folder tells them: its plan, its journal, and the names that its job file gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import polars as pl

from modelroute_cli.base.frames import ATTEMPTS
from modelroute_cli.base.schema import Request
from modelroute_cli.execution.journal_batches import not_collected
from modelroute_cli.execution.journal_read import FINALS, attempts_frame, finals_frame
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.jobs.locate import locate
from modelroute_cli.jobs.reader import RequestReader
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Plan
from modelroute_cli.report.charge_facts import NONE, ChargeFacts
from modelroute_cli.report.charge_types import RunCharges
from modelroute_cli.report.chargeback import run_charges
from modelroute_cli.report.run_summary import asked_first

TENANT = "tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitBy:
    """By what money is split: `tenant`, `metadata.FIELD` or `tags.PREFIX`; `caps` are dollars by tenant."""

    by: str = TENANT
    duplicates: str = "split"
    caps: Mapping[str, str] = field(default_factory=dict)
    spool_dir: Path = Path()


def read_charges(folder: RunFolder, split: SplitBy) -> RunCharges:
    """The charges of the run in `folder`, also while it goes on.

    StorageError, PlanFileError: also where the split needs the job file and that changed or is gone.
    """
    plan, meta, journal = plan_file.read(folder.plan), folder.meta(), folder.journal
    begun = journal.exists()
    return run_charges(
        ChargeFacts(
            run=folder.run_id,
            plan=plan,
            attempts=attempts_frame(journal) if begun else pl.DataFrame(schema=ATTEMPTS),
            finals=finals_frame(journal) if begun else pl.DataFrame(schema=FINALS),
            names=names_of(plan, split),
            emulated=meta.emulated,
            made_on=meta.created_at[:10],
            not_collected=not_collected(journal) if begun else (),
            questions=asked_first(folder, plan),
            duplicates=split.duplicates,
            caps=split.caps if split.by == TENANT else {},
        )
    )


def names_of(plan: Plan, split: SplitBy) -> pl.DataFrame:
    """`row` and `name` of every request of a plan, empty for none; PlanFileError where the job file is needed and gone.

    Metadata and tags are read from the job file again: a plan has of them only what its rules look at.
    """
    if split.by == TENANT:
        return plan.assignments.select("row", pl.col(TENANT).cast(pl.String).fill_null(NONE).alias("name")).collect()
    places = plan.assignments.select("row", "offset", "length").collect()
    with RequestReader(locate(plan.header.job, split.spool_dir)) as reader:
        names = [name_of(reader.at(offset, length), split.by) for _, offset, length in places.iter_rows()]
    return places.select("row").with_columns(pl.Series("name", names, dtype=pl.String))


def name_of(request: Request, by: str) -> str:
    """What one request is charged to by `metadata.FIELD` or `tags.PREFIX`; empty where it says nothing."""
    where, _, key = by.partition(".")
    if where == "metadata":
        return _text(request.metadata.get(key))
    return next(_after(request.tags, key), NONE)


def _after(tags: tuple[str, ...], prefix: str) -> Iterator[str]:
    """The rest of each tag that begins so."""
    return (tag.removeprefix(prefix).strip() for tag in tags if tag.startswith(prefix))


def _text(value: object) -> str:
    """A value of metadata as a name."""
    if value is None or isinstance(value, str):
        return (value or NONE).strip()
    return msgspec.json.encode(value).decode()
