"""The answers of a pilot, and of a hold-out, in the journal of the run that was planned by them."""

from pathlib import Path

from modelroute_cli.base.errors import StorageError
from modelroute_cli.cli.run_order import Order
from modelroute_cli.cli.workspace import HOLD_OUTS, PILOTS
from modelroute_cli.execution.adopting import Adopted
from modelroute_cli.execution.journal import Journal
from modelroute_cli.execution.records import AttemptKind
from modelroute_cli.execution.run_folder import RunFolder
from modelroute_cli.pilot.adoption import adoptions
from modelroute_cli.pilot.folder import PilotFolder
from modelroute_cli.pilot.judging_folder import judge_adoptions, judging_folders
from modelroute_cli.planning import plan_file
from modelroute_cli.planning.plan import Piloted


def take_pilot(journal: Journal, order: Order) -> None:
    """Take in what was sent to measure and to certify the plan, where not done before; StorageError when it is gone.

    A judge's questions come first: a crash in between leaves the pilot itself to be taken in, and so the rest.
    """
    header = order.plan.header
    _take(journal, order, header.pilot, PILOTS)
    _take(journal, order, None if header.certified is None else header.certified.hold_out, HOLD_OUTS)


def _take(journal: Journal, order: Order, pilot: Piloted | None, root: Path) -> None:
    if pilot is None or journal.has_adopted(pilot.pilot_id):
        return
    folder = PilotFolder(RunFolder(root, pilot.pilot_id))
    if not folder.run.exists():
        what = "pilot" if root == PILOTS else "hold-out"
        message = f"{what} `{pilot.pilot_id}`, whose answers this plan uses, is not in `{root}`"
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
    """A journal of the newest version, nothing in it open; its lock is held."""
    Journal.open(run.journal, plan_file.digest(run.plan)).close_now()
