"""Rules of where identity numbers are found."""

import pytest

from modelroute_cli.features.privacy.national import national_ids


def found(text: str) -> list[str]:
    """The numbers in a text, each once."""
    return list(dict.fromkeys(text[span.start : span.end] for span in national_ids(text, 0, len(text))))


ALONE = [
    "2 55 08 14 168 025 38",
    "RSSMRA85T10A562S",
    "AB 12 34 56 C",
    "529.982.247-25",
    "123-45-6789",
    "756.9217.0769.85",
    "85.07.30-033.28",
    "131052-308T",
    "11010519491231002X",
]
CALLED = [
    ("Steuer-ID", "36 574 261 809"),
    ("Steuer-ID", "36574261809"),
    ("DNI", "54362315K"),
    ("DNI", "54.362.315-K"),
    ("NIE", "X2482300W"),
    ("BSN", "111222333"),
    ("PESEL", "44051401359"),
    ("National Insurance number", "QQ123456C"),
    ("NHS number", "943 476 5919"),
    ("personnummer", "811228-9874"),
    ("CPF", "52998224725"),
    ("SSN", "123456789"),
    ("Aadhaar", "2341 2341 2346"),
    ("AHV", "7569217076985"),
]


@pytest.mark.parametrize("number", ALONE)
def test_numbers_of_an_own_form_speak_for_themselves(number: str) -> None:
    """Unless they are said to be of a thing."""
    assert found(f"It is {number}, as ever.") == [number]
    assert found(f"order no. {number}") == []


@pytest.mark.parametrize(("word", "number"), CALLED)
def test_other_numbers_must_be_called_by_their_name(word: str, number: str) -> None:
    """Before or behind them."""
    assert found(f"My {word}: {number}.") == [number]
    assert found(f"{number} ({word})") == [number]
    assert found(f"It is {number} here") == []


@pytest.mark.parametrize(
    "text",
    [
        "Steuer-ID 36574261808",
        "DNI 54362315A",
        "BSN 111222334",
        "PESEL 44051401358",
        "CPF 52998224726",
        "SSN 000-45-6789",
    ],
)
def test_a_wrong_check_digit_is_no_number(text: str) -> None:
    """Whatever it is called."""
    assert found(text) == []
