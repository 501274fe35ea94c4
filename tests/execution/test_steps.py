"""What a request does next."""

from dataclasses import replace

from support.fake_transport import failure
from support.plans import CHEAP, STRONG, PlanParts, Row, plan_of
from support.tickets import ticket

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.cards import ModelCard
from modelroute_cli.execution.gates.answer import Verdict
from modelroute_cli.execution.limits import Closing
from modelroute_cli.execution.records import AttemptKind, Final, FinalStatus
from modelroute_cli.execution.retry import Elsewhere, PauseModel, RetryPolicy, RetrySame, Setting
from modelroute_cli.execution.routes import Routes
from modelroute_cli.execution.steps import Judgement, Later, Steps, counted, give_up
from modelroute_cli.execution.tickets import History
from modelroute_cli.providers.base import FailureKind

REQUEST = Request(custom_id="r0", prompt="write")
TRUNCATED = Verdict(passed=False, gate="truncated", detail="cut", output="half")
EMPTY = Verdict(passed=False, gate="empty", detail="nothing", output="")


def _open(card: ModelCard) -> str | None:
    del card
    return None


def _steps(*, escalations: tuple[str, ...] = (STRONG,), most: int = 1, seed: int = 1) -> Steps:
    routes = Routes.of(plan_of([Row()], PlanParts(escalations={"all": escalations})))
    return Steps(routes=routes, policy=RetryPolicy(max_attempts=3), max_escalations=most, seed=seed, closed=_open)


def test_a_pass_is_the_end() -> None:
    """Accepted, with the attempt whose answer it is."""
    verdict = Verdict(passed=True, gate="pass", detail="", output="fine")
    assert _steps().after_verdict(ticket(), Judgement(3, verdict, 5), REQUEST) == Final(0, FinalStatus.ACCEPTED, 3, "")


def test_truncated_goes_through_a_resend_to_an_escalation_to_the_end() -> None:
    """More room on the same model, then the stronger one and more room there, then failed with the last text."""
    steps, kinds, item = _steps(), [], ticket()
    for attempt in range(1, 5):
        following = steps.after_verdict(item, Judgement(attempt, TRUNCATED, 10), REQUEST)
        if not isinstance(following, Later):
            break
        kinds.append((following.ticket.kind, following.ticket.max_tokens))
        item = following.ticket
    assert kinds == [(AttemptKind.RESEND, 400), (AttemptKind.ESCALATION, 200), (AttemptKind.RESEND, 400)]
    assert following == Final(0, FinalStatus.FAILED, 4, "gate:truncated: cut")


def test_without_escalations_a_failed_gate_is_the_end() -> None:
    """`run.max_escalations` of zero, or a rule that has none."""
    for steps in (_steps(most=0), _steps(escalations=())):
        following = steps.after_verdict(ticket(), Judgement(1, EMPTY, 0), REQUEST)
        assert following == Final(0, FinalStatus.FAILED, 1, "gate:empty: nothing")


def test_an_empty_answer_does_not_replace_one_with_text() -> None:
    """The best answer so far is the last that says something."""
    item = ticket(history=History(best=1, verdict="length: too long", escalations=1))
    following = _steps().after_verdict(item, Judgement(2, EMPTY, 0), REQUEST)
    assert following == Final(0, FinalStatus.FAILED, 1, "gate:length: too long")


def test_the_users_own_limit_ends_a_truncated_request() -> None:
    """More room would break what was asked; where reasoning used the room up, it would not."""
    own = Request(custom_id="r0", prompt="write", max_output_tokens=50)
    at_limit = _steps().after_verdict(ticket(), Judgement(1, TRUNCATED, 50), own)
    assert isinstance(at_limit, Final)
    assert at_limit.reason == "gate:truncated: cut (`max_output_tokens` of the request is 50)"
    below = _steps().after_verdict(ticket(), Judgement(1, TRUNCATED, 10), own)
    assert isinstance(below, Later)


def test_a_retry_is_the_same_request_again() -> None:
    """On the same model, with the delay that was decided; what waits out a pause has none of its own."""
    for decision, delay_s in ((RetrySame(2.0), 2.0), (PauseModel("quota", 400.0), 0.0)):
        following = _steps().after_failure(ticket(), decision, REQUEST)
        assert following == Later(replace(ticket(), kind=AttemptKind.RETRY), delay_s)


def test_elsewhere_is_another_model_where_there_is_one() -> None:
    """Else the same again, after its delay."""
    for escalations, expected in (
        ((STRONG,), (AttemptKind.FALLBACK, STRONG, 0.0)),
        ((), (AttemptKind.RETRY, CHEAP, 2.0)),
    ):
        following = _steps(escalations=escalations).after_failure(ticket(), Elsewhere("lost", 2.0), REQUEST)
        assert isinstance(following, Later)
        assert (following.ticket.kind, following.ticket.model, following.delay_s) == expected


def test_failures_are_counted_with_those_that_may_be_billed() -> None:
    """Three failures of which one was lost, and how many answers the model had given before the first."""
    item = ticket()
    for kind, answers in ((FailureKind.TRANSIENT, 5), (FailureKind.UNKNOWN, 6), (FailureKind.TRANSIENT, 7)):
        item = counted(item, failure(kind), Setting(answers=answers))
    assert item.history == History(failures=3, unknown=1, answers=5)


def test_what_failed_before_an_outage_is_forgiven() -> None:
    """It may have been its beginning: after it the tries begin anew."""
    item = ticket(history=History(failures=3, unknown=2))
    assert counted(item, failure(FailureKind.TRANSIENT), Setting(openings=1)).history == History(
        failures=1, unknown=0, openings=1
    )
    decision = _steps().decide(item, failure(FailureKind.TRANSIENT), Setting(openings=1))
    assert isinstance(decision, RetrySame)


def test_a_stranded_request_goes_elsewhere_waits_or_ends() -> None:
    """Elsewhere where it can; else it waits where the closing may pass, and ends where it stays."""
    passing, final = Closing("down", 3, may_pass=True), Closing("gone", 4, may_pass=False)
    for closing in (passing, final):
        moved = _steps().of_stranded(ticket(), REQUEST, closing)
        assert isinstance(moved, Later)
        assert (moved.ticket.model, moved.ticket.closing) == (STRONG, 0)
    alone = _steps(escalations=())
    assert alone.of_stranded(ticket(), REQUEST, passing) == Later(replace(ticket(), closing=3))
    assert alone.of_stranded(ticket(), REQUEST, final) == Final(0, FinalStatus.FAILED, None, "gone")


def test_a_model_that_may_open_again_is_better_than_none() -> None:
    """A request that has to leave its model waits for one that is shut, if nothing else is left."""
    steps = replace(_steps(), closed=lambda card: card.name, gone=_open)
    following = steps.reroute(ticket(), REQUEST, "too many failures")
    assert isinstance(following, Later)
    assert following.ticket.model == STRONG


def test_jitter_is_the_same_for_the_same_seed() -> None:
    """Two runs with one seed wait equally long, two seeds do not."""
    delays = []
    for seed in (1, 1, 2):
        decision = _steps(seed=seed).decide(ticket(), failure(FailureKind.TRANSIENT))
        assert isinstance(decision, RetrySame)
        delays.append(decision.delay_s)
    assert delays[0] == delays[1] != delays[2]


def test_giving_up_tells_gate_and_reason() -> None:
    """Without an answer the reason alone; with one, its gate and why nothing better came."""
    assert give_up(ticket(), "down") == Final(0, FinalStatus.FAILED, None, "down")
    judged = ticket(history=History(best=7, verdict="schema: $: bad"))
    assert give_up(judged, "no money left for escalation") == Final(
        0, FinalStatus.FAILED, 7, "gate:schema: $: bad (no money left for escalation)"
    )
