"""Rules of template keys."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Request, TaskType
from modelroute_cli.features.reading import read
from modelroute_cli.features.templates import Answer, key, likeness


def like(request: Request) -> str:
    """The name of those that look like a request."""
    return likeness(read(request))


def ask(prompt: str, system: str | None = None) -> Request:
    """A request."""
    return Request(custom_id="r", prompt=prompt, system=system)


def test_a_key_says_what_makes_answers_alike() -> None:
    """Task type, language and kind of the answer, then the name."""
    assert key(Answer(TaskType.TRANSLATION, "es", "text"), "3f9a0c1b") == "translation-es-text-3f9a0c1b"


def test_names_of_likeness_are_pinned() -> None:
    """They are the same on every machine, as results of other runs are found by them."""
    assert like(ask("Write a short e-mail to our customers.")) == "~270934cc"


def test_what_looks_alike_has_one_name() -> None:
    """Words do not count."""
    assert like(ask("Write a short e-mail to our customers.")) == like(ask("Name three rivers of Europe."))


def test_system_message_schema_image_length_and_code_part_what_looks_alike() -> None:
    """Each of them changes what a good answer is."""
    prompt = "Write a short e-mail to our customers."
    names = {
        like(ask(prompt)),
        like(ask(prompt, "Be brief.")),
        like(ask(prompt * 5)),
        like(ask("Explain:\n```\nx = 1\n```")),
        like(Request(custom_id="r", prompt=prompt, response_schema={"type": "object", "properties": {"a": {}}})),
        like(Request(custom_id="r", prompt=prompt, images=("a.png",))),
    }
    assert len(names) == 6


@given(st.text(min_size=1, max_size=200))
def test_any_request_looks_like_something(prompt: str) -> None:
    """A tilde and eight hexadecimal digits."""
    name = like(ask(prompt))
    assert (name[0], len(name), int(name[1:], 16) >= 0) == ("~", 9, True)
