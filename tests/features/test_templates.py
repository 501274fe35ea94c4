"""Rules of template keys."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Message, Request, TaskType
from modelroute_cli.features.reading import read
from modelroute_cli.features.templates import skeleton, template


def key(request: Request, task_type: TaskType = TaskType.EMAIL) -> str:
    """The template key of a request."""
    return template(read(request), task_type)


def ask(prompt: str, system: str | None = None) -> Request:
    """A request."""
    return Request(custom_id="r", prompt=prompt, system=system)


def test_a_key_is_readable_and_pinned() -> None:
    """Keys are the same on every machine, as results of other runs are found by them."""
    assert key(ask("Write a short e-mail to our customers.")) == "email-en-36a374c7"


def test_what_varies_is_masked() -> None:
    """Numbers, names in quotes, addresses and placeholders do not make another template."""
    assert key(ask("Order 4711 is late, write a mail.")) == key(ask("Order 12 is late, write a mail."))
    assert key(ask('Tell "Ann" that we moved the store.')) == key(ask('Tell "Bo" that we moved the store.'))
    assert key(ask("Mail {{name}} about the new store.")) == key(ask("Mail {{customer}} about the new store."))


def test_only_the_first_words_count() -> None:
    """What follows the pattern's beginning may differ."""
    one, other = "about our blue kettle.", "about the new opening hours of the store."
    assert key(ask(f"Write a short e-mail {one}")) == key(ask(f"Write a short e-mail {other}"))


def test_other_system_messages_tasks_and_languages_are_other_templates() -> None:
    """Each of them changes what a good answer is."""
    prompt = "Write a short e-mail to our customers."
    keys = {
        key(ask(prompt)),
        key(ask(prompt, "Be brief.")),
        key(ask(prompt), TaskType.HEADLINE),
        key(ask("Schreibe eine kurze Mail an unsere Kunden.")),
        key(Request(custom_id="r", prompt=prompt, response_schema={"type": "object", "properties": {"a": {}}})),
        key(Request(custom_id="r", prompt=prompt, images=("a.png",))),
    }
    assert len(keys) == 6


def test_a_system_message_is_one_however_it_is_given() -> None:
    """As a field or as a turn."""
    turns = (Message("system", "Be brief."), Message("user", "Write a mail."))
    assert key(ask("Write a mail.", "Be brief.")) == key(Request(custom_id="r", messages=turns))


def test_a_skeleton_is_four_words() -> None:
    """Lower case, masked, without punctuation."""
    assert skeleton("Dear team, order 12: please check https://a.example now") == "dear team order §"


@given(st.text(min_size=1, max_size=200))
def test_any_request_has_a_key_of_three_parts(prompt: str) -> None:
    """Task type, language and eight hexadecimal digits."""
    task_type, language, digest = key(ask(prompt), TaskType.CODE).split("-")
    assert (task_type, len(digest), 2 <= len(language) <= 3) == ("code", 8, True)
