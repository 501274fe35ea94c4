"""What is said of what is handed in, and what an ending says of its speed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.progress import progress

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.execution.work import BatchProgress, Bound, KnownLimit, LimitUnit, RunOutcome, RunStatus
from modelroute_cli.report.progress_screen import batch_lines, duration, pace_lines, screen_lines

BOUND = Bound(185.0, KnownLimit(500, LimitUnit.RPM), "gpt-6-luna")


def _outcome(sent: int, took_s: float, bound: Bound | None = None) -> RunOutcome:
    return RunOutcome(
        status=RunStatus.DONE,
        accepted=sent,
        failed=0,
        unsent=0,
        sent_now=sent,
        spent_pusd=PicoUSD(1),
        held_pusd=PicoUSD(0),
        cap_pusd=PicoUSD(2),
        took_s=took_s,
        bound=bound,
    )


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (
            _outcome(1000, 192.0, BOUND),
            ["Took 3 min 12 s, 5.21 requests/s; the limits alone allow 3 min 5 s (gpt-6-luna, 500 RPM)"],
        ),
        (_outcome(1000, 192.0), ["Took 3 min 12 s, 5.21 requests/s"]),
        (_outcome(1000, 2.0, Bound(0.2, KnownLimit(500, LimitUnit.RPM), "m")), ["Took 2 s, 500 requests/s"]),
        (_outcome(5, 192.0, BOUND), []),
        (_outcome(1000, 0.4), []),
    ],
)
def test_an_ending_tells_how_long_it_took_and_what_limits_allow(outcome: RunOutcome, said: list[str]) -> None:
    """Nothing of a session that sent next to nothing, nor of limits that are not known or did not matter."""
    assert pace_lines(outcome) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (192, "3 min 12 s"),
        (7_500, "2 h 5 min"),
        (3_599.7, "1 h 0 min"),
    ],
)
def test_a_time_is_told_in_two_units(seconds: float, said: str) -> None:
    """Rounded before it is divided."""
    assert duration(seconds) == said


OPENAI = BatchProgress(
    provider="openai",
    service_tier="batch",
    batches=2,
    requests=500,
    done=320,
    since="2026-11-23T10:14:00+00:00",
    due_at="2026-11-24T10:14:00+00:00",
    state="running",
)
UNTOLD = replace(OPENAI, provider="gemini", batches=1, done=None, due_at=None, state="waiting")


def test_a_line_for_each_provider_says_what_it_has() -> None:
    """How far it is, in how many batches, since when, until when."""
    assert batch_lines(replace(progress(4), batches=(OPENAI, UNTOLD)), None) == [
        "openai batch: 320/500 done in 2 batches, running, since 11-23 10:14, due 11-24 10:14 UTC",
        "gemini batch: ?/500 done in 1 batch, waiting, since 11-23 10:14 UTC",
    ]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (88, "openai batch: 320/500 done in 2 batches, running, since 11-23 10:14, due 11-24 10:14 UTC"),
        (80, "openai batch: 320/500 done in 2 batches, running, due 11-24 10:14"),
        (60, "openai batch: 320/500 done, running, due 11-24 10:14"),
        (40, "openai batch: 320/500 done, running"),
        (20, "openai batch: 320/500 done"),
    ],
)
def test_too_little_room_leaves_out_and_cuts_nothing(columns: int, said: str) -> None:
    """How far it is comes first."""
    assert batch_lines(replace(progress(4), batches=(OPENAI,)), columns) == [said]


@given(columns=st.integers(40, 200), done=st.none() | st.integers(0, 10**6), state=st.text(max_size=60))
def test_no_line_of_the_display_is_wider_than_its_terminal(columns: int, done: int | None, state: str) -> None:
    """Whatever a provider says."""
    shown = replace(progress(4), batches=(replace(OPENAI, requests=10**6, done=done, state=state),))
    assert [line for line in batch_lines(shown, columns) if len(line) > columns] == []


def test_the_drawn_lines_have_them_between_the_money_and_the_models() -> None:
    """They take rows from the table."""
    assert screen_lines(replace(progress(4), batches=(OPENAI,)), 80, 24) == [
        "4/10 done, 2 in flight",
        "Spent $0.040 of at most $1.000",
        "openai batch: 320/500 done in 2 batches, running, due 11-24 10:14",
    ]
