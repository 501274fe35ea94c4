"""Markup: text is escaped in one place, and nobody's text is anything but text."""

from hypothesis import given
from hypothesis import strategies as st
from support.html_text import read

from modelroute_cli.report.markup import MOST_NAME_CHARS, MOST_TEXT_CHARS, element, joined, name_of, plain, raw


def test_an_element_has_its_attributes_and_its_children() -> None:
    """Names of ours become those of HTML and SVG; None is left out."""
    drawn = element("td", "a", None, element("b", "c"), class_="x", stroke_width=2, id=None, viewBox="0 0 1 1")
    assert drawn.text == '<td class="x" stroke-width="2" viewBox="0 0 1 1">a<b>c</b></td>'


def test_a_void_element_is_not_closed() -> None:
    """As HTML has it."""
    assert element("meta", charset="utf-8").text == '<meta charset="utf-8">'


def test_text_is_escaped_as_child_and_as_attribute() -> None:
    """In both it is the same letters."""
    drawn = element("p", "<b>&'\"", title="<b>&'\"")
    assert drawn.text == '<p title="&lt;b&gt;&amp;&#x27;&quot;">&lt;b&gt;&amp;&#x27;&quot;</p>'


def test_what_nobody_can_see_is_written_out() -> None:
    """Controls, overrides of direction, zero widths, halves of pairs; line ends and tabs stay."""
    assert plain("a\u202eb\x1b\x00\u200b\ud800\n\tc\r") == "a[U+202E]b[U+001B][U+0000][U+200B][U+D800]\n\tc "
    assert plain("é漢🫖") == "é漢🫖"


def test_a_name_is_whole_until_it_is_none() -> None:
    """It reads in its own direction; a megabyte is cut, and that is said."""
    assert name_of("a" * MOST_NAME_CHARS).text == f"<bdi>{'a' * MOST_NAME_CHARS}</bdi>"
    assert name_of("b" * 1_000_000).text == f"<bdi>{'b' * MOST_NAME_CHARS}… (cut, 1,000,000 characters)</bdi>"


def test_no_text_is_longer_than_a_page_can_show() -> None:
    """Also where nobody thought of cutting it."""
    assert plain("x" * 1_000_000) == f"{'x' * MOST_TEXT_CHARS}… (cut, 1,000,000 characters)"


def test_markup_of_ours_is_not_escaped_twice() -> None:
    """Children stand as they are."""
    assert joined((raw("<i>"), "<i>", None)).text == "<i>&lt;i&gt;"


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_comes_back_letter_by_letter(text: str, title: str) -> None:
    """Another parser reads one element, one attribute and one text, with nothing that cannot be seen."""
    found = read(element("p", text, title=title).text)
    assert found.names == ["p"]
    shown = "".join(found.texts)
    assert all(char in "\n\t" or char.isprintable() or char.isspace() for char in shown)
    if text.isprintable():
        assert shown == text
    if title.isprintable():
        assert found.attributes == [("p", "title", title)]
