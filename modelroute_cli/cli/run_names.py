"""When a session of a run ends: who is charged for its requests is kept, where that stands in the job file alone."""

from modelroute_cli.base.errors import PlanFileError
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.workspace import SPOOL
from modelroute_cli.report.charge_names import keep_names
from modelroute_cli.report.screen import safe


def remember_names(order: Order, console: Console) -> None:
    """Keep them in the run's folder; that they cannot be read is told, and ends no run."""
    try:
        keep_names(order.plan, order.workspace.settings.chargeback.by, order.folder, SPOOL)
    except (PlanFileError, OSError) as error:
        reason = error.message if isinstance(error, PlanFileError) else str(error)
        console.note(f"warning: who is charged for this run was not kept: {safe(reason)}", "warning")
