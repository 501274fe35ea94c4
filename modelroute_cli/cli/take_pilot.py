"""The answers of a pilot in the journal of the run that was planned by it."""

from modelroute_cli.base.errors import StorageError
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.workspace import PILOTS
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.pilot.adoption import adoptions
from modelroute_cli.pilot.folder import PilotFolder
from modelroute_cli.planning import plan_file


def take_pilot(journal: Journal, order: Order) -> None:
    """Take in what the plan's pilot sent, where that was not done before; StorageError when the pilot is gone."""
    pilot = order.plan.header.pilot
    if pilot is None or journal.has_adopted(pilot.pilot_id):
        return
    folder = PilotFolder(RunFolder(PILOTS, pilot.pilot_id))
    if not folder.run.exists():
        message = f"pilot `{pilot.pilot_id}`, whose answers this plan uses, is not in `{PILOTS}`"
        raise StorageError(message, hint="run in the folder where it was made, or plan again with `--from-pilot none`")
    _at_rest(folder)
    journal.adopt(folder.run.journal, adoptions(folder.design(), order.plan.assignments), pilot.pilot_id)


def _at_rest(folder: PilotFolder) -> None:
    """The pilot's journal at the newest version, nothing in it open; no process works on it (RunLockedError)."""
    with folder.run.lock():
        Journal.open(folder.run.journal, plan_file.digest(folder.run.plan)).close_now()
