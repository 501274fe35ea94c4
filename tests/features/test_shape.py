"""Rules of the outward shape of a request."""

import pytest

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.features.shape import NAMES, shape
from modelroute_cli.features.zones import zones

SHOWN = [
    ("```\nx\n```", "code fence"),
    ("def area(r):\n    return r", "code"),
    ("Solve 3x + 7 = 22", "formula"),
    ("What is 18% of 40?", "percent"),
    ("It costs 40 € a month", "currency"),
    ('{"name": "x"}', "JSON"),
    ("<b>bold</b> words", "tags"),
    ("a|b|c|d\n1|2|3|4", "table"),
    ("TONE: warm\nTOPIC: tea", "labelled lines"),
    ("- one\n- two", "bullets"),
    ('say "hi" now', "quotation"),
    ("Dear {{name}}, hello", "placeholder"),
    ("Subject: hello\n\ntext", "mail head"),
    ("see https://a.example", "web address"),
    ("notes -> text", "arrow"),
    ("bot:", "blank to fill"),
    ("and so on ...", "ellipsis"),
    ("nice \U0001f600", "emoji"),
    ("user: hi\nbot: hello\nuser: bye", "speakers"),
    ("what now", "lower-case beginning"),
    ("Why? Tell me.", "question at the beginning"),
    ("Tell me. Why?", "question at the end"),
    ("Why is it so?", "question in one line"),
    ("How many bones has a hand?", "question without numbers"),
    ("3 trams with 40 seats each and 12 of them taken: how many are free?", "question with numbers"),
    ("red/green/blue", "options parted by strokes"),
    ("Is it fish, meat or fowl at all", "a choice of words"),
    ("2 and 3 and 4 and 5", "many numbers"),
    ("it says ValueError again", "an error"),
    ("open notes.csv", "a file"),
    ("rename total_sum", "names of code"),
    ("Who? And why?", "several questions"),
    ("17 04 2026", "mostly digits"),
    ("--", "no words"),
    ("one two three", "up to 40 characters"),
    ("word " * 400, "longer"),
]


def names(request: Request) -> set[str]:
    """What holds for a request."""
    return {NAMES[place] for place in shape(request, zones(request))}


@pytest.mark.parametrize(("prompt", "name"), SHOWN)
def test_a_shape_is_seen(prompt: str, name: str) -> None:
    """Each shape is seen where it is, and not in a plain sentence."""
    assert name in names(Request(custom_id="r", prompt=prompt))
    assert name not in names(
        Request(custom_id="r", prompt="Please name the seven rivers that run through the old town")
    )


def test_what_a_request_carries_is_part_of_its_shape() -> None:
    """System message, schema, images and turns."""
    chat = (Message("user", "a"), Message("assistant", "b"), Message("user", "c"))
    request = Request(custom_id="r", messages=chat, system="s", response_schema={"type": "object"}, images=("a.png",))
    assert {"system message", "response schema", "image", "several turns"} <= names(request)


def test_a_short_instruction_over_long_material_is_seen() -> None:
    """The material is more than three times what asks."""
    quoted = '"' + "The council met again and postponed the bridge. " * 5 + '"'
    assert "short instruction over long material" in names(Request(custom_id="r", prompt=f"Shorten: {quoted}"))
