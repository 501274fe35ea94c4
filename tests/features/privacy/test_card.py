"""Rules of payment cards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn as oracle

from modelroute_cli.features.privacy.card import cards


def found(text: str) -> list[str]:
    """The cards in a text."""
    return [text[span.start : span.end] for span in cards(text, 0, len(text))]


@pytest.mark.parametrize(
    "number",
    [
        "4111 1111 1111 1111",
        "4242-4242-4242-4242",
        "5555 5555 5555 4444",
        "2223 0031 2200 3222",
        "3782 822463 10005",
        "3056 930902 5904",
        "6011 1111 1111 1117",
        "3530 1113 3330 0000",
    ],
)
def test_cards_written_as_on_cards_speak_for_themselves(number: str) -> None:
    """Test cards too: they are written to stand for real ones."""
    assert found(f"it is {number}, thanks") == [number]


@pytest.mark.parametrize(
    "text", ["card {}", "Kreditkarte: {}", "numéro de carte {}", "{} cvv 123", '"card_number": "{}"']
)
def test_a_bare_number_counts_where_a_card_is_spoken_of(text: str) -> None:
    """Before it or just behind it."""
    assert found(text.format("4111111111111111")) == ["4111111111111111"]


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",  # nobody says what it is
        "order 4111111111111111",
        "order number 4111 1111 1111 1111",
        "card 4111111111111112",  # check digit
        "card 9111 1111 1111 1111",  # issuer
        "card 411111111111111",  # length
        "card 4111 11111111 1111",  # groups
        "card 4111-1111 1111-1111",
        "card 0.4111111111111111",
        "card 4111111111111111-7",
        "see https://pay.de/card/4111-1111-1111-1111",
    ],
)
def test_other_numbers_are_no_cards(text: str) -> None:
    """Of things, with a wrong digit, of no issuer, in no form of a card."""
    assert found(text) == []


@given(st.from_regex(r"4[0-9]{15}", fullmatch=True))
def test_the_check_digit_decides(number: str) -> None:
    """As a library that is kept by others says."""
    assert (found(f"visa {number}") == [number]) == oracle.is_valid(number)
