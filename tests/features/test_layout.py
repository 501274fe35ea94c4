"""Rules of how a user turn is laid out: what asks, what may ask, and what is material."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.layout import Laid, lay_out

LETTER = "Dear all, the lift will be out of order from Monday to Thursday, as the annual inspection found worn cables."
TASKS = [
    ('{"task": "Summarize in one line", "text": "%s"}', "Summarize in one line"),
    ('{"text": "%s", "aufgabe": "Fasse es zusammen"}', "Fasse es zusammen"),
    ('{"tarea": "Resume el aviso", "aviso": "%s"}', "Resume el aviso"),
    ("<instructions>Translate it</instructions>\n<document>%s</document>", "Translate it"),
    ("<text>\n%s\n</text>\n<opdracht>Maak dit korter</opdracht>", "Maak dit korter"),
    ("# Task\nName the sender\n# Input\n%s", "Name the sender"),
    ("## Text\n%s\n\n## Anweisungen\nNenne den Absender", "Nenne den Absender"),
    ("Contexte : %s\nQuestion : quand est-ce ?", "quand est-ce ?"),
    ("指示: 要約してください\n本文: %s", "要約してください"),
    ("%s\n---\nTwo bullets please.", "Two bullets please."),
]


@pytest.mark.parametrize(("prompt", "asked"), TASKS)
def test_what_is_called_a_task_asks(prompt: str, asked: str) -> None:
    """Fields, tags, headings and rules tell the task from its material, in many languages."""
    laid = lay_out(prompt.replace("%s", LETTER))
    assert laid.asked == asked
    assert LETTER in laid.material


@pytest.mark.parametrize(
    ("prompt", "plain"),
    [
        ('Translate "%s" for me', "Translate   for me"),
        ("Translate:\n```\n%s\n```", "Translate:"),
        ("Shorten\n> %s", "Shorten"),
        ('Turn into YAML\n{"letter": "%s"}', "Turn into YAML"),
        ("<letter>%s</letter>\n<email>it</email>\nShorten", "<letter>%s</letter>\n\nShorten"),
    ],
)
def test_quotations_and_blocks_are_material(prompt: str, plain: str) -> None:
    """What stands beside them may ask."""
    laid = lay_out(prompt.replace("%s", LETTER))
    assert (laid.asked, laid.plain) == ("", plain.replace("%s", LETTER))


def test_fields_without_a_task_tell_by_their_names() -> None:
    """Names and short values say what is wanted; long values are material."""
    laid = lay_out('{"target_lang": "en", "segments": ["Der Aufzug steht."], "note": "%s"}'.replace("%s", LETTER))
    assert laid == Laid("target lang en, segments , note", "", LETTER)


def test_a_quotation_alone_may_ask() -> None:
    """Quoted text is material unless nothing else is there."""
    quoted = '"%s"'.replace("%s", LETTER)
    assert lay_out(quoted) == Laid("", quoted, "")


def test_a_plain_request_may_ask_as_a_whole() -> None:
    """Nothing marks its parts."""
    assert lay_out("Name three rivers.") == Laid("", "Name three rivers.", "")


def test_repeated_headings_are_examples_not_parts() -> None:
    """Questions and answers in turns stay together."""
    shots = "Question: 2 + 2\nAnswer: 4\nQuestion: 3 + 3\nAnswer:"
    assert lay_out(shots) == Laid("", shots, "")


def test_a_long_line_is_no_heading() -> None:
    """A report that begins with its own title is not a task."""
    text = f"The task of the week is done:\n{LETTER}\nAnd so is the other thing.\n"
    assert lay_out(text).asked == ""


@given(st.text(alphabet=st.sampled_from('{}[]<>"":,/ab \n#-'), max_size=200))
def test_any_text_is_laid_out(text: str) -> None:
    """Broken marks are no error, and every part is text of the turn or a list of its fields."""
    laid = lay_out(text)
    assert len(laid.asked) + len(laid.plain) + len(laid.material) <= 4 * len(text) + 8
