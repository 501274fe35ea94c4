"""The charges of a run as its folder tells them: its plan, its journal, and the names of its requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from modelroute_cli.base.frames import ATTEMPTS
from modelroute_cli.execution.journal_batches import not_settled
from modelroute_cli.execution.journal_read import FINALS, attempts_frame, finals_frame
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.planning import plan_file
from modelroute_cli.report.charge_facts import ChargeFacts
from modelroute_cli.report.charge_names import TENANT, names_of
from modelroute_cli.report.charge_types import RunCharges
from modelroute_cli.report.chargeback import run_charges
from modelroute_cli.report.run_summary import asked_first


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
            names=names_of(plan, split.by, folder, split.spool_dir),
            emulated=meta.emulated,
            made_on=meta.created_at[:10],
            not_settled=not_settled(journal) if begun else (),
            questions=asked_first(folder, plan),
            duplicates=split.duplicates,
            caps=split.caps if split.by == TENANT else {},
        )
    )
