"""`--start-at`: what it takes, what it refuses, and what plan, run and status make of it."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cli import Cli, mails

from modelroute_cli.base.errors import ExitCode, UsageError
from modelroute_cli.cli.start_at import refuse_past_start, start_time

NOW = datetime(2026, 11, 23, 20, 15, 30, 250, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("6h", datetime(2026, 11, 24, 2, 15, 30, tzinfo=UTC)),
        ("90m", datetime(2026, 11, 23, 21, 45, 30, tzinfo=UTC)),
        ("2d", datetime(2026, 11, 25, 20, 15, 30, tzinfo=UTC)),
        ("21:00Z", datetime(2026, 11, 23, 21, 0, tzinfo=UTC)),
        ("16:30Z", datetime(2026, 11, 24, 16, 30, tzinfo=UTC)),
        ("20:15Z", datetime(2026, 11, 24, 20, 15, tzinfo=UTC)),
        ("00:30+02:00", datetime(2026, 11, 23, 22, 30, tzinfo=UTC)),
        ("23:00-05:00", datetime(2026, 11, 24, 4, 0, tzinfo=UTC)),
        ("2026-11-24T10:30Z", datetime(2026, 11, 24, 10, 30, tzinfo=UTC)),
        ("2026-11-24 12:30+02:00", datetime(2026, 11, 24, 10, 30, tzinfo=UTC)),
        ("2026-11-20T10:30Z", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
    ],
)
def test_what_names_a_time(text: str, moment: datetime) -> None:
    """A span from now, the next such time of day, or a day and time; one that is past is told apart later."""
    assert start_time(text, NOW) == moment


def test_without_it_a_job_begins_at_once() -> None:
    """None is no time."""
    assert start_time(None, NOW) is None
    refuse_past_start(None, None, NOW)


@pytest.mark.parametrize("text", ["16:30", "2026-11-24T10:30"])
def test_a_time_without_a_zone_is_refused(text: str) -> None:
    """It is another one in every country."""
    with pytest.raises(UsageError) as caught:
        start_time(text, NOW)
    assert caught.value.message == f"--start-at: `{text}` has no time zone"
    assert caught.value.hint == f"write `{text}Z` for UTC, or its offset: `{text}+02:00`"


@pytest.mark.parametrize("text", ["soon", "", "6", "0h", "25:00Z", "2026-11-24", "2026-13-01T10:30Z", "-6h", "6 h"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """With how to write one."""
    with pytest.raises(UsageError) as caught:
        start_time(text, NOW)
    assert caught.value.message == f"--start-at: `{text}` is no time to start at"
    assert caught.value.hint == "write it like `6h`, `16:30Z` or `2026-12-01T10:30Z`"


def test_a_past_time_is_refused_with_a_hint() -> None:
    """A second ago is past."""
    with pytest.raises(UsageError) as caught:
        refuse_past_start("2026-11-23T20:15Z", NOW - timedelta(seconds=1), NOW)
    assert caught.value.message == "--start-at: `2026-11-23T20:15Z` is past"
    assert caught.value.hint == "type a time to come, or leave --start-at out to start at once"


@given(
    st.integers(0, 366 * 86_400).map(lambda second: NOW + timedelta(seconds=second)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(-12, 14),
)
def test_a_time_of_day_is_always_within_the_next_day(now: datetime, hour: int, minute: int, offset: int) -> None:
    """Whatever its zone: after now, at most 24 hours away, and that time of day there."""
    moment = start_time(f"{hour:02}:{minute:02}{offset:+03}:00", now)
    assert moment is not None
    assert timedelta(0) < moment - now <= timedelta(days=1)
    there = moment + timedelta(hours=offset)
    assert (there.hour, there.minute, there.second) == (hour, minute, 0)


def test_a_plan_is_made_for_its_start(cli: Cli) -> None:
    """Prices and deadlines are those of then, and the plan says so."""
    cli.jobs({**mails(1)[0], "deadline": "2h"})
    plan = cli("plan", "jobs.jsonl", "--json", "--start-at", "2099-11-24T02:00Z", "--models", "gpt-6-luna").json
    assert (plan["start_at"], plan["prices_at"]) == ("2099-11-24T02:00:00+00:00",) * 2
    shown = cli("plan", "jobs.jsonl", "--start-at", "2099-11-24T02:00Z", "--models", "gpt-6-luna").out
    assert "  starts at 2099-11-24 02:00 UTC, at the prices of then\n" in shown


@pytest.mark.parametrize("command", [("plan", "jobs.jsonl"), ("run", "jobs.jsonl", "--emulator", "--yes")])
def test_a_past_start_is_refused_before_anything_else(cli: Cli, command: tuple[str, ...]) -> None:
    """By both commands, with what to type instead."""
    cli.jobs(*mails(1))
    done = cli(*command, "--start-at", "2020-01-01T10:00Z")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == (
        "error: --start-at: `2020-01-01T10:00Z` is past\n"
        "hint: type a time to come, or leave --start-at out to start at once\n"
    )


def test_prices_of_the_past_have_no_start(cli: Cli) -> None:
    """A study is not begun at another time."""
    cli.jobs(*mails(1))
    done = cli("plan", "jobs.jsonl", "--start-at", "6h", "--prices-as-of", "2025-10-01")
    assert done.code == ExitCode.USAGE
    assert "error: --start-at: a plan with prices of the past does not begin at another time\n" in done.err


def test_a_plan_file_keeps_its_start(cli: Cli) -> None:
    """It is a part of what was reviewed: no flag changes it."""
    cli.jobs(*mails(1))
    assert cli("plan", "jobs.jsonl", "--start-at", "6h", "-o", "jobs.plan").code == ExitCode.OK
    done = cli("run", "jobs.plan", "--emulator", "--start-at", "7h")
    assert done.code == ExitCode.USAGE
    assert "error: --start-at: `jobs.plan` is a plan, and a plan is sent as it was reviewed\n" in done.err


def test_an_emulated_run_does_not_wait_and_is_taken_up_again(cli: Cli) -> None:
    """The same command is the same run; another start is another one."""
    cli.jobs(*mails(2))
    sending = ("run", "jobs.jsonl", "--emulator", "--yes", "--models", "gpt-6-luna", "--min-quality", "0")
    first = cli(*sending, "--start-at", "6h")
    assert first.code == ExitCode.OK
    assert "an emulated run does not wait until " in first.err
    again = cli(*sending, "--start-at", "6h")
    assert "Nothing was left to send\n" in again.out
    assert "Nothing was left to send\n" not in cli(*sending, "--start-at", "5h").out


def test_a_run_waits_for_its_start(cli: Cli) -> None:
    """It says until when; ^C ends the wait, nothing was sent, and `status` knows when it begins."""
    cli.jobs(*mails(2))
    asked = "run jobs.jsonl --yes --models gpt-6-luna --start-at 2099-11-24T02:00Z --progress json"
    waiting = subprocess.Popen(
        [sys.executable, "-m", "modelroute_cli", *asked.split()],
        env={**os.environ, "OPENAI_API_KEY": "not-a-key"},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert waiting.stderr is not None
    told = next(line for line in waiting.stderr if "waiting until" in line)
    assert "waiting until 2099-11-24 02:00 UTC to start (--start-at)" in json.loads(told)["text"]
    status = cli("status")
    assert "Starts at 2099-11-24 02:00 UTC (--start-at)\n" in status.out
    waiting.send_signal(signal.SIGINT)
    out, _ = waiting.communicate(timeout=20)
    assert waiting.returncode == ExitCode.INTERRUPTED
    assert "0 of 2 requests" in out or "2 waiting" in out


def test_an_off_peak_plan_is_shown_and_sent(cli: Cli) -> None:
    """At 02:00 of a Tuesday with six hours: the wait is shown; an emulator is there at once, and bills by the clock."""
    cli.jobs(*mails(3))
    asked = ("--start-at", "2099-11-24T02:00Z", "--deadline", "6h", "--models", "deepseek-flash", "-o", "jobs.plan")
    shown = cli("plan", "jobs.jsonl", "--tiers", "standard,off_peak", *asked).out
    (line,) = [line for line in shown.splitlines() if line.startswith("off_peak ")]
    assert line.split()[:6] == ["off_peak", "3", line.split()[2], "50%", "2", "h"]
    assert "30 min" in line
    done = cli("run", "jobs.plan", "--emulator", "--yes")
    assert done.code == ExitCode.OK
    assert "an emulated run does not wait for cheap hours (off_peak)\n" in done.err
    rows = [json.loads(line) for line in (cli.folder / "jobs.results.jsonl").read_text().splitlines()]
    assert [row["status"] for row in rows] == ["accepted"] * 3
