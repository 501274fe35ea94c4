"""The last step before a screen is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.report.layout import in_words, laid_out, wrapped
from modelroute_cli.report.screen import Line, width_of

SCREEN = (
    Line("Plan: $0.2    saved ~$1.1", "bold"),
    Line(),
    Line(),
    Line("Model  Cost", "bold", plain=""),
    Line("nova    ~$1", plain="nova: cost ~$1"),
    Line("  90% range $0.19 to $0.27"),
)


def test_without_a_width_a_screen_stays_as_it_is() -> None:
    """A file gets whole lines."""
    assert laid_out(SCREEN, None) == SCREEN


def test_plain_output_is_a_fact_a_line() -> None:
    """No table, no indentation, one blank line where there were several, `~` in words."""
    assert laid_out(SCREEN, 20, plain=True) == (
        Line("Plan: $0.2; saved about $1.1", "bold"),
        Line(),
        Line("nova: cost about $1"),
        Line("90% range $0.19 to $0.27"),
    )


def test_a_screen_that_begins_blank_says_nothing_first() -> None:
    """The first line says something."""
    assert laid_out((Line(), Line("a")), None, plain=True) == (Line("a"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("output ~ 201 k", "output about 201 k"),
        ("cheaper models $2    duplicates $0.1", "cheaper models $2; duplicates $0.1"),
        ("read ~/jobs.jsonl", "read ~/jobs.jsonl"),
        ("", ""),
    ],
)
def test_signs_that_only_lay_out_are_words(text: str, said: str) -> None:
    """A path keeps its tilde."""
    assert in_words(text) == said


def test_long_lines_are_broken_at_blanks_and_hang() -> None:
    """The later lines stand two further in."""
    assert wrapped("  rests on: prices of 2026-11-20; quality unmeasured", 30) == [
        "  rests on: prices of",
        "    2026-11-20; quality",
        "    unmeasured",
    ]


def test_a_command_is_never_broken() -> None:
    """It is there to be copied."""
    command = "    modelroute run jobs.jsonl --max-cost 2.50 --yes"
    assert wrapped(command, 20) == [command]


def test_a_word_that_is_wider_stays_whole() -> None:
    """Names are never cut."""
    assert wrapped("see openrouter/anthropic/claude-haiku-5-5 there", 20) == [
        "see",
        "  openrouter/anthropic/claude-haiku-5-5",
        "  there",
    ]


def test_the_style_of_a_line_is_that_of_its_parts() -> None:
    """A warning stays one to its end."""
    assert laid_out((Line("warning: some long text here", "warning"),), 20) == (
        Line("warning: some long", "warning"),
        Line("  text here", "warning"),
    )


@given(st.text("aé日 ", max_size=120), st.integers(20, 60))
def test_nothing_is_lost_and_what_can_be_broken_fits(text: str, width: int) -> None:
    """Words keep their order; a line is wider only where it is one word."""
    lines = wrapped(text, width)
    assert " ".join(lines).split() == text.split()
    for line in lines:
        assert width_of(line) <= width or len(line.split()) <= 1
