"""Tests of modelroute_cli.providers.anthropic_messages.marker."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from support.asked import texts
from support.claude import ANTHROPIC, OLDER, ask, body, claude

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.catalog.terms import CacheTerms
from modelroute_cli.jobs.sent_text import End, sent_text
from modelroute_cli.providers.anthropic_messages.marker import marked_end
from modelroute_cli.providers.base import Call

CHAT = Request(
    custom_id="r", system="Rules.", messages=(Message("user", "Read this: tea."), Message("assistant", "ok"))
)


def sharing(request: Request, beginning: str) -> Call:
    """A call whose text shares what stands up to and with `beginning`."""
    written = sent_text(request)
    return replace(ask(request), prefix=7, prefix_chars=written.index(beginning) + len(beginning))


@pytest.mark.parametrize(
    ("beginning", "end"),
    [("Rules.", End(0, 6)), ("Rul", End(0, 3)), ("Read this: ", End(1, 11)), ("ok", End(2, 2))],
)
def test_the_mark_stands_where_the_beginning_ends(beginning: str, end: End) -> None:
    """In the turn, after as many of its characters as are shared."""
    assert marked_end(sharing(CHAT, beginning)) == end


def test_a_mark_stands_behind_words() -> None:
    """Where only the first blanks of a turn are shared, the turn before is marked; a blank beginning has no mark."""
    blank = Request(custom_id="r", system="Rules.", prompt="  tea")
    assert marked_end(sharing(blank, "user  ")) == End(0, 6)
    assert marked_end(sharing(Request(custom_id="r", prompt="  tea"), "user  ")) is None


def test_nothing_is_marked_that_nobody_counts_on() -> None:
    """Without a shared beginning, at an endpoint without markers, for a model that caches by itself."""
    call = sharing(CHAT, "Rules.")
    unmarked = structs.replace(ANTHROPIC, cache_markers=False)
    automatic = claude(cache=CacheTerms(kind="automatic"))
    assert marked_end(replace(call, provider=OLDER)) == End(0, 6)
    assert marked_end(replace(call, provider=unmarked)) is None
    assert marked_end(replace(call, card=automatic)) is None
    assert marked_end(replace(call, prefix=None)) is None
    assert marked_end(replace(call, prefix_chars=3)) is None


def test_a_system_turn_in_the_middle_takes_the_mark_away() -> None:
    """It is sent in front, so the request does not begin with what is shared."""
    turns = (Message("user", "Read this."), Message("system", "Rules."), Message("user", "Go."))
    assert marked_end(sharing(Request(custom_id="r", messages=turns), "Read this.")) is None


@given(texts(), st.none() | texts(), texts(), texts())
def test_requests_of_one_beginning_send_one_beginning(shared: str, system: str | None, one: str, other: str) -> None:
    """Up to the mark, blocks agree to the byte: that is what Anthropic's cache compares."""
    asked = [Request(custom_id="r", system=system, prompt=shared + rest) for rest in (one, other)]
    chars = len(sent_text(Request(custom_id="r", system=system, prompt=shared)))
    sent = [body(replace(ask(each), prefix=7, prefix_chars=chars)) for each in asked]
    blocks = [[*each.get("system", []), *each["messages"][0]["content"]] for each in sent]
    places = [[at for at, block in enumerate(each) if "cache_control" in block] for each in blocks]
    assert places[0] == places[1]
    assert [len(each) for each in places] == [1, 1]
    assert blocks[0][: places[0][0] + 1] == blocks[1][: places[1][0] + 1]
    said = ["".join(block["text"] for block in each) for each in blocks]
    assert said == [(system or "") + shared + rest for rest in (one, other)]
