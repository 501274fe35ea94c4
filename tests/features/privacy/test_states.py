"""Rules of the checks of more identity numbers."""

from collections.abc import Callable

import pytest

from modelroute_cli.features.privacy import states
from modelroute_cli.features.privacy.national import national_ids

CHECKED = [
    (states.is_portuguese, "123456789", "123456788"),
    (states.is_danish, "0707614280", "3113614280"),
    (states.is_czech, "710319/2745", "710319/2746"),
    (states.is_turkish, "10000000146", "10000000147"),
    (states.is_turkish, "10000000146", "10000000156"),
    (states.is_korean, "971013-9019902", "971313-9019902"),
    (states.is_japanese, "123456789018", "123456789012"),
]


def found(text: str) -> list[str]:
    """The numbers in a text, each once."""
    return list(dict.fromkeys(text[span.start : span.end] for span in national_ids(text, 0, len(text))))


@pytest.mark.parametrize(("check", "right", "wrong"), CHECKED)
def test_a_right_number_passes_and_a_wrong_one_fails(check: Callable[[str], bool], right: str, wrong: str) -> None:
    """By its check digits, or by a day that there is not."""
    assert check(right)
    assert not check(wrong)


@pytest.mark.parametrize(("year", "month"), [("71", "03"), ("71", "53"), ("05", "23"), ("05", "73")])
def test_a_czech_month_tells_of_women_and_of_full_lists(year: str, month: str) -> None:
    """50 more, 20 more, or both."""
    number = next(f"{year}{month}19/{end:04}" for end in range(11) if int(f"{year}{month}19{end:04}") % 11 == 0)
    assert states.is_czech(number)


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("NIF", "123 456 789"),
        ("CPR", "070761-4280"),
        ("TC kimlik no", "10000000146"),
        ("주민등록번호", "971013-9019902"),
        ("マイナンバー", "1234-5678-9018"),
    ],
)
def test_they_count_where_they_are_called_by_their_name(word: str, number: str) -> None:
    """Not elsewhere."""
    assert found(f"{word}: {number}.") == [number]
    assert found(f"It is {number} here") == []


def test_a_czech_number_speaks_for_itself() -> None:
    """Its slash is its own; not where it is said to be of a thing."""
    assert found("It is 710319/2745, as ever.") == ["710319/2745"]
    assert found("order no. 710319/2745") == []
