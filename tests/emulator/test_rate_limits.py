"""Tests of modelroute_cli.emulator.rate_limits."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.emulating import NotingClock

from modelroute_cli.catalog.settings import EmulatorChange, EmulatorLimits
from modelroute_cli.emulator.buckets import Mark
from modelroute_cli.emulator.rate_limits import AccountLimits, Load, Standing


def limited(clock: NotingClock, **limits: Any) -> "Door":  # noqa: ANN401 - the fields of EmulatorLimits
    """An account with such limits."""
    return Door(AccountLimits(EmulatorLimits(**limits), clock))


@dataclass
class Door:
    """An account as clients meet it."""

    account: AccountLimits

    def admit(self, tokens: int = 0, limit: int = 0) -> float:
        """0.0 when the request came in, else the seconds to wait."""
        load = Load(input_tokens=tokens, output_limit=limit)
        wait_s = self.account.wait_s(load)
        if wait_s:
            self.account.refused()
        else:
            self.account.admit(load)
        return wait_s

    def standing(self) -> Standing:
        """Where it stands."""
        return self.account.standing()


def test_a_minute_s_worth_passes_at_once_and_no_more() -> None:
    """The next must wait until one request has come back."""
    limits = limited(NotingClock(), rpm=3, tpm=10_000)
    assert [limits.admit(10) for _ in range(4)] == [0.0, 0.0, 0.0, 20.0]


def test_tokens_are_limited_too() -> None:
    """Prompt and output limit together."""
    limits = limited(NotingClock(), rpm=1000, tpm=600)
    assert [limits.admit(400), limits.admit(400)] == [0.0, 20.0]


def test_waiting_as_told_lets_the_request_in() -> None:
    """The wait is exact: not a moment earlier."""
    clock = NotingClock()
    limits = limited(clock, rpm=2, tpm=10_000)
    wait_s = [limits.admit(1) for _ in range(3)][-1]
    clock.now_s += wait_s - 0.001
    assert limits.admit(1) > 0
    clock.now_s += 0.001
    assert limits.admit(1) == 0.0


def test_a_refusal_costs_nothing() -> None:
    """Asking too often does not push the wait away."""
    limits = limited(NotingClock(), rpm=1, tpm=10_000)
    limits.admit(1)
    assert {limits.admit(1) for _ in range(5)} == {60.0}


def test_a_request_above_the_whole_limit_passes_when_the_account_is_full() -> None:
    """Else it would wait for ever."""
    limits = limited(NotingClock(), rpm=10, tpm=100)
    assert limits.admit(5000) == 0.0
    assert limits.admit(5000) == 60.0


def test_the_account_says_where_it_stands() -> None:
    """Of requests and of tokens, and how many came in."""
    limits = limited(NotingClock(), rpm=60, tpm=6000)
    limits.admit(100)
    assert limits.standing() == Standing(
        requests=Mark(limit=60, remaining=59, reset_s=1.0),
        tokens=Mark(limit=6000, remaining=5900, reset_s=1.0),
        admitted=1,
    )


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(1, 500)), max_size=60))
def test_no_window_lets_more_through_than_it_may(steps: list[tuple[float, int]]) -> None:
    """What passes in a time is at most the limit and what the time refills."""
    clock = NotingClock()
    limits = limited(clock, rpm=10, tpm=1000)
    passed_requests, passed_tokens = 0, 0
    for delay_s, tokens in steps:
        clock.now_s += delay_s
        if not limits.admit(tokens):
            passed_requests += 1
            passed_tokens += tokens
    assert passed_requests <= 10 + clock.now_s * 10 / 60 + 1e-6
    assert passed_tokens <= 1000 + clock.now_s * 1000 / 60 + 1e-6


def test_a_day_s_worth_comes_back_over_the_day() -> None:
    """Four a day: the fifth waits six hours."""
    limits = limited(NotingClock(), rpd=4)
    assert [limits.admit() for _ in range(5)] == [0.0, 0.0, 0.0, 0.0, 21_600.0]
    assert limits.standing().requests_day == Mark(limit=4, remaining=0, reset_s=86_400.0)


def test_input_and_output_may_be_counted_apart() -> None:
    """Each has to have room."""
    limits = limited(NotingClock(), input_tpm=600, output_tpm=60)
    assert limits.admit(100, 60) == 0.0
    assert limits.admit(100, 10) == 10.0
    assert limits.admit(600, 0) == 10.0
    standing = limits.standing()
    assert (standing.tokens, standing.requests) == (None, None)
    assert standing.input_tokens == Mark(limit=600, remaining=500, reset_s=10.0)
    assert standing.output_tokens == Mark(limit=60, remaining=0, reset_s=60.0)


def test_what_was_used_counts_when_it_was_made() -> None:
    """The output limit does not: 100 tokens are taken ten seconds later, not 4,000 at once."""
    clock = NotingClock()
    limits = limited(clock, tpm=600, charge="used")
    assert limits.admit(500, 4000) == 0.0
    limits.account.works(10.0, 300)
    assert limits.admit(100, 4000) == 0.0
    limits.account.works(10.0, 100)
    clock.now_s = 10.0
    assert limits.admit(1, 4000) == 30.1


def test_tokens_of_a_day_are_always_those_that_were_used() -> None:
    """Input when it comes, output when it is made."""
    clock = NotingClock()
    limits = limited(clock, tpd=1000)
    assert limits.admit(400, 900) == 0.0
    limits.account.works(0.0, 500)
    assert limits.admit(200, 900) == pytest.approx(100 * 86.4)


def test_only_so_many_are_answered_at_a_time() -> None:
    """The next waits for the first that ends."""
    clock = NotingClock()
    limits = limited(clock, concurrency=2)
    for until in (7.0, 5.0):
        assert limits.admit() == 0.0
        limits.account.works(until, 0)
    assert limits.admit() == 5.0
    clock.now_s = 5.0
    assert limits.admit() == 0.0


def test_others_take_their_share_of_everything() -> None:
    """Half of a shared key is half the pace; the headers state the whole limit, and our part of the rest."""
    limits = limited(NotingClock(), rpm=60, others=0.5)
    assert [limits.admit() for _ in range(31)][-1] == 2.0
    assert limits.standing().requests == Mark(limit=60, remaining=0, reset_s=60.0)


def test_others_work_too() -> None:
    """Of four requests at a time, one is theirs."""
    limits = limited(NotingClock(), concurrency=4, others=0.25)
    for _ in range(3):
        assert limits.admit() == 0.0
        limits.account.works(9.0, 0)
    assert limits.admit() == 9.0


@pytest.mark.parametrize(("failures", "next_wait_s"), [("none", 0.0), ("errors", 60.0), ("all", 60.0)])
def test_failures_count_where_they_do(failures: str, next_wait_s: float) -> None:
    """A request that was let in and failed."""
    limits = limited(NotingClock(), rpm=1, charge_failures=failures)
    assert limits.admit() == 0.0
    limits.account.failed(Load(input_tokens=0, output_limit=0))
    assert limits.admit() == next_wait_s


def test_where_all_counts_asking_too_often_pushes_the_wait_away() -> None:
    """Each refusal uses up what came back."""
    clock = NotingClock()
    limits = limited(clock, rpm=1, charge_failures="all")
    waits = []
    for now_s in (0.0, 30.0, 59.0, 119.0):
        clock.now_s = now_s
        waits.append(limits.admit())
    assert waits == pytest.approx([0.0, 30.0, 31.0, 0.0])


def test_the_schedule_changes_limits_for_a_while() -> None:
    """Seconds count from the account's first request."""
    clock = NotingClock()
    clock.now_s = 1000.0
    change = EmulatorChange(at_s=60, until_s=120, factor=0.5)
    limits = limited(clock, rpm=60, schedule=(change,))
    stated = []
    for now_s in (1000.0, 1059.0, 1060.0, 1119.0, 1120.0):
        clock.now_s = now_s
        mark = limits.standing().requests
        assert mark is not None
        stated.append((mark.limit, mark.remaining))
    assert stated == [(60, 60), (60, 60), (30, 30), (30, 30), (60, 31)]


def test_an_outage_lasts_as_long_as_it_says() -> None:
    """For good where it has no end."""
    clock = NotingClock()
    ends = EmulatorChange(at_s=10, until_s=20, outage=True)
    stays = EmulatorChange(at_s=30, outage=True)
    account = limited(clock, schedule=(ends, stays)).account
    out = []
    for clock.now_s in (0.0, 10.0, 19.9, 20.0, 30.0, 10**6):
        out.append(account.is_out)
    assert out == [False, True, True, False, True, True]


@pytest.mark.parametrize(
    ("limits", "told_s"),
    [({}, 12.5), ({"retry_after_s": 1.0}, 1.0), ({"retry_after": False, "retry_after_s": 1.0}, None)],
)
def test_a_429_says_the_true_wait_or_what_is_set_or_nothing(limits: dict[str, Any], told_s: float | None) -> None:
    """As providers do."""
    assert limited(NotingClock(), **limits).account.told_s(12.5) == told_s


def test_less_than_one_a_second_still_comes_in_steps() -> None:
    """Twelve a minute by the second is one each five seconds."""
    clock = NotingClock()
    limits = limited(clock, rpm=12, refill="second")
    waits = []
    for clock.now_s in (0.0, 1.0, 5.0):
        waits.append(limits.admit())
    assert waits == [0.0, 4.0, 0.0]
