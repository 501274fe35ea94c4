"""Tests of modelroute_cli.emulator.text_bank: the shipped phrases."""

import re
from typing import get_args

import pytest

from modelroute_cli.emulator.text_bank import Effort, Form, Phrases, text_bank

SLOTS = re.compile(r"\{(\w+)\}")


def phrases_of(phrases: Phrases) -> list[str]:
    """Every phrase of a language."""
    groups = (phrases.subject, phrases.greeting, phrases.opening, phrases.sentences, phrases.call, phrases.closing)
    return [phrase for group in (*groups, phrases.headline, phrases.short) for phrase in group]


@pytest.mark.parametrize("language", sorted(text_bank().languages))
def test_every_language_has_every_part(language: str) -> None:
    """No part is empty, and the only slot is the topic."""
    phrases = text_bank().languages[language]
    assert all(phrases_of(phrases))
    assert len(phrases.sentences) >= 8
    assert {slot for phrase in phrases_of(phrases) for slot in SLOTS.findall(phrase)} == {"topic"}


def test_no_phrase_is_long() -> None:
    """Short phrases come close to any length asked for."""
    longest = max(len(line.split()) for phrases in text_bank().languages.values() for line in phrases.sentences)
    assert longest <= 17


def test_every_form_and_effort_is_known() -> None:
    """The tables cover what the types name."""
    assert set(text_bank().words) == set(get_args(Form))
    assert set(text_bank().effort_tokens) == set(get_args(Effort))
    medians = [text_bank().effort_tokens[effort] for effort in get_args(Effort)]
    assert medians == sorted(medians)


def test_every_pattern_compiles() -> None:
    """A broken pattern is found here, not in a run."""
    for form in text_bank().forms:
        assert form.place_in("") is None
    for thinker in text_bank().thinking:
        assert re.search(thinker.model, "") is None
