"""The digest of what a request says."""

from hashlib import sha256

import pytest

from modelroute_cli.base.schema import Message, Request
from modelroute_cli.execution.audit.prompt import prompt_bytes, prompt_sha256


def test_a_single_text_has_its_own_sha256() -> None:
    """`printf %s TEXT | sha256sum` says the same."""
    request = Request(custom_id="a", prompt="Grüße, Anna")
    assert prompt_sha256(request) == sha256("Grüße, Anna".encode()).hexdigest()
    alone = Request(custom_id="b", messages=(Message("user", "Grüße, Anna"),))
    assert prompt_sha256(alone) == prompt_sha256(request)


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (
            (Message("system", "Be short."), Message("user", 'Say "ä"\n')),
            '[{"role":"system","content":"Be short."},{"role":"user","content":"Say \\"ä\\"\\n"}]',
        ),
        ((Message("system", "only this"),), '[{"role":"system","content":"only this"}]'),
        (
            (Message("user", "a"), Message("assistant", "b")),
            '[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]',
        ),
    ],
)
def test_turns_are_digested_as_json_without_blanks(turns: tuple[Message, ...], expected: str) -> None:
    """So that who said what counts, and no text can look like two."""
    assert prompt_bytes(turns).decode() == expected


def test_half_a_character_counts_as_a_question_mark() -> None:
    """UTF-8 has none for it, and a digest must not fail."""
    assert prompt_bytes((Message("user", "a\ud800"),)) == b"a?"
    assert b'"b?"' in prompt_bytes((Message("system", "x"), Message("user", "b\ud800")))
