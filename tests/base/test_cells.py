"""Cells that do nothing in a spreadsheet."""

import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.cells import TextOver, defused, defused_columns


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_what_begins_like_a_formula_is_a_text(start: str) -> None:
    """A spreadsheet shows the apostrophe to nobody and computes nothing."""
    assert defused(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


def test_other_texts_are_as_they_are() -> None:
    """A sign inside is harmless."""
    assert [defused(text) for text in ("a=b", "", "'", "3-4")] == ["a=b", "", "'", "3-4"]


def test_control_characters_are_shown() -> None:
    """Some readers stop at a NUL, and a terminal that shows the file obeys the others; tabs and line ends stay."""
    assert defused("a\0b\x1b[2J\x9b\x7f") == "a\ufffdb\ufffd[2J\ufffd\ufffd"
    assert defused("a\tb\r\nc") == "a\tb\r\nc"


@settings(max_examples=50)
@given(st.lists(st.none() | st.text(max_size=5) | st.text("\0\t\r\n\x1b\x7f\x80\x9f\xa0=-a", max_size=5), max_size=5))
def test_columns_are_defused_as_single_texts_are(texts: list[str | None]) -> None:
    """The same rule twice, once for frames; null stays null."""
    shown = pl.DataFrame({"a": pl.Series(texts, dtype=pl.String)}).with_columns(defused_columns(["a"]))
    assert shown["a"].to_list() == [None if text is None else defused(text) for text in texts]


def test_what_utf_8_cannot_say_becomes_a_question_mark() -> None:
    """A lone surrogate of a model's answer does not end the writing."""
    file = io.BytesIO()
    TextOver(file).write("a\ud800b")
    assert file.getvalue() == b"a?b"
