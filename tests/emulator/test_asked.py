"""Tests of modelroute_cli.emulator.asked."""

from modelroute_cli.emulator.asked import Asked, Function, Turn, digest
from modelroute_cli.emulator.media import Medium

WEATHER = Function(name="weather", parameters={"type": "object"}, description="Now")


def test_a_request_is_the_same_by_provider_and_bytes() -> None:
    """Another provider or another byte is another request."""
    assert digest("a", b"x") == digest("a", b"x")
    assert len({digest("a", b"x"), digest("b", b"x"), digest("a", b"y"), digest("", b"a\0x")}) == 4


def test_the_prompt_begins_with_what_may_be_called() -> None:
    """The order in which a prompt cache compares."""
    turns = (Turn(role="system", text="Be brief."), Turn(role="user", text="Hi"))
    plain = Asked(model="m", turns=turns)
    assert plain.prompt() == "Be brief.\nHi"
    described = '{"name":"weather","description":"Now","parameters":{"type":"object"}}'
    assert Asked(model="m", turns=turns, functions=(WEATHER,)).prompt() == f"{described}\nBe brief.\nHi"


def test_functions_and_schema_are_declared() -> None:
    """They are read too, and so are billed."""
    declared = Asked(model="m", turns=(), functions=(WEATHER,), schema={"type": "string"}).declared()
    assert declared.splitlines()[1:] == ['{"type":"string"}']
    assert Asked(model="m", turns=()).declared() == ""


def test_media_of_all_turns_are_one_list() -> None:
    """In order."""
    image, sound = Medium(kind="image"), Medium(kind="audio", amount=3.0)
    turns = (Turn(role="user", text="", media=(image,)), Turn(role="user", text="", media=(sound,)))
    assert Asked(model="m", turns=turns).media() == (image, sound)
