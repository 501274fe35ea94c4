"""The checks of identity numbers, state by state; a number comes without gaps, `-` and `+` excepted."""

from collections import Counter
from datetime import date
from typing import Final

from modelroute_cli.features.privacy.checksums import ean, luhn, mod_11_10, verhoeff, weighed

_SPANISH: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_FINNISH: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_ITALIAN_ODD: Final = dict(zip("0123456789", (1, 0, 5, 7, 9, 13, 15, 17, 19, 21), strict=True)) | dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)
_CHINESE_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_POLISH_WEIGHTS: Final = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
_PUBLISHED: Final = ("078051120", "219099999", "457555462")  # printed in advertisements, never given to anyone since


def is_german(number: str) -> bool:
    """Steuer-Identifikationsnummer: one digit of the first ten stands two or three times, the others at most once."""
    counts = sorted(Counter(number[:10]).values(), reverse=True)
    return number[0] != "0" and counts[0] in (2, 3) and counts[1] == 1 and mod_11_10(number)


def is_french(number: str) -> bool:
    """NIR with its key; Corsica's 2A and 2B count as 19 and 18."""
    month = int(number[3:5])
    plain = number[:13].replace("2A", "19").replace("2B", "18")
    known = (1 <= month <= 12 or 20 <= month <= 42 or month >= 50) and plain.isdigit()  # noqa: PLR2004 - INSEE
    return known and 97 - int(plain) % 97 == int(number[13:])


def is_spanish(number: str) -> bool:
    """DNI or NIE: the letter is the remainder by 23."""
    plain = number.replace("-", "")
    digits = str("XYZ".find(plain[0])) + plain[1:-1] if plain[0] in "XYZ" else plain[:-1]
    return _SPANISH[int(digits) % 23] == plain[-1]


def is_italian(number: str) -> bool:
    """Codice fiscale: every character has two values, by its place."""
    odd = sum(_ITALIAN_ODD[each] for each in number[:15:2])
    even = sum(int(each) if each.isdigit() else ord(each) - ord("A") for each in number[1:15:2])
    return (odd + even) % 26 == ord(number[15]) - ord("A")


def is_dutch(number: str) -> bool:
    """BSN: the eleven-test, its last digit weighed by minus one."""
    return number != "0" * 9 and weighed(number, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def is_polish(number: str) -> bool:
    """PESEL: the month carries the century."""
    century = {0: 1900, 1: 2000, 2: 2100, 3: 2200, 4: 1800}[int(number[2]) // 2]
    day = _day(century + int(number[:2]), int(number[2:4]) % 20, int(number[4:6]))
    return day and weighed(number, _POLISH_WEIGHTS) % 10 == 0


def is_british(number: str) -> bool:
    """National Insurance number: no check digit, but prefixes that are never given."""
    return number[:2] not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ")


def is_nhs(number: str) -> bool:
    """NHS number: weights 10 to 2, modulo 11."""
    digits = number.replace("-", "")
    return weighed(digits, (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0 and len(set(digits)) > 1


def is_swedish(number: str) -> bool:
    """Personnummer: a day of birth (60 more in a samordningsnummer) and Luhn over the last ten digits."""
    digits = number.replace("-", "").replace("+", "")[-10:]
    day = int(digits[4:6])
    return _day(2000 + int(digits[:2]), int(digits[2:4]), day - 60 if day > 60 else day) and luhn(digits)  # noqa: PLR2004


def is_brazilian(number: str) -> bool:
    """CPF: two check digits modulo 11."""
    digits = number.replace("-", "")
    first, second = (-weighed(digits, range(count, 1, -1)) % 11 % 10 for count in (10, 11))
    return len(set(digits)) > 1 and digits[9:] == f"{(first)}{(second)}"


def is_american(number: str) -> bool:
    """Social Security number: no check digit, but areas, groups and numbers that are never given."""
    digits = number.replace("-", "")
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    is_given = area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"
    return is_given and digits not in _PUBLISHED


def is_indian(number: str) -> bool:
    """Aadhaar: Verhoeff's digit, and no palindrome."""
    digits = number.replace("-", "")
    return digits != digits[::-1] and verhoeff(digits)


def is_swiss(number: str) -> bool:
    """AHV number: a GS1 number of country 756."""
    return ean(number)


def is_belgian(number: str) -> bool:
    """Rijksregisternummer: modulo 97, with a 2 in front for births from 2000 on."""
    digits = number.replace("-", "")
    check = int(digits[9:])
    return _month(digits[2:4]) and check in (97 - int(digits[:9]) % 97, 97 - int(f"2{digits[:9]}") % 97)


def is_finnish(number: str) -> bool:
    """Henkilötunnus: a day of birth, a sign of the century and a check character modulo 31."""
    day = _day(2000 + int(number[4:6]), int(number[2:4]), int(number[:2]))
    return day and _FINNISH[int(number[:6] + number[7:10]) % 31] == number[10]


def is_chinese(number: str) -> bool:
    """Resident identity number: a day of birth and ISO 7064 MOD 11-2."""
    day = _day(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return day and "10X98765432"[weighed(number, _CHINESE_WEIGHTS) % 11] == number[17]


def _day(year: int, month: int, day: int) -> bool:
    """Whether there is such a day; a year known by its last two digits counts as one with a February 29."""
    try:
        date(2000 if 2000 <= year < 2100 else year, month, day)  # noqa: PLR2004 - centuries
    except ValueError:
        return False
    return True


def _month(digits: str) -> bool:
    """Whether two digits are a month."""
    return 1 <= int(digits) <= 12  # noqa: PLR2004 - months
