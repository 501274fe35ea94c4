"""How the emulator answers this program's own question about a template."""

import json

import pytest
from support import emulating

from modelroute_cli.base.schema import Request
from modelroute_cli.emulator.asked import Asked
from modelroute_cli.emulator.generate import Counted, Origin, generate
from modelroute_cli.emulator.task_question import likely_type
from modelroute_cli.planning.question import question


def asked(prompt: str) -> Asked:
    """The question about a prompt, as it comes over the wire."""
    made = question("t", Request(custom_id="r", prompt=prompt), "gpt-6-luna")
    turns = [{"role": turn.role, "content": turn.content} for turn in made.turns()]
    form = {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": made.response_schema}}
    return emulating.asked(messages=turns, response_format=form)


@pytest.mark.parametrize(
    ("prompt", "likely"),
    [
        ("Write a short e-mail to Ann about our new tea.", "email"),
        ("Translate into German: The kettle is warm.", "translation"),
        ("Write a Python function that sorts a list of dates.", "code"),
    ],
)
def test_the_prompt_between_the_marks_is_read(prompt: str, likely: str) -> None:
    """And not the words of the question around it."""
    request = asked(prompt)
    assert likely_type(request) == likely
    answer = generate(request, Origin(seed=1, digest=b"d", input_tokens=Counted(total=500)))
    assert json.loads(answer.text or "") == {"task_type": likely}


def test_the_likeliest_type_is_never_other() -> None:
    """A made-up model has an opinion on everything."""
    assert likely_type(asked("Morbin tavel kessun.")) != "other"


def test_other_requests_are_answered_as_before() -> None:
    """No marks, no opinion."""
    assert likely_type(emulating.asked("Which type is the prompt?")) is None
