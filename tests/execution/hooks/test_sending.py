"""One try: what is sent, and what an answer means."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from support.hooked import SECRET, FakeReceiver, a_run, address, occasion, standing, ways
from support.progress import HandClock

from modelroute_cli.catalog.hooks import ABOUT_RUNS, HookEvent
from modelroute_cli.execution.hooks.message import message_of
from modelroute_cli.execution.hooks.receivers import Program
from modelroute_cli.execution.hooks.sending import Deaf, Heard, Outcome, tell
from modelroute_cli.execution.hooks.signing import signature

MESSAGE = message_of(a_run(), standing(), occasion(HookEvent.START))


def program(code: str, timeout_s: float = 30.0) -> Program:
    """One that runs this code."""
    return Program(name="tell", run=(sys.executable, "-c", code), events=frozenset(ABOUT_RUNS), timeout_s=timeout_s)


def test_a_post_is_signed_for_the_moment_it_is_sent() -> None:
    """The id stays, the timestamp is that of the try."""
    receiver, clock = FakeReceiver([204]), HandClock()
    for at in (0, 60):
        clock.seconds = at
        assert asyncio.run(tell(address(), MESSAGE, ways(receiver, clock))) == Heard()
    for request, timestamp in zip(receiver.seen, (1795428000, 1795428060), strict=True):
        assert request.headers == {
            "content-type": "application/json",
            "webhook-id": MESSAGE.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(SECRET, MESSAGE.id, timestamp, MESSAGE.body),
        }
        assert (request.method, request.body) == ("POST", MESSAGE.body)


def test_without_a_secret_nothing_is_signed() -> None:
    """A chat's address is its secret, and it checks no signature."""
    receiver = FakeReceiver([200])
    asyncio.run(tell(address(secret=None), MESSAGE, ways(receiver)))
    assert sorted(receiver.seen[0].headers) == ["content-type", "webhook-id", "webhook-timestamp"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Heard()),
        (299, Heard()),
        (301, Deaf("it answered 301", again=False)),
        (404, Deaf("it answered 404", again=False)),
        (408, Deaf("it answered 408", again=True)),
        (410, Deaf("it answered 410", again=False, never=True)),
        (429, Deaf("it answered 429", again=True)),
        (500, Deaf("it answered 500", again=True)),
        (0, Deaf("no connection to `hooks.example.com`: Connection refused", again=True)),
    ],
)
def test_the_status_decides(status: int, outcome: Outcome) -> None:
    """A redirect is not followed: the signature would go along."""
    assert asyncio.run(tell(address(), MESSAGE, ways(FakeReceiver([status])))) == outcome


@pytest.mark.parametrize(("asked", "after_s"), [("7", 7.0), ("4000", 30.0), ("soon", 0.0), ("-3", 0.0)])
def test_a_receiver_may_ask_for_a_little_time(asked: str, after_s: float) -> None:
    """At most half a minute; what is no number of seconds is nothing."""
    outcome = asyncio.run(tell(address(), MESSAGE, ways(FakeReceiver([429], {"retry-after": asked}))))
    assert outcome == Deaf("it answered 429", again=True, after_s=after_s)


def test_a_program_has_the_body_on_its_stdin(tmp_path: Path) -> None:
    """And the event in its environment, beside what it was given."""
    place = tmp_path / "told"
    code = "import os, sys; open(os.environ['TO'], 'w').write(os.environ['MODELROUTE_EVENT'] + sys.stdin.read())"
    env = {"TO": str(place)}
    assert asyncio.run(tell(program(code), MESSAGE, ways(FakeReceiver([0]), env=env))) == Heard()
    written = place.read_text()
    assert written.startswith("start{")
    assert json.loads(written.removeprefix("start"))["run_id"] == "0123456789ab"


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (program("raise SystemExit(3)"), "it ended with code 3"),
        (program("import time; time.sleep(60)", timeout_s=0.05), "it took more than 0.05 s"),
        (
            Program(name="x", run=("no-such-program-anywhere",), events=frozenset(), timeout_s=1.0),
            "it could not be started: No such file or directory",
        ),
    ],
)
def test_a_program_that_fails_says_how(found: Program, why: str) -> None:
    """It is not started again, and nothing of it is left running."""
    assert asyncio.run(tell(found, MESSAGE, ways(FakeReceiver([0])))) == Deaf(why, again=False)
