"""Where earlier sessions left a run: what they spent and learned counts again, and every request goes on from there."""

from collections.abc import Callable

from modelroute_cli.execution.caps import Gone, gone_in
from modelroute_cli.execution.journal_read import attempts_frame, overbilled, tried_rows
from modelroute_cli.execution.judging.weighing import Weighing
from modelroute_cli.execution.observed import seen_in
from modelroute_cli.execution.opening import Opening
from modelroute_cli.execution.purse import Purse
from modelroute_cli.execution.resume import taken_up
from modelroute_cli.execution.sizing import taken_in
from modelroute_cli.execution.steps import Later, Next
from modelroute_cli.execution.supply import waiting_rows
from modelroute_cli.execution.tickets import Unjudged


def remember(opening: Opening, purse: Purse) -> None:
    """Take what earlier sessions spent out of the caps, and learn from their bills and answers; StorageError."""
    for bill in overbilled(opening.work.journal.path):
        purse.margins.observe(bill.model, bill.reserved_pusd, bill.cost_pusd)
    if purse.caps.any:
        _count_gone(opening, purse)
    if opening.before.answered:
        _recall(opening, purse)


async def take_up(opening: Opening, weighing: Weighing, follow: Callable[[Next], None]) -> None:
    """Go on with every request where it stands, and judge the answers that a crash left unjudged; StorageError."""
    work = opening.work
    for item in taken_up(opening.chosen, work.journal.path, opening.routes, work.read):
        follow(await weighing.again(item) if isinstance(item, Unjudged) else Later(item))


def _count_gone(opening: Opening, purse: Purse) -> None:
    """Take what earlier sessions spent, and questions before them, out of the caps they were under."""
    journal, assignments = opening.work.journal.path, opening.plan.assignments
    purse.caps.count(gone_in(attempts_frame(journal), assignments))
    purse.caps.count([_asked_before(opening, purse.caps.day)])
    purse.caps.expect_all(waiting_rows(opening.chosen, tried_rows(journal)))


def _asked_before(opening: Opening, day: str) -> Gone:
    """What asking about templates took; it counts on the day a session starts: nobody noted when it was."""
    questions, before = opening.plan.header.questions, opening.work.before
    model = "" if questions is None else questions.model
    return Gone(tenant=None, model=model, day=day, spent_pusd=before.spent_pusd, held_pusd=before.held_pusd)


def _recall(opening: Opening, purse: Purse) -> None:
    """Learn from the answers of earlier sessions what requests cost and how long answers are."""
    attempts, assignments = attempts_frame(opening.work.journal.path), opening.plan.assignments
    purse.learned.seen.update(seen_in(attempts, assignments))
    purse.sizing.recall(taken_in(attempts, assignments))
