"""Requests as people read them."""

import pytest

from modelroute_cli.base.schema import Message, Request, Tool
from modelroute_cli.pilot.scorers.request_text import request_text


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (Request(custom_id="a", prompt="Say hello"), "Say hello"),
        (Request(custom_id="a", prompt="Say hello", system="Be brief."), "[system]\nBe brief.\n\n[user]\nSay hello"),
        (
            Request(custom_id="a", messages=(Message("user", "1"), Message("assistant", "2"), Message("user", "3"))),
            "[user]\n1\n\n[assistant]\n2\n\n[user]\n3",
        ),
        (
            Request(
                custom_id="a",
                prompt="What is it?",
                images=("a.png", "data:image/png;base64,iVBORw0KGgo="),
                audio=("call.mp3",),
                files=("https://example.com/b.pdf",),
                tools=(Tool(name="look_up"),),
                response_schema={"type": "object"},
            ),
            (
                "What is it?\n\n[image: a.png]\n\n[image: number 2, in the request itself]\n\n[sound: call.mp3]\n\n"
                "[document: https://example.com/b.pdf]\n\n[tool: look_up]\n\n[the answer is held to a JSON schema]"
            ),
        ),
    ],
)
def test_a_person_reads_all_that_was_asked(request_: Request, text: str) -> None:
    """A single prompt as it is; of more turns who said what; what cannot be shown is named."""
    assert request_text(request_) == text
