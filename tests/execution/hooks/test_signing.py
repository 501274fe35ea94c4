"""Signatures are those of Standard Webhooks, and secrets are never shown."""

import base64

import pytest
from support.hooked import SECRET, SECRET_TEXT

from modelroute_cli.base.errors import CredentialError
from modelroute_cli.execution.hooks.signing import secret_bytes, signature

BODY = b'{"test": 2432232314}'


def test_a_signature_is_that_of_the_reference() -> None:
    """The case that the libraries of Standard Webhooks are tested with: same secret, id, time and body."""
    secret = secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "s")
    message_id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert signature(secret, message_id, 1614265330, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("text", [SECRET_TEXT, f"whsec_{SECRET_TEXT}", f" {SECRET_TEXT}\n"])
def test_a_secret_is_base64_with_or_without_its_prefix(text: str) -> None:
    """As receivers' libraries take it."""
    assert secret_bytes(text, "s") == SECRET


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not base64!", "`x.secret_env`: the secret is not base64"),
        ("äöü", "`x.secret_env`: the secret is not base64"),
        (base64.b64encode(b"n" * 23).decode(), "`x.secret_env`: the secret has 23 bytes; it needs 24 to 64"),
        (base64.b64encode(b"n" * 65).decode(), "`x.secret_env`: the secret has 65 bytes; it needs 24 to 64"),
    ],
)
def test_a_secret_that_is_none_is_refused_without_being_shown(text: str, message: str) -> None:
    """What stands there may be a password that is used elsewhere."""
    with pytest.raises(CredentialError) as caught:
        secret_bytes(text, "`x.secret_env`")
    assert caught.value.message == message
    assert caught.value.hint == "make one with `openssl rand -base64 32`, and give the receiver the same"


def test_another_time_is_another_signature() -> None:
    """A message that somebody recorded cannot be sent again later."""
    assert signature(SECRET, "msg_1", 1, BODY) != signature(SECRET, "msg_1", 2, BODY)
