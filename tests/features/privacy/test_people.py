"""The checks of identity numbers agree with a library that is kept by others."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.be import nn
from stdnum.br import cpf
from stdnum.ch import ssn as ahv
from stdnum.cn import ric
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fi import hetu
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.se import personnummer
from stdnum.us import ssn

from modelroute_cli.features.privacy import people

Check = Callable[[str], bool]

_DAY = r"[5-9][0-9](0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])"
_DAY_FIRST = r"(0[1-9]|1[0-9]|2[0-8])(0[1-9]|1[0-2])[5-9][0-9]"
ORACLES: list[tuple[str, Check, Check]] = [
    (r"[0-9]{11}", people.is_german, idnr.is_valid),
    (r"[1-9]{4}[0-9]{7}", people.is_german, idnr.is_valid),
    (r"[12][0-9]{2}(0[1-9]|1[0-2])[0-9]{10}", people.is_french, nir.is_valid),
    (r"[0-9]{8}[A-Z]", people.is_spanish, dni.is_valid),
    (r"[XYZ][0-9]{7}[A-Z]", people.is_spanish, nie.is_valid),
    (r"[0-9]{9}", people.is_dutch, bsn.is_valid),
    (rf"{_DAY}[0-9]{{5}}", people.is_polish, pesel.is_valid),
    (r"1[02-9][0-9]{8}", people.is_nhs, nhs.is_valid),
    (rf"{_DAY}-[0-9]{{4}}", people.is_swedish, personnummer.is_valid),
    (r"[0-9]{11}", people.is_brazilian, cpf.is_valid),
    (r"[0-9]{3}-[0-9]{2}-[0-9]{4}", people.is_american, ssn.is_valid),
    (r"[2-9][0-9]{11}", people.is_indian, aadhaar.is_valid),
    (r"756[0-9]{10}", people.is_swiss, ahv.is_valid),
    (rf"{_DAY_FIRST}-[0-8][0-9][2-9][0-9A-FHJ-NPR-Y]", people.is_finnish, hetu.is_valid),
    (r"110105(19[5-9][0-9])(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}[0-9X]", people.is_chinese, ric.is_valid),
]


@pytest.mark.parametrize(("form", "ours", "theirs"), ORACLES, ids=[f"{o[1].__name__} {o[0]}" for o in ORACLES])
@settings(max_examples=50)
@given(data=st.data())
def test_numbers_are_right_where_the_library_says_so(
    form: str, ours: Check, theirs: Check, data: st.DataObject
) -> None:
    """Digit by digit."""
    number = data.draw(st.from_regex(form, fullmatch=True).filter(str.isascii))
    assert ours(number) == theirs(number)


VALID: list[tuple[Check, Check, str]] = [
    (people.is_german, idnr.is_valid, "36574261809"),
    (people.is_french, nir.is_valid, "255081416802538"),
    (people.is_french, nir.is_valid, "295012A12345611"),
    (people.is_spanish, dni.is_valid, "54362315K"),
    (people.is_italian, codicefiscale.is_valid, "RCCMNL83S18D969H"),
    (people.is_dutch, bsn.is_valid, "111222333"),
    (people.is_polish, pesel.is_valid, "44051401359"),
    (people.is_nhs, nhs.is_valid, "9434765870"),
    (people.is_swedish, personnummer.is_valid, "880320-0016"),
    (people.is_brazilian, cpf.is_valid, "39053344705"),
    (people.is_indian, aadhaar.is_valid, "234123412346"),
    (people.is_swiss, ahv.is_valid, "7569217076985"),
    (people.is_belgian, nn.is_valid, "85073003328"),
    (people.is_finnish, hetu.is_valid, "131052-308T"),
    (people.is_chinese, ric.is_valid, "11010519491231002X"),
]


@pytest.mark.parametrize(("ours", "theirs", "number"), VALID, ids=[number for *_, number in VALID])
def test_known_numbers_are_right_and_their_neighbours_wrong(ours: Check, theirs: Check, number: str) -> None:
    """Another last character never passes."""
    assert ours(number)
    assert theirs(number)
    others = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if number[-1].isalpha() and number[-1] != "X" else "0123456789"
    assert [other for other in others if other != number[-1] and ours(number[:-1] + other)] == []


def test_numbers_that_are_printed_everywhere_are_nobodys() -> None:
    """The card in the wallet that was sold with it."""
    assert not people.is_american("078-05-1120")
    assert people.is_american("123-45-6789")


def test_prefixes_that_are_never_given_are_none() -> None:
    """National Insurance numbers."""
    assert people.is_british("AB123456C")
    assert not people.is_british("GB123456C")


def test_a_day_that_is_none_is_none() -> None:
    """The thirtieth of February."""
    assert not people.is_chinese("11010519490230002X")
    assert not people.is_polish("44023001359")
