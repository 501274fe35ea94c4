"""The bits of a block say what a close look finds, however little of it the detector does."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.schema import PersonalData, Request
from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.features.privacy.card import CARD_WORDS
from modelroute_cli.features.privacy.detector import Detector
from modelroute_cli.features.privacy.national import ID_WORDS
from modelroute_cli.features.privacy.phone import PHONE_WORDS
from modelroute_cli.features.privacy.surroundings import THINGS, in_url, speaks_of, words_in

LABELLED: list[str] = [
    json.loads(line)["text"] for line in (Path(__file__).parent / "labelled.jsonl").read_text("utf-8").splitlines()
]
ALL = Detector(PrivacySettings())
ALONE = {kind: Detector(PrivacySettings(detect=(kind,))) for kind in PersonalData}
NUMBERS = [
    "+49 171 1234567",
    "0171 2345678",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "RSSMRA85T10A562S",
    "44051401359",
    "078-05-1121",
    "anna@web.de",
    "2026-11-23",
    "2024000123",
]
PIECES = st.sampled_from(
    [*NUMBERS, "Tel. ", "card ", "PESEL ", "SSN ", "order ", " ", ", ", "; ", ". ", "/", "-", "(", "電話", "\ud800"]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A labelled text with a piece taken out and another put in, once to three times."""
    text: str = draw(st.sampled_from(LABELLED))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 4)))
        text = f"{text[:start]}{draw(PIECES | st.text(alphabet='0123456789 -.A', max_size=4))}{text[end:]}"
    return text


TEXTS = mutated() | st.lists(PIECES, max_size=10).map("".join)


def bits(texts: list[str], detector: Detector = ALL) -> list[int]:
    """The bits of requests of one block."""
    return list(map(int, detector.bits([Request(custom_id="a", prompt=text) for text in texts])))


def found(text: str) -> int:
    """The bits of the kinds that are found where each is looked for alone: a place may be of two, as an address."""
    return sum(kind.bit for kind, detector in ALONE.items() if detector.finds(text))


def test_the_bits_of_the_labelled_texts_are_those_of_their_finds() -> None:
    """All in one block; no place in them is of two kinds."""
    assert bits(LABELLED) == [sum({find.kind.bit for find in ALL.finds(text)}) for text in LABELLED]


@settings(max_examples=50)
@given(texts=st.lists(TEXTS, min_size=1, max_size=12))
def test_the_bits_of_any_text_are_those_of_its_finds(texts: list[str]) -> None:
    """Kind by kind; `finds` names a place once, so it may have fewer kinds, never others, and never none."""
    for text, bit in zip(texts, bits(texts), strict=True):
        whole = sum({find.kind.bit for find in ALL.finds(text)})
        assert bit == found(text)
        assert whole & ~bit == 0
        assert bool(whole) == bool(bit)


@given(text=TEXTS, kind=st.sampled_from(list(PersonalData)))
def test_one_kind_alone_has_the_bit_that_it_has_among_all(text: str, kind: PersonalData) -> None:
    """Also where its finder comes last and others take what it would."""
    assert bits([text], ALONE[kind]) == [bits([text])[0] & kind.bit]


def test_what_is_ignored_does_not_hide_the_next_of_its_kind() -> None:
    """In one stretch of digits and in two."""
    own = Detector(PrivacySettings(ignore=("/.*1234567/",)))
    assert bits(["Tel. +49 171 1234567, +49 171 7654322"], own) == [PersonalData.PHONE.bit]
    assert bits(["Tel. +49 171 1234567 / +49 171 7654322"], own) == [PersonalData.PHONE.bit]
    assert bits(["Tel. +49 171 1234567"], own) == [0]


def test_a_known_kind_still_takes_its_place() -> None:
    """The second account's digits are no telephone number, though an account is known already."""
    account = "DE89 3704 0044 0532 0130 00"
    assert bits([f"call {account}, call {account}"]) == [PersonalData.IBAN.bit]


def test_numbers_next_to_what_is_found_are_found() -> None:
    """A stretch may hold two: there is room beside the first."""
    assert bits(["card 4111 1111 1111 1111, call 030 1234567"]) == [PersonalData.CARD.bit | PersonalData.PHONE.bit]
    assert bits(["card 4111 1111 1111 1111 / 030 1234567"]) == [found("card 4111 1111 1111 1111 / 030 1234567")]


@pytest.mark.parametrize("words", [PHONE_WORDS, CARD_WORDS, ID_WORDS, THINGS])
def test_numbers_are_words_of_nothing(words: str) -> None:
    """They are left out of what is looked up: each is new, and would push out words that come again."""
    assert words_in("Order 2024000123 of 23 x1") == ["Order", "of", "x1"]
    assert not any(speaks_of("7" * count, words) for count in range(1, 20))


@given(text=st.text(alphabet="ab ./:w", max_size=30))
def test_an_address_of_the_web_is_the_last_word_before(text: str) -> None:
    """From the last blank on."""
    word = text.rpartition(" ")[2]
    assert in_url(f"{text}1", len(text)) == ("://" in word or word.startswith("www."))
