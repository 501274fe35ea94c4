"""Rules of finds that do not count."""

import pytest

from modelroute_cli.features.privacy.ignoring import Ignored, is_pattern


@pytest.mark.parametrize("entry", ["acme.com", "@acme.com", "ACME.com"])
def test_a_domain_covers_its_addresses_and_those_below_it(entry: str) -> None:
    """And no other that only ends alike."""
    ignored = Ignored([entry])
    assert ignored.has("anna@acme.com")
    assert ignored.has("Anna@Mail.Acme.COM")
    assert not ignored.has("anna@notacme.com")
    assert not ignored.has("anna@acme.com.evil.de")


def test_an_address_covers_itself() -> None:
    """Alone."""
    ignored = Ignored(["support@acme.com"])
    assert ignored.has("Support@acme.com")
    assert not ignored.has("anna@acme.com")


def test_a_pattern_covers_whole_finds() -> None:
    """Not a part of one."""
    ignored = Ignored(["/\\+49 800 .*/"])
    assert ignored.has("+49 800 1234567")
    assert not ignored.has("tel +49 800 1234567")


def test_nothing_is_ignored_unless_it_is_said() -> None:
    """The default."""
    assert not Ignored([]).has("anna@acme.com")


def test_a_pattern_stands_between_slashes() -> None:
    """Two, with something between."""
    assert [is_pattern(entry) for entry in ("/a/", "//", "a/", "acme.com")] == [True, False, False, False]
