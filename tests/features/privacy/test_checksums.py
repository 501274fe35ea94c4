"""The check digits agree with a library that is kept by others."""

from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean as gs1
from stdnum import luhn as luhns
from stdnum import verhoeff as verhoeffs
from stdnum.iso7064 import mod_11_10 as mods

from modelroute_cli.features.privacy.checksums import ean, luhn, mod_11_10, mod_97, verhoeff, weighed

DIGITS = st.text(alphabet="0123456789", min_size=2, max_size=20)


@given(DIGITS)
def test_luhn(digits: str) -> None:
    """ISO/IEC 7812-1."""
    assert luhn(digits) == luhns.is_valid(digits)


@given(DIGITS)
def test_verhoeff(digits: str) -> None:
    """Verhoeff's tables."""
    assert verhoeff(digits) == verhoeffs.is_valid(digits)


@given(DIGITS)
def test_mod_11_10(digits: str) -> None:
    """ISO 7064."""
    assert mod_11_10(digits) == mods.is_valid(digits)


@given(st.text(alphabet="0123456789", min_size=13, max_size=13))
def test_ean(digits: str) -> None:
    """GS1."""
    assert ean(digits) == gs1.is_valid(digits)


def test_letters_count_from_ten() -> None:
    """As in an IBAN turned round."""
    assert mod_97("370400440532013000DE89") == 1
    assert mod_97("A") == 10


def test_weights_end_where_they_end() -> None:
    """Digits behind them do not count."""
    assert weighed("1234", (3, 2, 1)) == 10
