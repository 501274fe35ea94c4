"""Rules of looking for personal data in the texts of requests."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Message, PersonalData, Request
from modelroute_cli.catalog.settings import PrivacySettings
from modelroute_cli.features.privacy.detector import Detector
from modelroute_cli.features.privacy.suspects import suspects

LABELLED = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "support" / "personal_data.jsonl").read_text("utf-8").splitlines()
]
ALL = Detector(PrivacySettings())
MAIL, IBAN = "anna@web.de", "DE89 3704 0044 0532 0130 00"
EMAIL_BIT, IBAN_BIT = PersonalData.EMAIL.bit, PersonalData.IBAN.bit
PIECES = st.sampled_from(
    [
        MAIL,
        IBAN,
        "+49 171 1234567",
        "4111 1111 1111 1111",
        "RSSMRA85T10A562S",
        "Tel.",
        "order",
        "2026-11-23",
        " ",
        "\n",
        ",",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=12), max_size=8).map("".join)


def kinds(text: str, settings: PrivacySettings | None = None) -> set[str]:
    """What is found in a text."""
    detector = ALL if settings is None else Detector(settings)
    return {find.kind.value for find in detector.finds(text)}


def bits(request: Request, settings: PrivacySettings | None = None) -> int:
    """The bits of one request."""
    return int(Detector(settings or PrivacySettings()).bits([request])[0])


def test_the_labelled_texts_are_many_and_mostly_traps() -> None:
    """A detector that finds everything, or nothing, must fail here."""
    labelled = Counter(bool(each["kinds"]) for each in LABELLED)
    assert labelled[True] >= 200
    assert labelled[False] >= 400


@pytest.mark.parametrize("kind", list(PersonalData))
def test_labelled_personal_data_is_found(kind: PersonalData) -> None:
    """Every labelled text of the kind: a text that is missed is printed."""
    missed = [each["text"] for each in LABELLED if kind in each["kinds"] and kind not in kinds(each["text"])]
    assert missed == []


@pytest.mark.parametrize("kind", list(PersonalData))
def test_nothing_else_alarms(kind: PersonalData) -> None:
    """Order numbers, prices, dates, ISBN, UUID, versions, addresses of the web: each false alarm is printed."""
    false = [each["text"] for each in LABELLED if kind not in each["kinds"] and kind in kinds(each["text"])]
    assert false == []


def test_every_text_of_a_request_that_is_sent_is_read() -> None:
    """System message, prompt, and each turn."""
    turns = (Message("user", "hello"), Message("assistant", f"see {IBAN}"))
    assert bits(Request(custom_id="a", prompt=f"Write to {MAIL}.")) == EMAIL_BIT
    assert bits(Request(custom_id="a", prompt="hello", system=f"Sign as {MAIL}")) == EMAIL_BIT
    assert bits(Request(custom_id="a", messages=turns, system=f"Sign as {MAIL}")) == EMAIL_BIT | IBAN_BIT


def test_what_is_not_sent_is_not_read() -> None:
    """The id, the tenant, the metadata and the expected answer stay here, and pictures are not looked into."""
    request = Request(
        custom_id=MAIL,
        prompt="hello",
        tenant=MAIL,
        metadata={"m": MAIL},
        expected=MAIL,
        images=(f"https://x.de/{MAIL}",),
    )
    assert bits(request) == 0


def test_bits_stand_in_the_order_of_requests() -> None:
    """One of each, a plain one between."""
    requests = [Request(custom_id=text, prompt=text) for text in (MAIL, "hello", IBAN)]
    assert ALL.bits(requests).tolist() == [EMAIL_BIT, 0, IBAN_BIT]
    assert ALL.bits([]).tolist() == []


def test_kinds_that_are_not_asked_for_are_not_found() -> None:
    """And an empty list looks for nothing."""
    text = f"{MAIL} {IBAN}"
    assert kinds(text, PrivacySettings(detect=(PersonalData.IBAN,))) == {"iban"}
    assert bits(Request(custom_id="a", prompt=text), PrivacySettings(detect=())) == 0


def test_an_address_that_is_ignored_does_not_hide_the_next() -> None:
    """The first that counts is enough, but only one that counts."""
    own = PrivacySettings(ignore=("acme.com",))
    assert bits(Request(custom_id="a", prompt="bob@acme.com, anna@web.de"), own) == EMAIL_BIT
    assert bits(Request(custom_id="a", prompt="bob@acme.com, anna@acme.com"), own) == 0


def test_a_shared_system_message_keeps_the_bits_of_all_its_finds() -> None:
    """Two of one kind are one bit."""
    system = f"{MAIL} {IBAN} {IBAN} bob@web.de"
    assert bits(Request(custom_id="a", prompt="x", system=system)) == EMAIL_BIT | IBAN_BIT


def test_bits_tell_what_a_close_look_finds() -> None:
    """In each labelled text."""
    found = [sum(PersonalData(kind).bit for kind in kinds(each["text"])) for each in LABELLED]
    assert ALL.bits([Request(custom_id="a", prompt=each["text"]) for each in LABELLED]).tolist() == found


def test_a_number_is_one_thing() -> None:
    """The digits of an IBAN are no telephone number, even where IBANs are not looked for."""
    assert kinds(f"call {IBAN}") == {"iban"}
    assert kinds(f"call {IBAN}", PrivacySettings(detect=(PersonalData.PHONE,))) == set()


def test_a_shared_system_message_counts_for_each_request() -> None:
    """Also beyond the number that is remembered."""
    requests = [Request(custom_id=str(n), prompt="x", system=f"{n} {MAIL}") for n in range(1_100)]
    detector = Detector(PrivacySettings())
    assert set(detector.bits(requests).tolist()) == {EMAIL_BIT}
    assert set(detector.bits(requests).tolist()) == {EMAIL_BIT}


def test_what_is_ignored_is_not_found() -> None:
    """The user's own domain, an address, and numbers by a pattern."""
    own = PrivacySettings(ignore=("acme.com", "support@web.de", "/\\+49 800 .*/"))
    assert kinds("anna@acme.com, bob@mail.acme.com, support@web.de, +49 800 1234567", own) == set()
    assert kinds("anna@notacme.com", own) == {"email"}


@given(text=TEXTS)
def test_a_close_look_finds_nothing_in_a_text_that_is_not_suspect(text: str) -> None:
    """The first pass loses nothing."""
    close = suspects([text])
    if not (close.signs or close.numbers):
        assert ALL.finds(text) == []


@given(text=TEXTS)
def test_places_lie_in_the_text_and_apart(text: str) -> None:
    """Whatever the text."""
    found = ALL.finds(text)
    assert all(0 <= find.span.start < find.span.end <= len(text) for find in found)
    assert not any(one.span.meets(other.span) for one in found for other in found if one is not other)


@given(texts=st.lists(TEXTS, max_size=6))
def test_a_request_has_the_bits_of_its_own_texts_alone(texts: list[str]) -> None:
    """In a block or by itself: duplicates agree wherever they stand."""
    requests = [Request(custom_id=str(n), prompt=text or "x") for n, text in enumerate(texts)]
    assert ALL.bits(requests).tolist() == [bits(request) for request in requests]


@given(kind=st.sampled_from(list(PersonalData)), around=st.text(alphabet="abc \n", max_size=20))
def test_what_is_found_does_not_depend_on_plain_words_around_it(kind: PersonalData, around: str) -> None:
    """Letters and blanks take nothing away."""
    said = {
        PersonalData.EMAIL: MAIL,
        PersonalData.PHONE: "+49 171 1234567",
        PersonalData.IBAN: IBAN,
        PersonalData.CARD: "4111 1111 1111 1111",
        PersonalData.NATIONAL_ID: "RSSMRA85T10A562S",
    }
    assert kind.value in kinds(f"{around} {said[kind]} {around}")
