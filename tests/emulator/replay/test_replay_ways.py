"""A replay in batches, over HTTP, beside faults, with models that drift, with answers that can be seen to be bad."""

import asyncio
import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from support.emulating import UNLIMITED
from support.replaying import (
    CHAT,
    GEMINI,
    MESSAGES,
    Row,
    hidden,
    job_of,
    outcomes_of,
    replaying,
    ticket,
    tickets,
)

from modelroute_cli.base.schema import Request
from modelroute_cli.catalog.hidden_quality import EmulatorDrift
from modelroute_cli.catalog.settings import EmulatorFaults
from modelroute_cli.emulator.answering import Given
from modelroute_cli.emulator.dialects.base import Incoming
from modelroute_cli.emulator.dialects.chat import CHAT as CHAT_DIALECT
from modelroute_cli.emulator.exchange import Posted, key_of
from modelroute_cli.emulator.rewire import rewire
from modelroute_cli.emulator.server import start
from modelroute_cli.providers.formats import format_for
from modelroute_cli.providers.transport import make_transport


@pytest.mark.parametrize(
    ("bad", "finish", "text"),
    [("refusal", "refusal", False), ("empty", "stop", False), ("truncated", "length", True), ("wrong", "stop", True)],
)
def test_bad_answers_show_as_often_as_gates_shall_catch_them(bad: str, finish: str, text: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    """A share of the wrong ones, by model; right answers never."""
    requests = [
        Request(custom_id=f"s{n}", prompt=f"Sum up report {n}.", expected=f"Report {n} says that sales grew.")
        for n in range(60)
    ]
    settings = hidden(0.5, gate_catch={CHAT: 0.5}, bad_answers=bad)
    emulator = replaying(job_of(tmp_path, requests), replay=settings)
    answers = [(request, emulator.ask(request, CHAT)) for request in requests]
    told = emulator.stats
    assert (told.shown_bad > 0) == (bad != "wrong")
    if bad != "wrong":
        shown = [answer for _, answer in answers if answer.finish_reason == finish and bool(answer.text) == text]
        shown = [answer for answer in shown if all(answer.text != request.expected for request, _ in answers)]
        assert len(shown) >= told.shown_bad > 5
        assert told.shown_bad < told.wrong
    assert sum(answer.text == request.expected for request, answer in answers) == told.right


def test_a_drift_makes_right_answers_wrong_from_then_on(tmp_path: Path) -> None:
    """After so many requests; the same ones again are answered as before, and it is told how many fell."""
    requests = tickets(140)
    drift = EmulatorDrift(model=CHAT, after_requests=40, quality=0.5)
    emulator = replaying(job_of(tmp_path, requests), replay=hidden(1.0, drift=(drift,)))
    right = [emulator.ask(request, CHAT).text == request.expected for request in requests]
    assert all(right[:40])
    assert 0.35 < sum(right[40:]) / 100 < 0.65
    assert all(emulator.ask(request, GEMINI).text == request.expected for request in requests[:20])
    assert right == [emulator.ask(request, CHAT).text == request.expected for request in requests]
    [told] = emulator.stats.drifts
    assert (told.since, told.after_requests, told.changed) == ("2026-11-23T10:00:00+00:00", 40, right.count(False))


def test_a_drift_may_come_with_time_and_on_one_template(tmp_path: Path) -> None:
    """Seconds from the first request of the job."""
    requests = tickets(40)
    drift = EmulatorDrift(model=CHAT, after_s=60, quality=0.0, template="odd")
    job = job_of(tmp_path, requests, templates=["odd" if n % 2 else "even" for n in range(40)])
    emulator = replaying(job, replay=hidden(1.0, drift=(drift,)))
    right = []
    for number, request in enumerate(requests):
        emulator.clock.now_s = 5.0 * number
        right.append(emulator.ask(request, CHAT).text == request.expected)
    assert right == [number < 12 or number % 2 == 0 for number in range(40)]


def test_a_drift_that_does_not_come_changes_nothing(tmp_path: Path) -> None:
    """And says so."""
    drift = EmulatorDrift(model=CHAT, after_requests=9, quality=0.0)
    emulator = replaying(job_of(tmp_path, tickets(5)), replay=hidden(1.0, drift=(drift,)))
    assert all(emulator.ask(request, CHAT).text == request.expected for request in tickets(5))
    [told] = emulator.stats.drifts
    assert (told.since, told.after_requests, told.changed) == (None, None, 0)


def test_lines_of_a_batch_are_answered_as_recorded(tmp_path: Path) -> None:
    """The same answers as alone, however often the results are read, and counted once."""
    requests = tickets(20)
    rows = [Row(request.custom_id, CHAT, float(number % 2)) for number, request in enumerate(requests)]
    emulator = replaying(job_of(tmp_path, requests), outcomes_of(tmp_path, rows))
    incomings = [
        Incoming(
            provider="mistral",
            client_id=None,
            body=format_for(emulator.call(each, CHAT).provider).encode(emulator.call(each, CHAT)).body,
        )
        for each in requests
    ]
    for _ in range(2):
        for incoming, request, row in zip(incomings, requests, rows, strict=True):
            posted = Posted(incoming=incoming, dialect=CHAT_DIALECT, digest=key_of(incoming), nth=0)
            served = emulator.emulator._answering.line(Given(posted=posted, at_s=0.0))
            text = json.loads(served.body)["choices"][0]["message"]["content"]
            assert (text == request.expected) == (row.quality == 1.0)
    assert (emulator.stats.right, emulator.stats.wrong) == (10, 10)


def test_a_whole_batch_of_the_wire_is_answered_as_recorded(tmp_path: Path) -> None:
    """Anthropic's, from its creation to its results."""
    requests = tickets(6)
    rows = [Row(request.custom_id, MESSAGES, float(number % 2)) for number, request in enumerate(requests)]
    emulator = replaying(job_of(tmp_path, requests), outcomes_of(tmp_path, rows))
    params = [
        json.loads(format_for(emulator.call(each, MESSAGES).provider).encode(emulator.call(each, MESSAGES)).body)
        for each in requests
    ]
    body = {
        "requests": [
            {"custom_id": each.custom_id, "params": param} for each, param in zip(requests, params, strict=True)
        ]
    }
    url = "http://emulated/anthropic/v1/messages/batches"
    headers = {"anthropic-version": "2023-06-01"}
    made = json.loads(emulator.emulator.exchange("POST", url, headers, iter((json.dumps(body).encode(),))).content())
    emulator.clock.now_s = 100.0
    returned = emulator.emulator.exchange("GET", f"{url}/{made['id']}/results", headers, iter(()))
    found = {
        line["custom_id"]: line["result"]["message"]["content"][0]["text"]
        for line in map(json.loads, returned.content().splitlines())
    }
    assert [found[each.custom_id] == each.expected for each in requests] == [row.quality == 1.0 for row in rows]


def test_faults_go_on_beside_the_replay(tmp_path: Path) -> None:
    """A truncated answer is a right one, cut."""
    request = Request(custom_id="s", prompt="Sum up.", expected="Sales grew by a third, and costs fell.")
    settings = replace(UNLIMITED, faults=EmulatorFaults(truncated=1.0))
    emulator = replaying(job_of(tmp_path, [request]), replay=hidden(1.0), settings=settings)
    answer = emulator.ask(request, CHAT)
    assert (answer.finish_reason, str(request.expected).startswith(answer.text)) == ("length", True)


def test_the_server_replays_too(tmp_path: Path) -> None:
    """Over HTTP, with the books at /stats."""
    emulator = replaying(job_of(tmp_path, tickets(4)), replay=hidden(1.0))

    async def ask() -> tuple[str, bytes]:
        server = await start(UNLIMITED, replay=emulator.replay)
        transport = make_transport(2)
        try:
            call = emulator.call(ticket(2), CHAT, provider=rewire(emulator.catalog.providers["mistral"], server.url))
            sent = await transport.send(format_for(call.provider).encode(call), 10.0)
            stats = server.stats.replay
            assert stats is not None
            return json.loads(sent.body)["choices"][0]["message"]["content"], json.dumps([stats.right]).encode()
        finally:
            await transport.close()
            await server.stop()

    assert asyncio.run(ask()) == ("other", b"[1]")
