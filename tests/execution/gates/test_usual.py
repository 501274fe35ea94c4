"""Gates that nobody asked for."""

import pytest

from modelroute_cli.base.schema import Message, Request, TaskType
from modelroute_cli.execution.gates.usual import NOTHING_USUAL, Usual, unusual_language, usual_gates

GERMAN = "Liebe Anna, vielen Dank für Ihre Bestellung. Sie ist unterwegs und wird am Freitag bei Ihnen sein."
ENGLISH = "Dear Anna, we would like to thank you for your order. It is on its way and will be with you on Friday."


@pytest.mark.parametrize("task_type", TaskType)
def test_only_what_people_read_as_it_is_has_more_gates(task_type: TaskType) -> None:
    """E-mails, headlines and copy; a language only where the request's is known."""
    if task_type in {TaskType.EMAIL, TaskType.HEADLINE, TaskType.COPYWRITING}:
        assert usual_gates(task_type, "de") == Usual("de", no_fields=True)
        assert usual_gates(task_type.value, "und") == Usual(None, no_fields=True)
    else:
        assert usual_gates(task_type, "de") is NOTHING_USUAL


def test_an_answer_in_another_language_than_its_request_fails() -> None:
    """Where the request is in one language and names none."""
    request = Request(custom_id="r", prompt="Write an e-mail to Anna: her order is on its way.")
    assert unusual_language(GERMAN, request, "en") == "it is in `de`, not in `en`"
    assert unusual_language(ENGLISH, request, "en") is None


@pytest.mark.parametrize(
    "prompt",
    [
        "Write an e-mail in German to Anna: her order is on its way.",
        "Write an e-mail to Anna, auf Deutsch please: her order is on its way.",
        "Answer this e-mail: Guten Tag, wo ist meine Bestellung? Ich warte schon seit einer Woche auf die Lampe.",
        f"Write an e-mail like this one, about lamps and nothing else.\n\n{GERMAN}",
        "Schreibe auf Englisch an Anna, dass ihre Bestellung unterwegs ist und am Freitag kommt.",
    ],
)
def test_a_request_that_speaks_of_another_language_is_left_alone(prompt: str) -> None:
    """It names one, or holds a text in one."""
    request = Request(custom_id="r", prompt=prompt)
    assert unusual_language(GERMAN, request, "en") is None


def test_all_turns_are_read() -> None:
    """The system message may say which language to answer in."""
    turns = (Message("system", "Always answer in German."), Message("user", "An e-mail to Anna about her order."))
    assert unusual_language(GERMAN, Request(custom_id="r", messages=turns), "en") is None
