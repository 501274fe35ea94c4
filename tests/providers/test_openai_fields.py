"""Tests of modelroute_cli.providers.openai_fields: what both formats send is in their own tests."""

import pytest
from support.calls import make_call, make_card

from modelroute_cli.base.schema import Request, Tool
from modelroute_cli.providers.base import UnsendableError
from modelroute_cli.providers.encoding import Inline
from modelroute_cli.providers.openai_fields import arguments, carried, document_name, role, sampling, sound_format


@pytest.mark.parametrize(
    ("media_type", "name"), [("application/pdf", "document-3.pdf"), ("text/plain", "document-3.bin")]
)
def test_a_document_is_named_by_its_place_and_kind(media_type: str, name: str) -> None:
    """The provider reads the kind from the name."""
    assert document_name(3, Inline(media_type, "AAAA")) == name


def test_zero_is_a_temperature() -> None:
    """It is sent; what was not asked for is not."""
    request = Request(custom_id="r", prompt="Hi", temperature=0.0)
    assert sampling(make_call(request)) == {"temperature": 0.0}


def test_only_system_turns_change_their_role() -> None:
    """The user's and the model's turns have one name everywhere."""
    call = make_call(Request(custom_id="r", system="s", prompt="u"), card=make_card())
    assert [role(turn, call) for turn in call.request.turns()] == ["developer", "user"]


def test_a_tool_without_arguments_takes_an_empty_object() -> None:
    """No schema at all would be refused by some."""
    assert arguments(Tool(name="halt")) == {"type": "object", "properties": {}}
    assert arguments(Tool(name="halt", parameters={"type": "object"})) == {"type": "object"}


def test_what_is_carried_stands_in_the_request() -> None:
    """A path or an address does not."""
    request = Request(custom_id="r", prompt="Hi")
    assert carried("data:audio/mpeg;base64,AAAA", request) == Inline("audio/mpeg", "AAAA")
    with pytest.raises(UnsendableError):
        carried("sound.mp3", request)


def test_mp3_has_two_names() -> None:
    """The registered one and the usual one."""
    request = Request(custom_id="r", prompt="Hi")
    assert {sound_format(Inline(kind, ""), request) for kind in ("audio/mpeg", "audio/mp3")} == {"mp3"}
