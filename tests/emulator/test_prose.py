"""Tests of modelroute_cli.emulator.prose."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.emulating import asked

from modelroute_cli.emulator.chance import chance
from modelroute_cli.emulator.prose import sentence, short, write
from modelroute_cli.emulator.reading import read
from modelroute_cli.emulator.text_bank import text_bank


def written(prompt: str, seed: int = 1) -> str:
    """The text for a prompt."""
    return write(read(asked(prompt)), chance(seed, b"digest"))


@pytest.mark.parametrize("language", ["English", "German", "French", "Spanish", "Italian", "Portuguese", "Dutch"])
def test_an_email_has_its_parts(language: str) -> None:
    """Subject, greeting, body, call and closing, with the topic in it."""
    parts = written(f"Write an e-mail about “Blue Kettle” in {language}, 100 words.").split("\n\n")
    assert parts[0].startswith("Subject: ")
    assert len(parts) == 5
    assert "Blue Kettle" in "".join(parts)


@given(st.integers(60, 400), st.integers(0, 1000))
def test_the_length_asked_for_is_kept(words: int, seed: int) -> None:
    """Never longer than asked, and not far below."""
    count = len(written(f"Write an e-mail of {words} words.", seed).split())
    assert 0.7 * words <= count <= words


def test_a_short_text_is_at_least_one_sentence() -> None:
    """Even five words are answered."""
    assert len(written("Tell me about the sea in 5 words.").split()) >= 5


def test_one_headline_is_one_line_and_several_are_numbered() -> None:
    """No list for a single line."""
    assert "\n" not in written("Write a headline.")
    assert [line.split(".")[0] for line in written("Write 8 headlines.").splitlines()] == list("12345678")


def test_bullets_are_as_many_as_asked() -> None:
    """Three where no number is named."""
    assert written("Five bullet points on tea.").count("- ") == 5
    assert written("Use bullets to describe tea.").count("- ") == 3


def test_a_label_is_one_of_the_choices() -> None:
    """Different requests get different labels, all of them listed."""
    labels = {written("Classify as red, green or blue.", seed) for seed in range(30)}
    assert labels == {"red", "green", "blue"}


def test_code_is_python() -> None:
    """A fenced block that parses."""
    code = written("Write a Python function.")
    assert code.startswith("```python\n")
    ast.parse(code.removeprefix("```python\n").removesuffix("```"))


def test_a_number_is_a_number() -> None:
    """Nothing around it."""
    assert written("How many apples?").isdigit()


def test_the_same_chance_writes_the_same() -> None:
    """Everything random comes from the seed."""
    prompt = "Write an e-mail of 90 words."
    assert written(prompt, 5) == written(prompt, 5)
    assert len({written(prompt, seed) for seed in range(20)}) > 10


def test_short_and_sentence_speak_the_language() -> None:
    """A JSON answer's strings come from the same phrases."""
    reading = read(asked("Antworte auf Deutsch."))
    german = text_bank().languages["de"]
    assert short(reading, chance(1, b"")) in german.short
    assert sentence(reading, chance(1, b"")).removeprefix("Unser Angebot") in {
        line.removeprefix("{topic}").replace("{topic}", "unser Angebot") for line in german.sentences
    }
