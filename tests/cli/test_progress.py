"""Progress: what is said, and how often."""

import io
from dataclasses import replace

import pytest

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.progress import ProgressLines, observe, progress_text
from modelroute_cli.execution.work import Progress


def progress(done: int, eta_s: float | None = None, *, failed: int = 0, held: int = 0) -> Progress:
    """A run of ten requests, with $1 to spend."""
    return Progress(
        done=done,
        total=10,
        failed=failed,
        in_flight=2,
        spent_pusd=PicoUSD(done * 10**10),
        held_pusd=PicoUSD(held),
        cap_pusd=PicoUSD(10**12),
        eta_s=eta_s,
    )


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (progress(4), "4/10 done, 2 in flight, spent $0.040 of at most $1.000"),
        (progress(4, 40.4), "4/10 done, 2 in flight, spent $0.040 of at most $1.000, about 40 s left"),
        (progress(4, 150), "4/10 done, 2 in flight, spent $0.040 of at most $1.000, about 2 min left"),
        (progress(4, 5_400), "4/10 done, 2 in flight, spent $0.040 of at most $1.000, about 1.5 h left"),
        (
            progress(4, failed=1, held=10**10),
            "4/10 done, 1 failed, 2 in flight, spent $0.040 (and up to $0.010 unknown) of at most $1.000",
        ),
    ],
)
def test_progress_says_counts_money_and_time(shown: Progress, said: str) -> None:
    """Done, failed, in flight, spent, unknown, cap, time left."""
    assert progress_text(shown) == said


def test_progress_says_what_usage_comes_to_once_it_is_known() -> None:
    """The projection is named as one from usage, and left out where there is no room."""
    known = replace(progress(4, 40.4), projected_pusd=PicoUSD(9 * 10**10))
    whole = "4/10 done, spent $0.040 of at most $1.000, by usage ~$0.090 in all, about 40 s left"
    assert progress_text(known, len(whole)) == whole
    assert (
        progress_text(known, len(whole) - 1)
        == "4/10 done, 2 in flight, spent $0.040 of at most $1.000, about 40 s left"
    )


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (80, "4/10 done, 1 failed, spent $0.040 of at most $1.000, about 40 s left"),
        (60, "4/10 done, 1 failed, spent $0.040 of at most $1.000"),
        (40, "4/10 done, 1 failed, spent $0.040"),
        (10, "4/10 done"),
    ],
)
def test_a_narrow_terminal_leaves_out_what_matters_least(room: int, said: str) -> None:
    """Nothing is cut in the middle."""
    assert progress_text(progress(4, 40.4, failed=1, held=10**10), room) == said


def test_plain_lines_come_at_most_every_two_seconds_and_at_the_end() -> None:
    """A log is not flooded; the last state is always in it."""
    err, now = io.StringIO(), [0.0]
    lines = ProgressLines(Console(io.StringIO(), err, {}), lambda: now[0])
    for at, done in ((0.0, 0), (0.5, 1), (1.9, 2), (2.1, 3), (2.2, 4), (2.3, 10), (2.4, 10)):
        now[0] = at
        lines.on_progress(progress(done))
    assert [line.split()[0] for line in err.getvalue().splitlines()] == ["0/10", "3/10", "10/10"]
    assert lines.in_flight == 2


def test_notices_are_said_at_once_and_safely() -> None:
    """A notice may hold a provider's words."""
    err = io.StringIO()
    ProgressLines(Console(io.StringIO(), err, {})).on_notice("paused: \x1b[31mslow down")
    assert err.getvalue() == "paused: ?[31mslow down\n"


def test_without_a_terminal_plain_lines_are_used() -> None:
    """A bar is for a terminal alone."""
    with observe(Console(io.StringIO(), io.StringIO(), {})) as observer:
        assert isinstance(observer, ProgressLines)
