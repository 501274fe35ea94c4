"""The check digits of the numbers that people have; texts of digits go in, as they stand, without their gaps."""

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Final

_VERHOEFF_TABLE: Final = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip  # J. Verhoeff, Error Detecting Decimal Codes, 1969
_VERHOEFF_TURNS: Final = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_DOUBLED: Final = bytes.maketrans(b"0123456789", b"0246813579")  # the digits of the double added up
_AS_NUMBERS: Final = str.maketrans({letter: str(int(letter, 36)) for letter in ascii_uppercase})


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1: every second digit from the right doubled."""
    codes = digits.encode()
    total = sum(codes[-1::-2]) + sum(codes[-2::-2].translate(_DOUBLED))
    return (total - len(codes) * ord("0")) % 10 == 0


def mod_97(text: str) -> int:
    """The remainder of a text whose capitals stand for 10 to 35."""
    return int(text.translate(_AS_NUMBERS)) % 97


def mod_11_10(digits: str) -> bool:
    """ISO 7064 MOD 11,10."""
    check = 5
    for each in digits:
        check = ((check or 10) * 2 % 11 + int(each)) % 10
    return check == 1


def verhoeff(digits: str) -> bool:
    """Verhoeff's check digit, the last."""
    check = 0
    for place, each in enumerate(reversed(digits)):
        check = int(_VERHOEFF_TABLE[check][int(_VERHOEFF_TURNS[place % 8][int(each)])])
    return check == 0


def weighed(digits: str, weights: Sequence[int]) -> int:
    """The sum of digits times weights, as many as there are weights."""
    return sum(int(each) * weight for each, weight in zip(digits, weights, strict=False))


def ean(digits: str) -> bool:
    """GS1: weights 1 and 3 in turn from the right."""
    return (sum(map(int, digits[-1::-2])) + 3 * sum(map(int, digits[-2::-2]))) % 10 == 0
