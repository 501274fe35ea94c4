"""How a session of a run ends: what cannot go on, why it ended, and where its money is."""

from collections.abc import Iterator, Sequence

from modelroute_cli.base.errors import CredentialError
from modelroute_cli.base.money import format_usd
from modelroute_cli.execution.journal_read import RunState
from modelroute_cli.execution.judging.judges import NO_MONEY_TO_JUDGE
from modelroute_cli.execution.judging.weighing import Weighing
from modelroute_cli.execution.opening import state_of
from modelroute_cli.execution.outfit import Outfit
from modelroute_cli.execution.realised.controls import is_control
from modelroute_cli.execution.records import AttemptKind, Final
from modelroute_cli.execution.shortfall import Shortfall, shortfalls, waits_for_tomorrow
from modelroute_cli.execution.steps import NO_MONEY, Next, give_up
from modelroute_cli.execution.tickets import Ticket
from modelroute_cli.execution.work import Patience, RunOutcome, RunStatus
from modelroute_cli.planning.figures import count_requests


def extras_given_up(outfit: Outfit) -> Iterator[Next]:
    """What follows for the requests whose answers no money is left to improve; a new day may still bring some."""
    out = outfit.sending.dispatcher.out
    for ticket in out.take_parked():
        if ticket.extra and (is_control(ticket) or not waits_for_tomorrow(ticket, outfit.sending.purse)):
            yield _without_money(ticket, outfit.following.weighing)
        else:
            out.parked.append(ticket)
    climbing = outfit.following.climbing
    for _, ticket in climbing.held if climbing else ():
        yield give_up(ticket, NO_MONEY)


def _without_money(ticket: Ticket, weighing: Weighing) -> Next:
    """What follows for an extra that the cap leaves no room for: an unjudged answer passes, others have failed."""
    if ticket.kind is AttemptKind.CONTROL:
        return weighing.control_dropped(ticket)
    if ticket.examined is not None:
        return weighing.without_judge(ticket.examined, NO_MONEY_TO_JUDGE)
    return give_up(ticket, NO_MONEY)


def check_any_answered(outfit: Outfit, refused: Sequence[Final]) -> None:
    """Raise CredentialError where accounts refused the key and this session got no answer, unless it was stopped."""
    opening = outfit.opening
    if not refused or opening.work.stop.stage or state_of(opening.work).answered != opening.before.answered:
        return
    hint = "check the key in the environment (`modelroute doctor` shows which), then type the same command"
    message = f"no request was answered: {refused[0].reason}"
    raise CredentialError(message, hint=hint)


def outcome_of(outfit: Outfit, sent_now: int) -> RunOutcome:
    """How the session ended that sent `sent_now` attempts; to be asked for once, when the journal holds all of it."""
    state = state_of(outfit.opening.work)
    unsent = outfit.tally.total - state.done
    cancels = outfit.opening.work.patience is Patience.CANCEL
    status = _status(unsent, state.handed_in, stopped=outfit.opening.work.stop.stage > 0 or cancels)
    short = _short(outfit) if status is RunStatus.CAP_REACHED else ()
    return RunOutcome(
        status=status,
        accepted=state.accepted,
        failed=state.failed,
        unsent=unsent,
        sent_now=sent_now,
        spent_pusd=state.spent_pusd,
        held_pusd=state.held_pusd,
        cap_pusd=outfit.sending.purse.budget.cap,
        message=_message(status, unsent, state, short),
        short=short,
        took_s=outfit.reporter.took_s(),
        bound=outfit.reporter.bound(),
        handed_in=state.handed_in,
    )


def _status(unsent: int, handed_in: int, *, stopped: bool) -> RunStatus:
    if not unsent:
        return RunStatus.DONE
    if stopped:
        return RunStatus.STOPPED
    return RunStatus.WAITING if handed_in else RunStatus.CAP_REACHED


def _short(outfit: Outfit) -> tuple[Shortfall, ...]:
    out = outfit.sending.dispatcher.out
    return shortfalls(out.parked, outfit.sending.purse, out.left_out)


def _message(status: RunStatus, unsent: int, state: RunState, short: tuple[Shortfall, ...]) -> str:
    """What ended a run early, and where its money is."""
    match status:
        case RunStatus.DONE:
            return ""
        case RunStatus.STOPPED:
            return f"stopped with {unsent} requests to go{_held(state)}"
        case RunStatus.CAP_REACHED:
            return "; ".join(item.words for item in short)
        case RunStatus.WAITING:
            return f"{count_requests(unsent)} to be collected later from where they were handed in"


def _held(state: RunState) -> str:
    """What may have been billed without an answer."""
    if not state.held_pusd:
        return ""
    return f", {format_usd(state.held_pusd)} held for {state.unknown} attempts whose outcome is unknown"
