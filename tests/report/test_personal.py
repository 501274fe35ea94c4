"""Rules of the line about personal data."""

import pytest

from modelroute_cli.base.schema import PersonalData
from modelroute_cli.report.personal import personal_lines
from modelroute_cli.report.screen import Line


def test_nothing_found_is_no_line() -> None:
    """Silence is the usual case."""
    assert personal_lines({}) == ()
    assert personal_lines({"email": 0}) == ()


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (
            {"iban": 3, "email": 8120},
            "Personal data found: e-mail addresses in 8,120 requests, IBANs in 3 (counted here, never logged)",
        ),
        ({"phone": 1}, "Personal data found: phone numbers in 1 request (counted here, never logged)"),
        (
            {"card": 2, "national_id": 1},
            (
                "Personal data found: payment cards in 2 requests, national identity numbers in 1 "
                "(counted here, never logged)"
            ),
        ),
    ],
)
def test_kinds_are_told_in_their_order_with_their_requests(counts: dict[str, int], text: str) -> None:
    """Counts alone."""
    assert personal_lines(counts) == (Line(text),)


@pytest.mark.parametrize("kind", list(PersonalData))
def test_every_kind_has_a_name(kind: PersonalData) -> None:
    """Who adds a kind names it."""
    assert len(personal_lines({kind.value: 1})) == 1
