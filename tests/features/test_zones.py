"""Rules of where a request says what it wants."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.features.zones import Zones, bounded, zones


def of(prompt: str, system: str | None = None) -> Zones:
    """The zones of a prompt."""
    return zones(Request(custom_id="r", prompt=prompt or None, system=system))


def test_a_short_prompt_is_all_head() -> None:
    """What fits in one breath is the instruction."""
    found = of("Name three rivers.")
    assert (found.system, found.head, found.tail, found.middle, found.body) == ("", "Name three rivers.", "", "", "")


def test_what_follows_a_colon_at_length_is_not_the_head() -> None:
    """`Summarize: ...` is an instruction and its material."""
    article = "The valley has had a bus since 1931, and most of the time it was red and it was late, as all say."
    assert of(f"Summarize in one sentence: {article}").head == "Summarize in one sentence: "


def test_a_colon_before_little_is_no_border() -> None:
    """A short list after a colon is still the instruction."""
    assert of("Write a poem about: rain").head == "Write a poem about: rain"


def test_quoted_material_is_body() -> None:
    """Long quotations, fenced code and quoted lines are material, short quotations are not."""
    quote = '"Your refund has been issued and may take up to five business days."'
    found = of(f'Translate {quote} for the "Help" page.')
    assert (found.head, found.body) == ('Translate   for the "Help" page.', quote)
    assert of("Fix:\n```\nx = 1\n```\nthanks").body == "```\nx = 1\n```"
    assert of("Summarize this thread\n> one\n> two").body == "> one\n> two"


def test_an_instruction_behind_long_material_is_the_tail() -> None:
    """Both ends of a long prompt are read as instruction."""
    article = "The council met again and postponed the bridge. " * 30
    found = of(f"{article}\n\nBoil this down to five bullets.")
    assert found.tail.endswith("Boil this down to five bullets.")
    assert found.head.startswith("The council met")
    assert len(found.tail) <= 260


def test_paragraphs_at_the_ends_stay_whole() -> None:
    """The last paragraph of a long prompt is the tail even where it is long, the first one the head."""
    article = "The council met again and postponed the bridge. " * 20
    asked = "Boil this down to five bullets for the mayor. " * 7
    found = of(f"What follows is from the minutes of May.\n\n{article}\n\n{asked.strip()}")
    assert (found.head, found.tail) == ("What follows is from the minutes of May.\n\n", asked.strip())


def test_a_task_field_is_the_head_and_the_text_beside_it_the_body() -> None:
    """JSON is taken apart by the names of its fields."""
    found = of('{"text": "The lift is out of order until Monday.", "task": "translate", "to": "nl"}')
    assert (found.head, found.middle) == ("translate", "text, to nl")
    assert found.body == "The lift is out of order until Monday."


def test_of_material_both_ends_are_read() -> None:
    """The rest of a long quotation is left out."""
    found = of('Shorten "' + "x" * 500 + "y" * 500 + '"')
    assert found.body == f'"{"x" * 149}\n\n{"y" * 149}"'


def test_a_chat_is_read_by_its_last_user_turn() -> None:
    """Earlier turns count as turns; system and developer messages are the system zone."""
    chat = (
        Message("developer", "Be brief."),
        Message("user", "hi"),
        Message("assistant", "hello"),
        Message("user", "what now?"),
    )
    found = zones(Request(custom_id="r", messages=chat))
    assert (found.system, found.head, found.turns) == ("Be brief.", "what now?", 3)


def test_the_instruction_is_system_head_and_tail() -> None:
    """The parts that are there, one a line."""
    assert of("Say hi.", "Be brief.").instruction == "Be brief.\nSay hi."


def test_a_long_text_is_read_at_both_ends() -> None:
    """The middle of a long text is never looked at."""
    assert bounded("abc" * 10, 4) == "abca\n\ncabc"
    assert bounded("abc", 4) == "abc"


@given(st.text(max_size=600))
def test_zones_are_bounded_and_whole(prompt: str) -> None:
    """No zone is longer than its bound, and head and tail come from the text."""
    found = of(prompt or "x")
    assert len(found.head) <= 422
    assert len(found.tail) <= 420
    assert found.turns == 1


def test_a_huge_prompt_is_cheap() -> None:
    """Ten million characters are read at their ends only."""
    found = of("word " * 2_000_000)
    assert len(found.text) <= 4002
