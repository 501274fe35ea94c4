"""Texts and choices beside their reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.scorers.texts import is_alike, is_exact, letter_of


@pytest.mark.parametrize(
    ("output", "letter"),
    [
        ("B", "B"),
        ("(b)", "B"),
        ("**b**", "B"),
        ("B. Paris", "B"),
        ("B) Paris", "B"),
        ("B: because it is", "B"),
        ("[B]", "B"),
        ("option d", "D"),
        ("The answer is (B).", "B"),
        ("The correct answer is: **C) Rome**", "C"),
        ("I thought the answer is (A), but the answer is (D)", "D"),
        ("The answer is C because A is wrong", "C"),
        (r"So $\boxed{\text{B}}$.", "B"),
        ("Die Antwort lautet B.", "B"),
        ("答案是：B", "B"),  # noqa: RUF001 - the colon of Chinese
        ("B\n\nParis is the capital.", "B"),
        ("We look at each in turn.\n\nB", "B"),
        ("B is correct.", "B"),
        ("Two of them fit.\n\nThe correct answer is:\n\nThe answer is E. the southern gate.", "E"),
        ("The answer is **B. both of these**.", "B"),
        ("25 photos in each of 8 books.\n\nThe correct expression is (A) 25 x 8.", "A"),
        ("So it has to be (C), the third one.", "C"),
        ("It is (A) or (C).", None),
        ("A. wrong\nB. wrong\n\nNone of them fits.", None),
        ("A. wrong\nB. right\n\nB", "B"),
        ("A good question.", None),
        ("the answer is a mystery", None),
        ("Answer: A and B", None),
        ("The answer is A, B", None),
        ("A\nB\nC", None),
        ("A-level", None),
        ("I think so", None),
        ("", None),
    ],
)
def test_a_choice_is_its_letter(output: str, letter: str | None) -> None:
    """Where one is chosen: an article is no choice, and two are none."""
    assert letter_of(output) == letter


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ("**PARIS.**", "Paris"),
        ("São  Paulo", "sao paulo"),
        ("The answer is Paris. It is lovely there.", "Paris"),
        ("Let me think.\n\nParis", "paris"),
        ("Answer: B", "(b)"),
        (r"\boxed{\frac{1}{2}}", r"\frac12"),
        ("$[0, 1)$", "[0,1)"),
        (r"\boxed{x^2 + 1}", "x^2+1"),
        ("5", "$5"),
    ],
)
def test_a_result_is_alike_whatever_stands_around_it(output: str, wanted: str) -> None:
    """Words before it, marks at its ends, LaTeX, case."""
    assert is_alike(output, wanted)


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ("Paris is it", "Paris"),
        ("Paris\nLyon", "Paris"),
        ("Lyon", "Paris"),
        ("$(0, 1]$", "[0,1)"),
        (r"\boxed{X^2}", "x^2"),
        ("C", "B"),
        ("", "B"),
        ("", "Paris"),
    ],
)
def test_another_result_is_not(output: str, wanted: str) -> None:
    """In a formula, brackets and case count."""
    assert not is_alike(output, wanted)


def test_exact_is_letter_by_letter() -> None:
    """Blanks around it are left out."""
    assert [is_exact(" Paris\n", "Paris"), is_exact("paris", "Paris"), is_exact("Paris.", "Paris")] == [
        True,
        False,
        False,
    ]


@given(text=st.text(max_size=60))
def test_a_text_is_alike_and_equal_to_itself(text: str) -> None:
    """Whatever it is."""
    assert is_exact(text, text)
    assert is_alike(text, text)


@given(
    one=st.sampled_from("ABCDE"),
    other=st.sampled_from("ABCDE"),
    said=st.sampled_from(["{}", "({})", "{}. x", "Answer: {}"]),
)
def test_one_letter_is_never_another(one: str, other: str, said: str) -> None:
    """However it is said."""
    assert is_alike(said.format(one), other) is (one == other)
