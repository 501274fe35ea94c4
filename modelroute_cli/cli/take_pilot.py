"""The answers of a pilot in the journal of the run that was planned by it."""

from modelroute_cli.base.errors import StorageError
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.workspace import PILOTS
from modelroute_cli.execution.adopting import Adopted
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.pilot.adoption import adoptions
from modelroute_cli.pilot.folder import PilotFolder
from modelroute_cli.pilot.judging_folder import judge_adoptions, judging_folders
from modelroute_cli.planning import plan_file


def take_pilot(journal: Journal, order: Order) -> None:
    """Take in what the plan's pilot sent, where that was not done before; StorageError when the pilot is gone.

    Its judge's questions come first: a crash in between leaves the pilot itself to be taken in, and so the rest.
    """
    pilot = order.plan.header.pilot
    if pilot is None or journal.has_adopted(pilot.pilot_id):
        return
    folder = PilotFolder(RunFolder(PILOTS, pilot.pilot_id))
    if not folder.run.exists():
        message = f"pilot `{pilot.pilot_id}`, whose answers this plan uses, is not in `{PILOTS}`"
        raise StorageError(message, hint="run in the folder where it was made, or plan again with `--from-pilot none`")
    with folder.run.lock():
        for judging in judging_folders(folder):
            _at_rest(judging)
            name = f"{pilot.pilot_id}/{judging.run_id}"
            rows = judge_adoptions(judging, order.plan.assignments)
            journal.adopt(Adopted(judging.journal, name, rows, AttemptKind.JUDGE))
        _at_rest(folder.run)
        rows = adoptions(folder.design(), order.plan.assignments)
        journal.adopt(Adopted(folder.run.journal, pilot.pilot_id, rows))


def _at_rest(run: RunFolder) -> None:
    """A journal of the newest version, nothing in it open; the pilot's lock is held."""
    Journal.open(run.journal, plan_file.digest(run.plan)).close_now()
