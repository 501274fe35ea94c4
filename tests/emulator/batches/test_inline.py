"""Requests that name their model once for all; pages; and whose API an account has."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.batched import Batched, batched
from support.emulating import UNLIMITED, NotingClock

from modelroute_cli.emulator.answering import Answering
from modelroute_cli.emulator.batches.batch import Fault, Line
from modelroute_cli.emulator.batches.inline import reader
from modelroute_cli.emulator.batches.routes import family
from modelroute_cli.emulator.batches.store import Store
from modelroute_cli.emulator.dialects.chat import CHAT

BODIES = st.dictionaries(st.text(max_size=5).filter(lambda key: key != "model"), st.integers() | st.text(), max_size=4)


def read(body: object) -> Line | Fault:
    """A line with this body, for the model `m`."""
    return reader("mistral", "m", CHAT)(json.dumps({"custom_id": "a", "body": body}).encode())


@given(BODIES)
def test_the_model_is_put_in_front(body: dict[str, object]) -> None:
    """And nothing else changes."""
    line = read(body)
    assert isinstance(line, Line)
    sent = json.loads(line.incoming.body)
    assert sent == {"model": "m", **body}
    assert next(iter(sent)) == "model"


def test_a_body_that_names_a_model_keeps_it() -> None:
    """Byte by byte."""
    line = read({"model": "own", "n": 1})
    assert isinstance(line, Line)
    assert line.incoming.body == b'{"model": "own", "n": 1}'


@pytest.mark.parametrize("body", [[], 3, "text", None])
def test_what_is_no_object_is_a_fault(body: object) -> None:
    """Of its line."""
    fault = read(body)
    assert isinstance(fault, Fault)
    assert fault.code == "invalid_line"


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("openai", "openai"),
        ("azure", "openai"),
        ("groq", "openai"),
        ("openrouter", "openrouter"),
        ("mistral", "mistral"),
        ("google", "gemini"),
        ("my-gemini", "gemini"),
        ("acme", "openai"),
    ],
)
def test_whose_api_an_account_has_stands_in_its_name(provider: str, expected: str) -> None:
    """Unless it was seen to use another."""
    clock = NotingClock()
    store = Store(UNLIMITED, clock, Answering(UNLIMITED, clock))
    assert family(store, provider) == expected
    store.speaks[provider] = "mistral"
    assert family(store, provider) == "mistral"


def numbers(emulator: Batched, query: str) -> list[int]:
    """Which of ten files a page shows, by the order of their upload."""
    names = [each["filename"] for each in emulator.told("GET", f"/files{query}")["data"]]
    return [int(name.removesuffix(".jsonl")) for name in names]


def test_pages_go_on_after_the_one_named() -> None:
    """At least one item, at most a hundred."""
    emulator = batched()
    for number in range(5):
        emulator.stored(b"{}\n", filename=f"{number}.jsonl")
    assert numbers(emulator, "") == [4, 3, 2, 1, 0]
    assert numbers(emulator, "?limit=2") == [4, 3]
    last = emulator.told("GET", "/files?limit=2")["last_id"]
    assert numbers(emulator, f"?limit=2&after={last}") == [2, 1]
    assert numbers(emulator, "?limit=0") == [4]
    assert numbers(emulator, "?purpose=vision") == []


def test_a_path_that_is_none_is_not_found() -> None:
    """Nor is a method that a path does not have."""
    emulator = batched()
    assert [emulator.ask("GET", "/nothing").status, emulator.ask("DELETE", "/files").status] == [404, 404]
