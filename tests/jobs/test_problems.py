import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.jobs.problems import Fault, Problem, Problems, nearest, printable, quoted, suggestion


def _text(problems: Problems) -> str:
    with pytest.raises(JobFileError) as caught:
        problems.raise_any("jobs.jsonl")
    return caught.value.message


def test_a_problem_names_file_line_and_field_and_hints_on_its_own_line() -> None:
    """A problem is `FILE:LINE: field: message`, its hint follows on a line of its own."""
    assert Problem(3, "promt", "is no field", "did you mean `prompt`?").text("jobs.jsonl") == (
        "jobs.jsonl:3: promt: is no field\nhint: did you mean `prompt`?"
    )


def test_a_problem_of_the_whole_row_has_no_field() -> None:
    """Without field and hint only place and message are left."""
    assert Problem(3, None, "is nested too deeply").text("jobs.jsonl") == "jobs.jsonl:3: is nested too deeply"


def test_no_problem_raises_nothing() -> None:
    """A file without problems passes."""
    Problems().raise_any("jobs.jsonl")


def test_one_problem_is_spoken_of_in_the_singular() -> None:
    """The head counts."""
    problems = Problems()
    problems.add(1, [Fault("prompt", "is blank")])
    assert _text(problems) == "`jobs.jsonl` has 1 problem; nothing was planned or sent\njobs.jsonl:1: prompt: is blank"


def test_twenty_problems_are_all_shown() -> None:
    """The last of twenty is shown, and no count of more."""
    problems = Problems()
    for line in range(1, 21):
        problems.add(line, [Fault(None, "is blank")])
    assert _text(problems).split("\n")[-1] == "jobs.jsonl:20: is blank"


def test_beyond_twenty_the_rest_is_counted() -> None:
    """The first twenty are shown, then how many more there are."""
    problems = Problems()
    for line in range(1, 1_235):
        problems.add(line, [Fault(None, "is blank")])
    lines = _text(problems).split("\n")
    assert lines[0] == "`jobs.jsonl` has 1,234 problems; nothing was planned or sent"
    assert lines[20:] == ["jobs.jsonl:20: is blank", "... and 1,214 more problems"]


@settings(deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=200), min_size=1, max_size=120))
def test_the_first_lines_are_shown_whatever_the_order_of_finding(lines: list[int]) -> None:
    """What is shown are the lowest lines, in order."""
    problems = Problems()
    for line in lines:
        problems.add(line, [Fault(None, "x")])
    assert [problem.line for problem in problems.first()] == sorted(lines)[:20]
    assert problems.count == len(lines)


@pytest.mark.parametrize(
    ("word", "expected"), [("promt", "prompt"), ("Prompt", "prompt"), ("PROMPT", "prompt"), ("zebra", None), ("", None)]
)
def test_the_nearest_word_ignores_case_and_small_slips(word: str, expected: str | None) -> None:
    """A near word is found, a far one is not guessed."""
    assert nearest(word, ("prompt", "system", "model")) == expected


def test_a_suggestion_without_a_near_word_lists_all() -> None:
    """Who is far off gets the whole choice."""
    assert suggestion("xyz", ("bulk", "premium")) == "use one of `bulk`, `premium`"


def test_a_suggestion_with_a_near_word_asks() -> None:
    """Who is near gets the one word."""
    assert suggestion("bulkk", ("bulk", "premium")) == "did you mean `bulk`?"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "`plain`"),
        ("Größe", "`Größe`"),
        ("a\nb", r"`a\nb`"),
        ("\x1b[31mred", r"`\x1b[31mred`"),
        ("x" * 61, f"`{'x' * 60}...`"),
    ],
)
def test_a_quoted_value_is_one_short_printable_line(value: str, expected: str) -> None:
    """Escapes never reach the terminal and long values are cut."""
    assert quoted(value) == expected


@settings(deadline=None)
@given(st.text())
def test_printable_text_never_holds_a_control_character(text: str) -> None:
    """Whatever comes in, a terminal has nothing to act on."""
    assert printable(text).isprintable()


def test_a_field_name_from_the_file_cannot_drive_the_terminal() -> None:
    """A field's name is shown escaped."""
    assert Problem(1, "\x1b[2J", "is no field").text("a") == r"a:1: \x1b[2J: is no field"
