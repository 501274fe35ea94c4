"""Twins and doubled ids: hashes find suspects, exact comparison decides."""

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import Importance, Message, Request, Tool
from modelroute_cli.jobs.twins import Hashes, asked_digest, asked_hashes, doubled, twins

TURNS = (Message("user", "x"),)


def hashes_of(*blocks: list[int]) -> Hashes:
    """Hashes that came in blocks."""
    hashes = Hashes()
    for block in blocks:
        hashes.add(block)
    return hashes


@given(st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=5))
def test_rows_that_share_a_hash_are_found(blocks: list[list[int]]) -> None:
    """All of them, in order, whatever blocks they came in."""
    flat = [number for block in blocks for number in block]
    assert hashes_of(*blocks).shared().tolist() == [at for at, number in enumerate(flat) if flat.count(number) > 1]


def test_a_shared_hash_is_no_proof() -> None:
    """Rows are read again and compared: of three with one hash only the two that ask the same are twins."""
    asked = [Request(custom_id="a", prompt="x"), Request(custom_id="b", prompt="y"), Request(custom_id="c", prompt="x")]
    places = pl.DataFrame({"offset": [0, 1, 2], "length": [9, 9, 9]})
    found = twins(np.array([4, 7, 9]), places, lambda offset, _: asked[offset])
    assert found.rows() == [(9, 4)]


def test_nothing_shared_is_no_twin() -> None:
    """A job without duplicates reads nothing again."""
    none = pl.DataFrame(schema={"offset": pl.Int64, "length": pl.Int64})
    assert twins(np.empty(0, np.int64), none, lambda _, __: pytest.fail("read")).height == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Request(custom_id="a", prompt="x"), Request(custom_id="b", prompt="x", tenant="t", metadata={"k": 1})),
        (Request(custom_id="a", messages=TURNS), Request(custom_id="b", messages=TURNS)),
    ],
)
def test_who_asks_and_how_it_is_filed_do_not_matter(one: Request, other: Request) -> None:
    """Neither to the hash nor to the digest."""
    assert asked_hashes([one]) == asked_hashes([other])
    assert asked_digest(one) == asked_digest(other)


def test_what_the_hash_does_not_see_the_digest_does() -> None:
    """Fields that few rows have are compared only where hashes meet."""
    one, other = Request(custom_id="a", prompt="x"), Request(custom_id="a", prompt="x", importance=Importance.PREMIUM)
    assert asked_hashes([one]) == asked_hashes([other])
    assert asked_digest(one) != asked_digest(other)


def test_doubled_ids_name_their_first_line() -> None:
    """Each later use, with the first."""
    assert doubled([("a", 1), ("b", 2), ("a", 5), ("a", 9)]) == [("a", 5, 1), ("a", 9, 1)]


@pytest.mark.parametrize(
    "more",
    [
        {"tools": (Tool(name="f"),)},
        {"tools": (Tool(name="f"),), "tool_choice": "none"},
        {"temperature": 0.0},
        {"top_p": 1.0},
        {"seed": 0},
        {"stop": ("END",)},
        {"audio": ("a.wav",)},
        {"files": ("a.pdf",)},
        {"images": ("a.png",), "files": ("a.pdf",)},
    ],
)
def test_what_is_asked_with_the_text_makes_another_request(more: dict[str, object]) -> None:
    """A plain one and one with tools, a temperature or a PDF are no twins; two of the same are."""
    plain = Request(custom_id="a", prompt="x")
    one, same = (msgspec.structs.replace(plain, custom_id=name, **more) for name in ("b", "c"))
    assert len({asked_digest(plain), asked_digest(one)}) == 2
    assert asked_digest(one) == asked_digest(same)
    assert asked_hashes([one]) == asked_hashes([same])


def test_other_pictures_need_no_second_look() -> None:
    """Ten thousand rows that ask the same of ten thousand pictures have as many hashes."""
    asked = [Request(custom_id="a", prompt="x", images=(f"{at}.png",)) for at in range(100)]
    assert len(set(asked_hashes(asked))) == 100
