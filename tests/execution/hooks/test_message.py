"""A message says where a run stands, and nothing of what is in it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.hooked import USD, a_run, occasion, standing

from modelroute_cli.catalog.hooks import HookEvent
from modelroute_cli.execution.hooks.message import message_id, message_of


def test_a_body_has_these_fields_and_no_others() -> None:
    """Receivers rest on them; money is a decimal string."""
    message = message_of(a_run(), standing(8, 1, USD // 4), occasion(HookEvent.FINISH))
    assert json.loads(message.body) == {
        "format": 1,
        "type": "modelroute.finish",
        "timestamp": "2026-11-23T10:00:00.000+00:00",
        "event": "finish",
        "text": "marketing.jsonl is finished: 8 of 10 accepted, 1 failed, $0.250 spent of at most $1.000",
        "run_id": "0123456789ab",
        "job": "marketing.jsonl",
        "state": "running",
        "emulated": False,
        "counts": {"requests": 10, "accepted": 8, "failed": 1, "waiting": 1},
        "spent_usd": "0.25",
        "held_usd": "0",
        "cap_usd": "1",
        "projected_usd": "0.4",
        "next": "modelroute report 0123456789ab",
    }


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (HookEvent.START, "starts"),
        (HookEvent.RESUMED, "goes on"),
        (HookEvent.CAP_50, "has used half of its hard cap"),
        (HookEvent.CAP_90, "has used 90% of its hard cap"),
        (HookEvent.CAP_100, "has reached its hard cap"),
        (HookEvent.HANDED_IN, "is handed in, to be collected later"),
        (HookEvent.STOPPED, "was stopped"),
        (HookEvent.FAILURE, "did not go well"),
    ],
)
def test_every_event_has_its_sentence(event: HookEvent, text: str) -> None:
    """Chats show it as it stands; the next command shows where the run is."""
    body = json.loads(message_of(a_run(emulated=True), standing(), occasion(event)).body)
    assert (
        body["text"] == f"[emulated] marketing.jsonl {text}: 0 of 10 accepted, 0 failed, $0.00 spent of at most $1.000"
    )
    assert (body["type"], body["next"]) == (f"modelroute.{event}", "modelroute status 0123456789ab")


def test_a_plan_has_no_run_yet() -> None:
    """Its sentence tells what it would cost, and no command can be named."""
    body = json.loads(message_of(a_run(run_id=""), standing(), occasion(HookEvent.PLAN)).body)
    assert body["text"] == "marketing.jsonl is planned: 10 requests for ~$0.400, hard cap $1.000"
    assert (body["run_id"], body["next"]) == (None, None)


@pytest.mark.parametrize(
    ("source", "job"),
    [
        ("/home/anna/<!channel>\x1b[31m.jsonl", "_!channel_[31m.jsonl"),
        ("a/\u202egnp.csv", "_gnp.csv"),
        ("x/@here *now* `rm`.csv", "@here _now_ _rm_.csv"),
        ("-", "-"),
        ("", "stdin"),
        ("d/" + "n" * 200, "n" * 99 + "…"),
    ],
)
def test_the_name_of_a_job_file_steers_nothing(source: str, job: str) -> None:
    """It is text of somebody else's: no folder, no escape, no markup of a chat."""
    assert json.loads(message_of(a_run(source=source), standing(), occasion()).body)["job"] == job


def test_the_same_event_of_the_same_run_has_the_same_id() -> None:
    """Whatever else the message says; another run, another beginning of it or another cap has another."""
    first = message_id(a_run(), occasion(HookEvent.CAP_50, USD))
    assert first == "msg_f327ed53eaae4b254e41cacd8f95bf89"
    assert first == message_of(a_run(source="other.csv"), standing(5, 0, 7), occasion(HookEvent.CAP_50, USD)).id
    others = {
        message_id(a_run(run_id="ba9876543210"), occasion(HookEvent.CAP_50, USD)),
        message_id(a_run(created_at="2026-11-23T11:00:00+00:00"), occasion(HookEvent.CAP_50, USD)),
        message_id(a_run(), occasion(HookEvent.CAP_50, 2 * USD)),
        message_id(a_run(), occasion(HookEvent.CAP_90, USD)),
    }
    assert len(others | {first}) == 5


@given(st.text(), st.integers(0, 10), st.integers(0, USD))
def test_any_job_file_makes_a_body_that_is_json(source: str, accepted: int, spent: int) -> None:
    """And an id without the dot that ends it where it is signed."""
    message = message_of(a_run(source=source), standing(accepted, 0, spent), occasion())
    body = json.loads(message.body)
    assert body["counts"] == {"requests": 10, "accepted": accepted, "failed": 0, "waiting": 10 - accepted}
    assert "." not in message.id
    assert len(message.body) < 2_000
