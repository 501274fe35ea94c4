"""How lines hang together."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.audited import KEY, KEYED, PLAIN

from modelroute_cli.base.errors import CredentialError
from modelroute_cli.execution.audit.chain import START, Hasher, beginning, hasher_from, line_of
from modelroute_cli.execution.audit.lines import Link, link_of


@given(st.binary(max_size=300))
def test_without_a_key_a_line_has_its_sha256(line: bytes) -> None:
    """So that `sha256sum` can check it."""
    assert PLAIN.hash(line) == hashlib.sha256(line).hexdigest()


@given(st.binary(min_size=1, max_size=100), st.binary(max_size=300))
def test_with_a_key_it_has_its_hmac(key: bytes, line: bytes) -> None:
    """As RFC 2104 says, for keys of every length."""
    assert Hasher(key).hash(line) == hmac.new(key, line, "sha256").hexdigest()


def test_a_key_is_told_by_a_name_that_does_not_show_it() -> None:
    """Sixteen hex digits."""
    assert (PLAIN.key_id, PLAIN.name) == (None, "sha256")
    assert (KEYED.key_id, KEYED.name) == ("1db2fd9f98e4858e", "hmac-sha256")
    assert Hasher(KEY + b"x").key_id != KEYED.key_id


@given(st.integers(1, 10**17))
def test_a_line_says_its_number_and_the_hash_before(number: int) -> None:
    """They are read as they were written."""
    line = line_of(number, START, b'{"kind":"note"}')
    assert line == beginning(number, START) + b'"kind":"note"}'
    assert link_of(line) == Link(number, START)


@pytest.mark.parametrize("line", [b"", b"{}", b'{"n":0,"prev":"', b'{"n":01,"prev":"' + START.encode() + b'",'])
def test_what_is_no_line_has_no_place(line: bytes) -> None:
    """Nothing is guessed."""
    assert link_of(line) is None


def test_the_key_stands_in_the_environment() -> None:
    """Under the name that the settings say; an empty one is none."""
    assert hasher_from({"AUDIT": KEY.decode()}, "AUDIT").key_id == KEYED.key_id
    assert hasher_from({"AUDIT": ""}, "AUDIT").key_id is None
    assert hasher_from({}, "AUDIT").key_id is None


def test_a_key_that_can_be_guessed_is_refused() -> None:
    """It would promise what it does not keep."""
    with pytest.raises(CredentialError) as caught:
        hasher_from({"AUDIT": "secret"}, "AUDIT")
    assert caught.value.message == "`AUDIT`: the key of the audit log has fewer than 16 bytes"
    assert caught.value.hint == "make one with `openssl rand -hex 32`"
