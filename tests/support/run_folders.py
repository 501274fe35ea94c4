"""Run folders on the disk that say what facts made by hand say."""

from collections.abc import Mapping
from pathlib import Path

from support.journal_of import journal_of

from modelroute_cli.execution.run_folder import RunFolder, RunMeta
from modelroute_cli.planning import plan_file
from modelroute_cli.report.run_types import RunFacts

RUNS = Path(".modelroute/runs")


def folder_of(facts: RunFacts, root: Path, texts: Mapping[int, str] | None = None) -> RunFolder:
    """The run of `facts` under `root`, with its plan and its journal."""
    folder = RunFolder(root / RUNS, facts.run_id)
    header = facts.plan.header
    folder.create(
        RunMeta(
            run_id=facts.run_id,
            source=header.job.source,
            job_digest=header.job.digest,
            plan_digest="sha256:plan",
            emulated=facts.emulated,
            created_at=header.created_at,
            tool_version=header.tool_version,
        )
    )
    plan_file.write(facts.plan, folder.plan)
    journal_of(facts, folder.journal, texts)
    return folder
