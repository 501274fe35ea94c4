"""Tests of modelroute_cli.emulator.dialects.wording."""

import msgspec
import pytest
from msgspec import Struct

from modelroute_cli.emulator.dialects.wording import placed


class Inner(Struct, forbid_unknown_fields=True):
    """A nested object."""

    role: str


class Outer(Struct, forbid_unknown_fields=True):
    """An object."""

    turns: list[Inner]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{}", "turns: Field required"),
        (b'{"turns":[],"x":1}', "x: Extra inputs are not permitted"),
        (b'{"turns":[{"role":"a"},{}]}', "turns.1.role: Field required"),
        (b'{"turns":[{"role":"a","b":1}]}', "turns.0.b: Extra inputs are not permitted"),
        (b'{"turns":[{"role":3}]}', "turns.0.role: Expected `str`, got `int`"),
        (b"3", "Expected `object`, got `int`"),
        (b"{", "The request body is not valid JSON: Input data was truncated"),
    ],
)
def test_the_place_stands_before_the_reason(body: bytes, said: str) -> None:
    """As validators of providers write it."""
    with pytest.raises(msgspec.DecodeError) as caught:
        msgspec.json.decode(body, type=Outer)
    assert placed(caught.value) == said
