"""Tests of modelroute_cli.providers.anthropic_messages.stops."""

import pytest
from support.claude import ask, claude

from modelroute_cli.base.schema import Request
from modelroute_cli.providers.anthropic_messages.stops import cut, sent_stops
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
    assert (sent_stops(call), cut("a END b\nc", call)) == (sent, left)
