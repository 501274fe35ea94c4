"""What batches and lines are called: names that say whose they are, and that no other run has."""

import re

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.execution.batching.naming import LineName, custom_id, line_named, tag_of

MADE_AT = "2026-11-23T10:00:00.000000+00:00"


def test_a_tag_is_the_same_at_every_try_and_of_no_other_batch() -> None:
    """Another run, another number or another time makes another one."""
    tag = tag_of("ab12", 3, MADE_AT)
    assert re.fullmatch(r"mr-[0-9a-f]{20}", tag)
    assert tag == tag_of("ab12", 3, MADE_AT)
    others = {tag_of("ab13", 3, MADE_AT), tag_of("ab12", 4, MADE_AT), tag_of("ab12", 3, f"{MADE_AT} ")}
    assert len({tag, *others}) == 4


@given(st.integers(0, 10**12 - 1), st.integers(1, 10**12 - 1))
def test_a_line_is_known_by_its_name(row: int, attempt: int) -> None:
    """And the name is one that every provider takes: at most 64 letters, digits and hyphens."""
    tag = tag_of("ab12", 1, MADE_AT)
    name = custom_id(tag, LineName(row, attempt))
    assert line_named(name, tag) == LineName(row, attempt)
    assert re.fullmatch(r"[A-Za-z0-9-]{1,64}", name)


@given(st.text())
def test_any_other_name_is_nobody_s(name: str) -> None:
    """However a provider came by it."""
    tag = tag_of("ab12", 1, MADE_AT)
    assert line_named(name, tag) is None


def test_a_line_of_another_batch_is_not_ours() -> None:
    """It is of the same run, and still another one's."""
    name = custom_id(tag_of("ab12", 1, MADE_AT), LineName(5, 6))
    assert line_named(name, tag_of("ab12", 2, MADE_AT)) is None
    assert line_named(f"{name}\n", tag_of("ab12", 1, MADE_AT)) is None
