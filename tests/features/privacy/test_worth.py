"""Rules of what a stretch of digits may be."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.privacy.card import cards
from modelroute_cli.features.privacy.iban import ibans
from modelroute_cli.features.privacy.national import national_ids
from modelroute_cli.features.privacy.phone import phones
from modelroute_cli.features.privacy.shapes import is_day
from modelroute_cli.features.privacy.suspects import STRETCH
from modelroute_cli.features.privacy.worth import CARD, IBAN, ID, PHONE, worth

LABELLED = [
    json.loads(line)["text"]
    for line in (Path(__file__).parents[2] / "support" / "personal_data.jsonl").read_text("utf-8").splitlines()
]
FINDERS = ((PHONE, phones), (CARD, cards), (ID, national_ids), (IBAN, ibans))
WORDS = ["Tel. ", "call ", "card ", "ssn ", "NINO ", "pesel ", "order ", "DE", "AB ", "X-", "+", "(", "; ", "a"]
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(alphabet="0123456789 -./()AX,", max_size=14), max_size=6).map("".join)


def kinds(text: str) -> int:
    """What the first stretch of a text may be."""
    found = re.search(STRETCH, text)
    assert found is not None
    return worth(text, found.start(), found.end())


@pytest.mark.parametrize(
    "text",
    [
        "Order 2024000123",
        "on 2026-11-23",
        "at 2026-11-23T10:15:00Z",
        "23.11.2026",
        "Ref ORD-1234567",
        "Id e29b-446655440000",
        "Please call about order 2024000123",
        "pay by card, order 2024000123",
        "12 GB RAM",
        "123456",
    ],
)
def test_numbers_of_things_are_worth_nothing(text: str) -> None:
    """Neither form nor words speak for a person's."""
    assert kinds(text) == 0


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call 2024000123", PHONE),
        ("zadzwo3 587 726 220", PHONE),
        ("+491711234567", PHONE),
        ("030 1234567", PHONE),
        ("(030) 123 4567", PHONE),
        ("visa 4111111111111111", CARD),
        ("4111111111111111 (visa)", CARD),
        ("4111 1111 1111 1111", CARD),
        ("DE89370400440532013000", IBAN),
        ("DE89 3704 0044 0532 0130 00", IBAN),
        ("RSSMRA85T10A562S", ID),
        ("AB 12 34 56 C", ID),
        ("pesel 44051401359", ID),
        ("185057800608436", ID),
    ],
)
def test_a_form_or_a_word_makes_it_worth_a_search(text: str, kind: int) -> None:
    """Of the kind that it may be, at least."""
    assert kinds(text) & kind == kind


@given(text=TEXTS | st.sampled_from(LABELLED))
def test_no_finder_is_kept_from_what_it_finds(text: str) -> None:
    """What a finder finds in a stretch, its bit allows, days apart."""
    for found in re.finditer(STRETCH, text):
        if is_day(found.group()):
            continue
        bits = worth(text, found.start(), found.end())
        for bit, finder in FINDERS:
            spans = finder(text, max(0, found.start() - 8), min(found.end() + 2, len(text)))
            assert bits & bit or not any(span.end > found.start() for span in spans)
