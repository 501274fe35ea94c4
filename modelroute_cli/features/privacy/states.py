"""More checks of identity numbers: Portugal, Denmark, Czechia, Turkey, Korea, Japan; a number comes without gaps."""

from datetime import date

from modelroute_cli.features.privacy.checksums import weighed


def is_portuguese(number: str) -> bool:
    """NIF of a person: weights 9 to 2, modulo 11."""
    return -weighed(number[:8], range(9, 1, -1)) % 11 % 10 == int(number[8])


def is_danish(number: str) -> bool:
    """CPR number: a day of birth; its check digit has not been kept for all since 2007."""
    return _is_day(number[4:6], number[2:4], number[:2])


def is_czech(number: str) -> bool:
    """Rodne cislo of ten digits: a day of birth (50 more in the month of women, 20 more since 2004), modulo 11."""
    digits = number.replace("/", "")
    month = int(digits[2:4]) % 50 % 20
    return int(digits) % 11 == 0 and _is_day(digits[:2], f"{month:02}", digits[4:6])


def is_turkish(number: str) -> bool:
    """T.C. kimlik no: two check digits."""
    digits = [int(each) for each in number]
    first = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return digits[9] == first and digits[10] == sum(digits[:10]) % 10


def is_korean(number: str) -> bool:
    """Resident registration number: a day of birth; its last digits are drawn by lot since 2020."""
    return _is_day(number[:2], number[2:4], number[4:6])


def is_japanese(number: str) -> bool:
    """My Number: weights 6 to 2 and 7 to 2, modulo 11."""
    digits = number.replace("-", "")
    rest = weighed(digits, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return int(digits[11]) == (0 if rest <= 1 else 11 - rest)


def _is_day(year: str, month: str, day: str) -> bool:
    """Whether it is a day in some year of those two digits; a leap year counts as one wherever it may be."""
    try:
        date(2000 + int(year), int(month), int(day))
    except ValueError:
        return False
    return True
