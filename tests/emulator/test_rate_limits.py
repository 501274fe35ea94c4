"""Tests of modelroute_cli.emulator.rate_limits."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from support.emulating import NotingClock

from modelroute_cli.catalog.settings import EmulatorLimits
from modelroute_cli.emulator.buckets import Mark
from modelroute_cli.emulator.rate_limits import AccountLimits, Load, Standing


def limited(clock: NotingClock, *, rpm: int | None = None, tpm: int | None = None) -> "Door":
    """An account with steady limits."""
    return Door(AccountLimits(EmulatorLimits(rpm=rpm, tpm=tpm), clock))


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
