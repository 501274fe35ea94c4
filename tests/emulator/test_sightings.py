"""Tests of modelroute_cli.emulator.sightings."""

import tracemalloc
from collections import Counter
from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.emulator.sightings import Sightings


def digest(number: int) -> bytes:
    """As the emulator names requests."""
    return blake2b(str(number).encode(), digest_size=16).digest()


def test_the_first_time_nothing_came_before() -> None:
    """Sightings and answers are counted apart."""
    sightings = Sightings()
    assert [sightings.see(digest(1)) for _ in range(3)] == [0, 1, 2]
    assert [sightings.answer(digest(1)) for _ in range(2)] == [0, 1]
    assert [sightings.see(digest(2)), sightings.answer(digest(2)), sightings.see(digest(1))] == [0, 0, 3]


def test_a_name_of_zeros_is_a_name() -> None:
    """Though a free place is a zero."""
    sightings = Sightings()
    assert [sightings.see(bytes(16)), sightings.see(bytes(16))] == [0, 1]


def test_names_that_begin_at_the_same_place_are_told_apart() -> None:
    """The lower bits decide where a search begins."""
    alike = [bytes([number]) + bytes(6) + b"\x07" + bytes(8) for number in range(200)]
    sightings = Sightings()
    for name in alike:
        sightings.see(name)
    assert {sightings.see(name) for name in alike} == {1}


@given(st.lists(st.tuples(st.integers(0, 3000), st.booleans()), max_size=300), st.integers(0, 5000))
def test_it_counts_as_a_dictionary_does(events: list[tuple[int, bool]], filler: int) -> None:
    """Also after it has grown."""
    sightings, seen, answered = Sightings(), Counter[int](), Counter[int]()
    for number in range(filler):
        sightings.see(digest(-number - 1))
    for number, is_answer in events:
        counts, count = (answered, sightings.answer) if is_answer else (seen, sightings.see)
        assert count(digest(number)) == counts[number]
        counts[number] += 1


def test_it_takes_less_than_a_hundred_bytes_a_request() -> None:
    """Also just after it has grown; two dictionaries take some 250."""
    tracemalloc.start()
    try:
        sightings = Sightings()
        for number in range(20_000):
            sightings.see(digest(number))
        assert tracemalloc.get_traced_memory()[0] / 20_000 < 100
    finally:
        tracemalloc.stop()
