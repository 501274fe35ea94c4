"""Rules of the names of languages."""

import pytest

from modelroute_cli.features.language_names import codes, named_language, wide_names
from modelroute_cli.features.words import fold

NAMED = [
    ("deutsche", "de"),
    ("italiano", "it"),
    ("Englische", "en"),
    ("français", "fr"),
    ("felemenkçesi", "nl"),
    ("català", "ca"),
    ("suomeksi", "fi"),
    ("indonesian", "id"),
    ("tagalog", "tl"),
    ("לאנגלית", "en"),
    ("thailand", ""),
    ("germany", ""),
    ("dans", ""),
    ("sea", ""),
]


@pytest.mark.parametrize(("word", "code"), NAMED)
def test_a_language_is_known_by_its_names(word: str, code: str) -> None:
    """By its name in many languages and inflections; countries and other words name none."""
    assert named_language(fold(word)) == code


def test_names_without_spaces_are_found_anywhere() -> None:
    """Chinese and Japanese write a name inside a run."""
    found = wide_names().findall("把下面的内容翻译成英文再翻成日语")
    assert [codes()[name] for name in found] == ["en", "ja"]
