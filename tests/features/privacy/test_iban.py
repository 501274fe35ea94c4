"""Rules of IBANs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as oracle

from modelroute_cli.features.privacy.iban import ibans


def found(text: str) -> list[str]:
    """The IBANs in a text."""
    return [text[span.start : span.end] for span in ibans(text, 0, len(text))]


@pytest.mark.parametrize(
    "number",
    [
        "DE89 3704 0044 0532 0130 00",
        "GB29NWBK60161331926819",
        "FR14 2004 1010 0505 0001 3M02 606",
        "MT84MALT011000012345MTLCAST001S",
        "NL91 ABNA 0417 1643 00",
        "NO93 8601 1117 947",
        "CH93-0076-2011-6238-5295-7",
    ],
)
def test_ibans_are_found_in_groups_and_in_one_piece(number: str) -> None:
    """Whatever follows them."""
    assert found(f"an {number} BIC COBADEFF") == [number]
    assert found(f"({number}).") == [number]
    assert oracle.is_valid(number)


@pytest.mark.parametrize(
    "text",
    [
        "DE89 3704 0044 0532 0130 01",  # check digits
        "DE89 3704 0044 0532 0130",  # too short
        "DE89370400440532013000123",  # too long for one piece
        "XX89 3704 0044 0532 0130 00",  # no such country
        "ADE89370400440532013000",
        "VAT DE123456789",
    ],
)
def test_what_is_no_iban_is_not_found(text: str) -> None:
    """By check digits, length or country."""
    assert found(text) == []


@given(digits=st.from_regex(r"[0-9]{18}", fullmatch=True), check=st.integers(0, 99))
def test_the_check_digits_are_those_of_the_standard(digits: str, check: int) -> None:
    """As a library that is kept by others says."""
    number = f"DE{check:02}{digits}"
    assert (found(number) == [number]) == oracle.is_valid(number, check_country=False)
