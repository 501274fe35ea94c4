"""Progress: what is said, and how often."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from support.progress import HandClock, progress

from modelroute_cli.base.money import PicoUSD
from modelroute_cli.cli.console import Console
from modelroute_cli.cli.json_console import JsonConsole
from modelroute_cli.cli.progress import (
    Interval,
    Nobody,
    ProgressJson,
    ProgressLines,
    ProgressScreen,
    Silent,
    observer_for,
)
from modelroute_cli.execution.work import BatchProgress, KnownLimit, LimitUnit, ModelProgress, Progress
from modelroute_cli.report.progress_screen import progress_text, screen_lines
from modelroute_cli.report.sparkline import Trail


class Terminal(io.StringIO):
    """A stderr that is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


class Encoded(Terminal):
    """A terminal of another encoding."""

    encoding = "ascii"


def model(name: str, waiting: int = 300, *, holds: str = "", limit: KnownLimit | None = None) -> ModelProgress:
    """A model that did 120."""
    return ModelProgress(
        model=name,
        done=120,
        in_flight=8,
        waiting=waiting,
        per_minute=499.4,
        limit=limit,
        holds=holds,
        spent_pusd=PicoUSD(12 * 10**9),
    )


BUSY = replace(
    progress(4, 40.4, failed=1, held=10**10),
    projected_pusd=PicoUSD(9 * 10**10),
    planned_pusd=PicoUSD(8 * 10**10),
    escalations=3,
    per_minute=512.0,
    paced="paced at 50%",
    models=(
        model("gpt-6-luna", holds="429, 12 s", limit=KnownLimit(500, LimitUnit.RPM)),
        model("kimi-k2", 5, holds="8 at once"),
        model("qwen-3", 5, limit=KnownLimit(480, LimitUnit.RPM, learned=True)),
    ),
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
        (
            BUSY,
            (
                "4/10 done, 1 failed, 2 in flight, 3 escalated, 512 a minute, paced at 50%, spent $0.040 (and up to "
                "$0.010 unknown) of at most $1.000, by usage ~$0.090 in all, about 40 s left; gpt-6-luna 429, 12 s"
            ),
        ),
    ],
)
def test_progress_says_counts_money_and_time(shown: Progress, said: str) -> None:
    """Done, failed, in flight, escalated, rate, pace, spent, unknown, cap, projection, time left, what holds it up."""
    assert progress_text(shown) == said


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (80, "4/10 done, 1 failed, spent $0.040 of at most $1.000, about 40 s left"),
        (60, "4/10 done, 1 failed, spent $0.040 of at most $1.000"),
        (40, "4/10 done, 1 failed, spent $0.040"),
        (10, "4/10 done"),
    ],
)
def test_a_narrow_line_leaves_out_what_matters_least(room: int, said: str) -> None:
    """Nothing is cut in the middle."""
    assert progress_text(progress(4, 40.4, failed=1, held=10**10), room) == said


def test_a_wide_terminal_shows_every_column() -> None:
    """Counts, money, and what each model does, may do and waits for."""
    assert screen_lines(BUSY, 120, 40) == [
        "4/10 done, 1 failed, 2 in flight, 3 escalated, 512 a minute, paced at 50%, about 40 s left",
        "Spent $0.040 (and up to $0.010 unknown) of at most $1.000, planned ~$0.080, by usage ~$0.090 in all",
        "Model       Done  In flight  Waiting  Per min     Limit   Spent  Held up by",
        "gpt-6-luna   120          8      300      499   500 RPM  $0.012  429, 12 s",
        "kimi-k2      120          8        5      499  learning  $0.012  8 at once",
        "qwen-3       120          8        5      499  ~480 RPM  $0.012",
    ]


def test_a_narrow_terminal_drops_columns_and_never_a_name() -> None:
    """At 40 cells: what is done, what waits, what it cost."""
    assert screen_lines(BUSY, 40, 40) == [
        "4/10 done, 1 failed, about 40 s left",
        "Spent $0.040 of at most $1.000",
        "Model       Done  Waiting   Spent",
        "gpt-6-luna   120      300  $0.012",
        "kimi-k2      120        5  $0.012",
        "qwen-3       120        5  $0.012",
    ]


def test_a_low_terminal_leaves_out_the_models_with_the_least_to_do() -> None:
    """And says how many; the order stays that of the names."""
    many = replace(BUSY, models=tuple(model(f"model-{at}", waiting=at) for at in range(9)))
    assert screen_lines(many, 30, 8)[2:] == [
        "Model    Done  Waiting   Spent",
        "model-6   120        6  $0.012",
        "model-7   120        7  $0.012",
        "model-8   120        8  $0.012",
        "and 6 more models",
    ]


@given(st.integers(20, 200), st.integers(1, 60), st.integers(0, 12))
def test_what_is_drawn_fits_any_terminal(columns: int, lines: int, count: int) -> None:
    """No line is wider than the terminal, none but the least is below its end."""
    many = replace(BUSY, models=tuple(model(f"model-{at}", waiting=at) for at in range(count)))
    drawn = screen_lines(many, columns, lines)
    assert all(len(line) <= columns for line in drawn)
    assert len(drawn) < max(lines, 7)


def test_plain_lines_come_every_two_seconds_then_every_half_minute_and_at_the_end() -> None:
    """A log is not flooded, however long the run; the last state is always in it."""
    err, now = io.StringIO(), [0.0]
    lines = ProgressLines(Console(io.StringIO(), err, {}), Interval(lambda: now[0]))
    for at, done in ((0, 0), (0.5, 1), (1.9, 2), (2.1, 3), (2.2, 4), (60, 5), (80, 6), (89, 7), (90.5, 8), (91, 9)):
        now[0] = at
        lines.on_progress(progress(done))
    lines.on_progress(replace(progress(10), in_flight=0))
    assert [line.split()[0] for line in err.getvalue().splitlines()] == ["0/10", "3/10", "5/10", "8/10", "10/10"]


def test_the_end_is_told_once() -> None:
    """Though its rate goes on changing; a run whose last requests are in flight has not ended."""
    err = io.StringIO()
    lines = ProgressLines(Console(io.StringIO(), err, {}), Interval(lambda: 0.0))
    for shown in (
        progress(9),
        progress(10),
        replace(progress(10), in_flight=0, per_minute=60.0),
        replace(progress(10), in_flight=0, per_minute=59.0),
    ):
        lines.on_progress(shown)
    assert [line.split()[0] for line in err.getvalue().splitlines()] == ["9/10", "10/10"]
    assert "60 a minute" in err.getvalue()


def test_notices_are_said_at_once_and_safely() -> None:
    """A notice may hold a provider's words."""
    err = io.StringIO()
    ProgressLines(Console(io.StringIO(), err, {})).on_notice("paused: \x1b[31mslow down")
    assert err.getvalue() == "paused: ?[31mslow down\n"


def test_plain_lines_tell_of_what_is_handed_in() -> None:
    """A line for each provider below the counts."""
    err = io.StringIO()
    waiting = BatchProgress(
        provider="openai",
        service_tier="batch",
        batches=1,
        requests=6,
        done=2,
        since="2026-11-23T10:14:00+00:00",
        due_at=None,
        state="running",
    )
    ProgressLines(Console(io.StringIO(), err, {})).on_progress(replace(progress(4), batches=(waiting,)))
    assert err.getvalue().splitlines() == [
        "4/10 done, 2 in flight, spent $0.040 of at most $1.000",
        "  openai batch: 2/6 done in 1 batch, running, since 11-23 10:14 UTC",
    ]


def test_json_lines_carry_all_numbers_and_the_time() -> None:
    """Money is a decimal string, unknown is null; notices are lines of the same kind."""
    err = io.StringIO()
    console = JsonConsole(io.StringIO(), err, {}, HandClock())
    shown = ProgressJson(console, Interval(lambda: 0.0))
    shown.on_progress(replace(BUSY, models=BUSY.models[:1]))
    shown.on_notice("paused")
    first, second = (json.loads(line) for line in err.getvalue().splitlines())
    assert first == {
        "at": "2026-11-23T10:00:00.000+00:00",
        "event": "progress",
        "done": 4,
        "total": 10,
        "failed": 1,
        "falls": [],
        "in_flight": 2,
        "spent_usd": "0.04",
        "held_usd": "0.01",
        "cap_usd": "1",
        "eta_s": 40.4,
        "projected_usd": "0.09",
        "planned_usd": "0.08",
        "reserved_usd": "0",
        "escalations": 3,
        "per_minute": 512.0,
        "paced": "paced at 50%",
        "models": [
            {
                "model": "gpt-6-luna",
                "done": 120,
                "in_flight": 8,
                "waiting": 300,
                "per_minute": 499.4,
                "limit": {"amount": 500, "unit": "RPM", "learned": False},
                "holds": "429, 12 s",
                "spent_usd": "0.012",
            }
        ],
        "batches": [],
    }
    assert second == {"at": "2026-11-23T10:00:00.000+00:00", "event": "note", "text": "paused"}


def test_json_lines_name_warnings_as_such() -> None:
    """Colour is nothing to a program."""
    err = io.StringIO()
    JsonConsole(io.StringIO(), err, {}, HandClock()).note("\nmind this", "warning")
    assert json.loads(err.getvalue())["level"] == "warning"
    assert json.loads(err.getvalue())["text"] == "mind this"


def test_silence_still_tells_notices() -> None:
    """What a person would want to know is told whatever the view."""
    err = io.StringIO()
    silent = Silent(Console(io.StringIO(), err, {}))
    silent.on_progress(progress(4))
    silent.on_notice("closed")
    Nobody().on_progress(progress(4))
    Nobody().on_notice("nobody hears")
    assert err.getvalue() == "closed\n"


def test_a_terminal_is_drawn_on_and_everything_else_gets_lines() -> None:
    """What was asked for comes first."""
    plain, live = Console(io.StringIO(), io.StringIO(), {}), Console(io.StringIO(), Terminal(), {})
    assert isinstance(observer_for(plain), ProgressLines)
    assert isinstance(observer_for(live), ProgressScreen)
    assert isinstance(observer_for(live, "plain"), ProgressLines)
    assert isinstance(observer_for(live, "off"), Silent)
    assert isinstance(observer_for(JsonConsole(io.StringIO(), Terminal(), {}), "json"), ProgressJson)
    assert isinstance(observer_for(Console(io.StringIO(), Terminal(), {"TERM": "dumb"})), ProgressLines)


def test_a_drawing_replaces_the_one_before_in_one_piece() -> None:
    """Each line cleared on the way up to the first; the same again writes nothing; the cursor ends below."""
    err = Terminal()
    screen = ProgressScreen(Console(io.StringIO(), err, {}))
    screen.on_progress(progress(4))
    first = err.getvalue()
    screen.on_progress(progress(4))
    assert err.getvalue() == first == "\x1b[?25l4/10 done, 2 in flight\nSpent $0.040 of at most $1.000"
    screen.on_progress(progress(5))
    assert err.getvalue().removeprefix(first) == (
        "\r\x1b[2K\x1b[1A\x1b[2K5/10 done, 2 in flight\nSpent $0.050 of at most $1.000"
    )
    screen.close()
    assert err.getvalue().endswith("Spent $0.050 of at most $1.000\n\x1b[?25h")


@pytest.mark.parametrize(("err", "bars"), [(Terminal(), "▁▅█"), (Encoded(), "_=#")])
def test_the_pace_is_drawn_beside_its_number(err: Terminal, bars: str) -> None:
    """One bar for two seconds; signs that every terminal has where its encoding lacks blocks."""
    moments = iter([0.0, 2.0, 3.0, 4.0])
    screen = ProgressScreen(Console(io.StringIO(), err, {}), Trail(lambda: next(moments)))
    for per_minute in (0.0, 250.0, 256.0, 512.0):
        screen.on_progress(replace(progress(4), per_minute=per_minute))
    assert err.getvalue().split("\x1b")[-1].startswith(f"[2K4/10 done, 2 in flight, 512 a minute {bars}\n")


def test_a_notice_stands_above_the_drawing() -> None:
    """It stays when the lines below change."""
    err = Terminal()
    screen = ProgressScreen(Console(io.StringIO(), err, {}))
    screen.on_progress(progress(4))
    before = err.getvalue()
    screen.on_notice("slower")
    assert err.getvalue().removeprefix(before) == (
        "\r\x1b[2K\x1b[1A\x1b[2Kslower\n4/10 done, 2 in flight\nSpent $0.040 of at most $1.000"
    )
