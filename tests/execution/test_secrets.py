"""Tests of modelroute_cli.execution.secrets: no key that a provider quotes is kept."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from support.fake_transport import answer, failure

from modelroute_cli.execution.keys import Credentials
from modelroute_cli.execution.secrets import secrets_of, without_secrets
from modelroute_cli.providers.base import FailureKind

KEY = "planted-key-0123456789"


def test_all_secrets_of_a_run_are_known() -> None:
    """Keys and secret headers of every account, each once."""
    held = {"a": Credentials(KEY, {"x": "other", "y": KEY}), "b": Credentials(None, {"z": "third"}), "c": Credentials()}
    assert secrets_of(held) == (KEY, "other", "third")


def test_a_failure_keeps_no_key() -> None:
    """Neither in its message nor in the name of the exchange, nor in other letters."""
    bad = replace(failure(FailureKind.ACCOUNT, 401, message=f"bad {KEY.upper()}"), request_id=f"req-{KEY}")
    kept = without_secrets(bad, (KEY,))
    assert kept == replace(bad, message="bad [hidden]", request_id="req-[hidden]")


def test_an_answer_keeps_its_text_and_no_key_besides() -> None:
    """What a model writes is the user's own; all else is the provider's."""
    said = replace(answer(KEY), finish_reason=KEY, model_served=f"m-{KEY}", request_id=None)
    assert without_secrets(said, (KEY,)) == replace(said, finish_reason="[hidden]", model_served="m-[hidden]")


@given(st.text(max_size=40), st.text(max_size=40))
def test_without_a_key_nothing_changes(before: str, after: str) -> None:
    """A run without keys keeps every word."""
    said = failure(FailureKind.TRANSIENT, 500, message=before + after)
    assert without_secrets(said, ()) == said
