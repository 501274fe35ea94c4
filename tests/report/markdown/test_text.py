"""Markdown that no text of a stranger breaks out of, read by a parser."""

import re
from html import escape, unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from modelroute_cli.report.markdown.text import bullets, fenced, heading, prose, table
from modelroute_cli.report.screen import Column, Line, safe

_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_SPACE = "\u200b"
_COLUMNS = (Column("A", right=False), Column("B"))


def shown(markdown: str) -> str:
    """What a reader gets, as HTML."""
    return str(_PARSER.render(markdown))


def plain(text: str) -> str:
    """A text as it may be shown at most: on one line, without control characters."""
    return safe(" ".join(text.split()), most=1_000)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", "a\\|b"),
        ("\\|", "\\\\\\|"),
        ("`x`", "\\`x\\`"),
        ("<script>", "\\<script\\>"),
        ("@octocat #1", "@&#8203;octocat \\#&#8203;1"),
        ("https://x.example", "https:&#8203;//x.example"),
        ("WWW.x.example", "WWW&#8203;.x.example"),
        ("[a](b) ![c](d)", "\\[a\\]\\(b\\) \\!\\[c\\]\\(d\\)"),
        ("$0.20", "\\$0.20"),
        ("&lt;", "\\&lt;"),
        ("line\r\nline\tline", "line line line"),
        ("\x1b[2J\u202e\0", "?\\[2J??"),
    ],
)
def test_what_could_be_markup_is_escaped(text: str, escaped: str) -> None:
    """Sign by sign."""
    assert prose(text) == escaped


@settings(max_examples=50)
@given(st.text(max_size=40) | st.text("|`\\<>*_[]()!&#@$~:/w.a- \n", max_size=40))
@example("- [x] 1. > # ")
@example("    indented")
@example("```\n</td>")
def test_any_text_is_shown_as_it_is(text: str) -> None:
    """In a table: one cell, no tag, no link, and the same letters."""
    html = shown(table(_COLUMNS, [("first", text)]))
    cells = re.findall(r"<td[^>]*>(.*?)</td>", html, flags=re.DOTALL)
    assert len(cells) == 2
    assert re.findall(r"<[a-z/]", cells[1]) == []
    assert unescape(cells[1]).replace(_SPACE, "").strip() == plain(text).replace(_SPACE, "").strip()


def test_a_table_has_all_its_columns() -> None:
    """Numbers stand to the right."""
    assert table(_COLUMNS, [("x", "1"), ("y", "")]) == "| A | B |\n| :--- | ---: |\n| x | 1 |\n| y |  |"


def test_headings_and_lists_are_one_line_each() -> None:
    """Whatever is in them."""
    assert heading("a\n# b", 1) == "# a \\#&#8203; b"
    assert bullets(["a\nb", "* c"]) == "- a b\n- \\* c"


@settings(max_examples=30)
@given(st.text("`~x\n", max_size=30))
def test_nothing_leaves_its_fence(text: str) -> None:
    """A fence is longer than any in the text."""
    html = shown(fenced((Line(text),)))
    inside = "\n".join(line.rstrip() for line in [text.rstrip()]).strip("\n")
    assert html == f'<pre><code class="language-text">{escape(inside)}\n</code></pre>\n'


def test_long_texts_are_cut() -> None:
    """A cell has 200 characters at most, before they are escaped."""
    cell = table(_COLUMNS, [("x" * 1_000_000, "")]).splitlines()[2]
    assert cell == f"| {'x' * 199}\u2026 |  |"
