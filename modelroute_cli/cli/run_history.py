"""What a run measured by its control sample, added to the user's history at its end."""

import os
import sys

from modelroute_cli.base.clock import SystemClock
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.history_use import remember
from modelroute_cli.cli.run_order import Order
from modelroute_cli.execution.journal_read import attempts_frame
from modelroute_cli.execution.realised.journaled import pairs_frame, seen_frame
from modelroute_cli.pilot.history.from_run import REQUEST_COLUMNS, RunFrames, run_observations
from modelroute_cli.pilot.history.place import kept_file
from modelroute_cli.pilot.history.sums import Part


def remember_run(order: Order, console: Console) -> None:
    """Add what the control sample showed; nothing where no history is kept, or where no pair was made."""
    journal, settings = order.folder.journal, order.workspace.settings
    if kept_file(settings, os.environ, sys.platform) is None or not journal.exists():
        return
    pairs = pairs_frame(journal)
    baseline = next((base.model for base in order.plan.header.baselines if base.kind == "chosen"), None)
    if pairs.is_empty() or baseline is None:
        return
    requests = order.plan.assignments.select(REQUEST_COLUMNS).collect()
    frames = RunFrames(pairs=pairs, seen=seen_frame(journal), attempts=attempts_frame(journal), requests=requests)
    measured = run_observations(frames)
    if measured:
        part = Part(run=order.folder.run_id, source="run", baseline=baseline, at=SystemClock().now())
        remember(settings, measured, part, console)
