"""Rules of e-mail addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.privacy.mail import is_address, mails


def found(text: str) -> list[str]:
    """The addresses in a text."""
    return [text[span.start : span.end] for span in mails(text)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Write to anna.meyer@web.de.", "anna.meyer@web.de"),
        ("<o'neill+x@sub.mail.co.uk>", "o'neill+x@sub.mail.co.uk"),
        ("mailto:m_r%s@posteo.net", "m_r%s@posteo.net"),
        ("müller@bücher.de", "müller@bücher.de"),
        ("li@163.com", "li@163.com"),
        ("li@xn--fiqs8s.xn--fiqs8s", "li@xn--fiqs8s.xn--fiqs8s"),
        ("https://shop.de/off?mail=eva@gmx.at", "eva@gmx.at"),
        ("'eva@gmx.at'", "eva@gmx.at"),
        ("eva@firma.local", "eva@firma.local"),
        ("anna [at] web [dot] de", "anna [at] web [dot] de"),
        ("anna(at)posteo.de", "anna(at)posteo.de"),
    ],
)
def test_addresses_of_people_are_found(text: str, address: str) -> None:
    """With the place of the whole address, and nothing around it."""
    assert found(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "name@example.com, name@mail.example.org, a@b.example, a@b.test, a@b.invalid, a@x.localhost",
        "no-reply@shop.de, noreply@shop.de, donotreply@shop.de, git@github.com:acme/x.git",
        "https://user:secret@host.de/path and postgres://app:pw@db.firma.de",
        "logo@2x.png, canvas@2.9.0, react@18.2.0-rc.dev, @types/node, @anna@mastodon.social, @media only",
        "y = W@x.reshape(3), a@b, a@b.c, a@b.unknowntld, @, @@, a@, .@web.de, a..b@web.de",
        "meet [at] noon, look (at) this",
    ],
)
def test_examples_machines_files_and_code_are_no_addresses(text: str) -> None:
    """What nobody reads is nobody's."""
    assert found(text) == []


def test_all_addresses_of_a_text_are_found_in_order() -> None:
    """As many as there are."""
    assert found("a@web.de; b@gmx.at, c@libero.it") == ["a@web.de", "b@gmx.at", "c@libero.it"]


def test_an_address_has_a_name_and_a_known_end() -> None:
    """A name that ends with a dot has none."""
    assert is_address("anna", "web.de")
    assert not is_address("", "web.de")
    assert not is_address("anna.", "web.de")
    assert not is_address("anna", "web.nosuchend")


@given(name=st.from_regex(r"[a-z][a-z0-9]{1,20}", fullmatch=True), host=st.from_regex(r"[a-z]{3,20}", fullmatch=True))
def test_plain_addresses_are_always_found(name: str, host: str) -> None:
    """Unless they are a machine's."""
    text = f"Ask {name}@{host}.de now"
    machine = name in ("git", "hg", "svn", "noreply", "donotreply")
    assert found(text) == ([] if machine else [f"{name}@{host}.de"])


@given(st.text(alphabet="a@.-[]() atdo", max_size=80))
def test_any_text_is_read(text: str) -> None:
    """Without an error, and every address holds its sign."""
    assert all("@" in each or "at" in each for each in found(text))
