"""Rules of telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.privacy.phone import phones


def found(text: str) -> list[str]:
    """The numbers in a text, each once."""
    return list(dict.fromkeys(text[span.start : span.end] for span in phones(text, 0, len(text))))


@pytest.mark.parametrize(
    "number",
    [
        "+49 171 1234567",
        "+49 (0)30 1234567",
        "+1 (415) 555-0132",
        "+14155550132",
        "+33 6 12 34 56 78",
        "+44 20 7946 0958",
        "+7 916 123-45-67",
        "(415) 555-0132",
        "415-555-0132",
        "415.555.0132",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "0171 1234567",
        "0171-1234567",
        "030/1234567",
        "020 7946 0958",
        "070-123 45 67",
        "06-12345678",
        "03-1234-5678",
        "(11) 91234-5678",
        "0043 1 58858 101",
    ],
)
def test_numbers_in_a_telephone_form_speak_for_themselves(number: str) -> None:
    """Without a word about telephones."""
    assert found(f"It is {number}, as ever.") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "Tel. {}",
        "call {}",
        "mi móvil es {}",
        "Bel {}",
        "zadzwoń {}",
        '"phone_number": "{}"',
        "手机 {}",
        "тел. {}",
        "WhatsApp {}",
    ],
)
def test_other_numbers_count_where_a_telephone_is_spoken_of(text: str) -> None:
    """Shortly before."""
    assert found(text.format("612 345 678")) == ["612 345 678"]
    assert found(text.format("13812345678")) == ["13812345678"]


@pytest.mark.parametrize(
    "text",
    [
        "612 345 678",
        "13812345678",
        "order 0171 1234567",
        "phone order no. 13812345678",
        "call before 2026-11-23 10:30",
        "call on 23.11.2026",
        "call 1.250.000 people",
        "call 10000000 people",
        "01 02 03 04 05",
        "07 04 11 23 31 44",
        "+12 000 000 000",
        "+1 115 555 0132",
        "+999 1234 5678",
        "0171 1234567 EUR",
        "https://wa.me/call/13812345678",
        "(2021) 1234-1240",
        "0001-0002-0003",
        "version 415.555.0132",
    ],
)
def test_other_numbers_are_no_telephones(text: str) -> None:
    """Dates, amounts, countings, numbers of things and countries that are none."""
    assert found(text) == []


@given(st.dates().map(str) | st.integers(0, 9_999_999).map("{:,}".format) | st.floats(0, 1e9).map("{:.2f}".format))
def test_dates_and_amounts_never_alarm(text: str) -> None:
    """In any words."""
    assert found(f"The total on {text} was right") == []


@given(st.from_regex(r"\+49 1[5-7][0-9] [1-8][0-9]{5}[1-9]", fullmatch=True))
def test_german_mobiles_are_found(number: str) -> None:
    """Unless one digit stands there again and again."""
    digits = number.replace(" ", "")
    assert found(number) == ([] if len(set(digits[-7:])) == 1 else [number])


@pytest.mark.parametrize("text", ["代表番号は{}、", "国内からは{}におかけ", "电话{},", "연락처는 {}로"])
def test_scripts_without_blanks_write_words_right_beside_a_number(text: str) -> None:
    """Japanese, Chinese, Korean."""
    assert found(text.format("03-1234-5678")) == ["03-1234-5678"]


@pytest.mark.parametrize(
    "text", ["型番{}は生産終了", "お荷物番号{}は配達完了", "订单号{}已发货", "운송장 {} 배송 완료"]
)
def test_words_for_things_are_known_in_these_scripts(text: str) -> None:
    """Numbers of parts, parcels and orders."""
    assert found(text.format("03-1234-5678")) == []


def test_a_list_of_numbers_of_things_has_its_word_before_the_first() -> None:
    """As long as they look alike."""
    assert found("Part no. 0445-120-217 replaces 0445-120-142 and 0445-120-141") == []
    assert found("Part no. 0445-120-217, or call 0445-120-142") == ["0445-120-142"]
    assert found("Part no. 0445-120-217, ask at 030 1234567") == ["030 1234567"]
