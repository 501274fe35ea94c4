"""Tests of modelroute_cli.providers.anthropic_messages.stops."""

import json

import pytest
from support.calls import answered, wire
from support.claude import ask, claude

from modelroute_cli.base.schema import Request
from modelroute_cli.providers.anthropic_messages.decode import decode
from modelroute_cli.providers.anthropic_messages.stops import kept_at_stops, sent_stops
from modelroute_cli.providers.base import Call


def stopping(*words: str, takes: bool = True) -> Call:
    """A call with stop words, to a model that takes them or not."""
    return ask(Request(custom_id="r", prompt="Go.", stop=words), claude(stop=takes))


@pytest.mark.parametrize(
    ("call", "sent", "left"),
    [
        (stopping(), [], "a END b\nc"),
        (stopping("END"), ["END"], "a END b\nc"),
        (stopping("\n"), [], "a END b"),
        (stopping("END", "\n"), ["END"], "a "),
        (stopping("END", takes=False), [], "a "),
    ],
)
def test_what_is_not_sent_is_cut_here(call: Call, sent: list[str], left: str) -> None:
    """Anthropic refuses white space alone, and some models take no stop words."""
    body = {"content": [{"type": "text", "text": "a END b\nc"}], "stop_reason": "end_turn"}
    answer = answered(decode(wire(json.dumps(body)), call))
    assert (sent_stops(call), answer.text, kept_at_stops(answer, call)) == (sent, left, answer)
