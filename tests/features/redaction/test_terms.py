"""Where listed terms stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.features.redaction.terms import Terms


def found(text: str, *terms: str) -> list[str]:
    """What is found in a text, in order."""
    return [text[span.start : span.end] for span in sorted(Terms(terms).spans(text))]


@pytest.mark.parametrize(
    ("text", "terms", "hits"),
    [
        ("anna, ANNA and Annas Anna-Lena", ("Anna",), ["anna", "ANNA", "Anna", "Anna"]),
        ("Joanna and _Anna_ and 3Anna", ("Anna",), ["Anna"]),
        ("Bo, bo, BO, Bob, Bo's", ("Bo",), ["Bo", "Bo"]),
        ("Anna  Schmidt, Anna\nSchmidts, Anna-Schmidt", ("Anna Schmidt",), ["Anna  Schmidt", "Anna\nSchmidt"]),
        ("Anna Schmidt and Anna", ("Anna", "Anna Schmidt"), ["Anna Schmidt", "Anna"]),
        ("田中さん、田中太郎", ("田中",), ["田中", "田中"]),
        ("ОЛЬГЕ и Ольга", ("Ольга", "Ольге"), ["ОЛЬГЕ", "Ольга"]),
        ("Andre\u0301 and Andr\u00e9", ("Andr\u00e9",), ["Andre\u0301", "Andr\u00e9"]),
        ("@anna writes, (c) Acme", ("@anna", "(c)"), ["@anna", "(c)"]),
        ("a b", ("a", " ", "b "), []),
    ],
)
def test_terms_are_found_at_the_beginning_of_words(text: str, terms: tuple[str, ...], hits: list[str]) -> None:
    """Longer ones in any case and with any ending, short ones as whole words, and anywhere in unspaced writing."""
    assert found(text, *terms) == hits


def test_without_terms_nothing_is_looked_for() -> None:
    """Nor with such as are too short."""
    assert not Terms(())
    assert not Terms(("x",))
    assert Terms(("xy",))


@settings(max_examples=40, deadline=None)
@given(
    terms=st.lists(st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=4, max_size=8), min_size=1),
    number=st.integers(0, 99),
)
def test_a_listed_term_is_found_among_many(terms: list[str], number: int) -> None:
    """As a word of its own, in whatever letters."""
    term = terms[number % len(terms)]
    spans = list(Terms(terms).spans(f"to {term}, today"))
    assert any(span.start <= 3 and span.end >= 3 + len(term) for span in spans)
