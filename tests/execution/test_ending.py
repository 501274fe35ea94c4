"""How a session of a run ends."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from support.outfits import answered, left_behind, sent, with_outfit
from support.plans import CHEAP, WORST, Row
from support.runs import Job, Setup
from support.tickets import assigned, ticket

from modelroute_cli.base.errors import CredentialError
from modelroute_cli.base.money import PicoUSD
from modelroute_cli.catalog.settings import CapSettings
from modelroute_cli.execution.ending import check_any_answered, extras_given_up, outcome_of
from modelroute_cli.execution.gates.answer import Said, Verdict
from modelroute_cli.execution.outfit import Outfit
from modelroute_cli.execution.records import AttemptKind, Final, FinalStatus
from modelroute_cli.execution.steps import NO_MONEY, Next
from modelroute_cli.execution.tickets import Examined, History, Ticket, Unjudged
from modelroute_cli.execution.work import RunOutcome, RunStatus, StopSignal

T = TypeVar("T")
ONE = 100 * 1 + 50 * 10  # what an answer of the cheap model costs
REFUSED = Final(0, FinalStatus.FAILED, None, "account 401: key revoked")


def of(job: Job, setup: Setup, read: Callable[[Outfit], T]) -> T:
    """What `read` finds in the next session."""
    found: list[T] = []
    with_outfit(job, setup, lambda outfit: found.append(read(outfit)))
    return found[0]


def given_up(job: Job, setup: Setup, *parked: Ticket) -> tuple[list[Next], list[Ticket]]:
    """What follows for parked tickets, and which stay."""

    def read(outfit: Outfit) -> tuple[list[Next], list[Ticket]]:
        out = outfit.sending.dispatcher.out
        out.parked.extend(parked)
        return list(extras_given_up(outfit)), out.parked

    return of(job, setup, read)


def test_an_extra_without_money_ends_with_the_answer_it_has(tmp_path: Path) -> None:
    """A first attempt stays unsent: another session may bring more."""
    job, extra = Job.of([Row()] * 2, tmp_path), ticket(extra=True, history=History(best=1, verdict="empty: it is"))
    first = ticket(assigned(1))
    follows, stay = given_up(job, Setup(cap=PicoUSD(1)), extra, first)
    [final] = follows
    assert isinstance(final, Final)
    assert (final.row, final.status, final.attempt) == (0, FinalStatus.FAILED, 1)
    assert final.reason == f"gate:empty: it is ({NO_MONEY})"
    assert stay == [first]


def test_an_extra_that_another_day_has_money_for_stays(tmp_path: Path) -> None:
    """Only the cap of the day is in its way."""
    extra = ticket(extra=True)
    setup = Setup(caps=CapSettings(per_day="0.000000000001"))
    assert given_up(Job.of([Row()], tmp_path), setup, extra) == ([], [extra])


def test_an_answer_whose_judge_cannot_be_paid_passes(tmp_path: Path) -> None:
    """The other gates let it through."""
    job = Job.of([Row()], tmp_path)
    left_behind(job, sent(1, 0), answered(1, ONE))
    answer = Unjudged(ticket(), 1, Said("paid", "stop"), 50)
    question = replace(
        ticket(extra=True),
        kind=AttemptKind.JUDGE,
        examined=Examined(answer=answer, verdict=Verdict(passed=True, gate="pass", detail="", output="paid")),
    )
    [final], stay = given_up(job, Setup(cap=PicoUSD(1)), question)
    assert isinstance(final, Final)
    assert (final.row, final.status, final.attempt, stay) == (0, FinalStatus.ACCEPTED, 1, [])


def test_refused_keys_without_any_answer_are_an_error(tmp_path: Path) -> None:
    """It says what the account said, and where to look."""
    with pytest.raises(CredentialError, match="no request was answered: account 401: key revoked") as caught:
        of(Job.of([Row()], tmp_path), Setup(), lambda outfit: check_any_answered(outfit, [REFUSED]))
    assert caught.value.hint == (
        "check the key in the environment (`modelroute doctor` shows which), then type the same command"
    )


def test_refused_keys_are_none_where_something_was_answered_or_the_user_stopped(tmp_path: Path) -> None:
    """Nor where no key was refused."""
    job, stop = Job.of([Row()] * 2, tmp_path), StopSignal()
    of(job, Setup(), lambda outfit: check_any_answered(outfit, []))
    stop.request()
    of(job, Setup(stop=stop), lambda outfit: check_any_answered(outfit, [REFUSED]))

    def answer_comes(outfit: Outfit) -> Outfit:
        outfit.opening.work.journal.note(sent(1, 0))
        outfit.opening.work.journal.note(answered(1, ONE))
        return outfit

    check_any_answered(of(job, Setup(), answer_comes), [REFUSED])  # the journal is closed: all of it is written


def test_an_answer_of_an_earlier_session_says_nothing_of_the_keys_of_this_one(tmp_path: Path) -> None:
    """They may have been revoked since."""
    job = Job.of([Row()] * 2, tmp_path)
    left_behind(job, sent(1, 0), answered(1, ONE))
    with pytest.raises(CredentialError):
        of(job, Setup(), lambda outfit: check_any_answered(outfit, [REFUSED]))


def outcome(job: Job, setup: Setup, sent_now: int = 0) -> RunOutcome:
    """That of a session that did nothing more."""
    return of(job, setup, lambda outfit: outcome_of(outfit, sent_now))


def test_a_run_that_has_nothing_left_is_done(tmp_path: Path) -> None:
    """There is nothing to say about it."""
    done = outcome(Job.of([], tmp_path), Setup(), sent_now=3)
    assert (done.status, done.unsent, done.sent_now, done.message, done.short) == (RunStatus.DONE, 0, 3, "", ())


def test_a_stopped_run_says_what_is_left_and_what_is_held(tmp_path: Path) -> None:
    """Held is what may have been billed for attempts nobody knows the end of."""
    job, stop = Job.of([Row()] * 2, tmp_path), StopSignal()
    stop.request()
    assert outcome(job, Setup(stop=stop)).message == "stopped with 2 requests to go"
    left_behind(job, sent(1, 0))
    ended = outcome(job, Setup(stop=stop))
    assert (ended.status, ended.held_pusd, ended.unsent) == (RunStatus.STOPPED, WORST[CHEAP], 2)


def test_a_run_without_money_names_the_cap(tmp_path: Path) -> None:
    """And how many requests it has no room for."""

    def read(outfit: Outfit) -> RunOutcome:
        dispatcher = outfit.sending.dispatcher
        assert dispatcher.next(0.0) is None
        return outcome_of(outfit, 0)

    ended = of(Job.of([Row()] * 2, tmp_path), Setup(cap=PicoUSD(WORST[CHEAP] - 1)), read)
    assert (ended.status, ended.unsent, ended.cap_pusd) == (RunStatus.CAP_REACHED, 2, WORST[CHEAP] - 1)
    assert ended.message == "the hard cap of $0.0000000021 leaves no room for the 2 requests to go: $0.00 spent"
    assert [short.requests for short in ended.short] == [2]
