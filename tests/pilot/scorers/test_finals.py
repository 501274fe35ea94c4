"""Where an answer says its result."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.scorers.finals import final_answer, first_sentence, last_line, without_latex


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"so \boxed{12}", "12"),
        (r"\boxed{1} no, \boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{{a}{b}} and the answer is 7", "{a}{b}"),
        ("18 * 3\n#### 54", "54"),
        ("#### 1\nwait\n#### 2\n", "2"),
        ("The answer is (B).", "(B)."),
        ("**Answer:** B", "B"),
        ("Final answer: 4\nI hope that helps", "4"),
        ("the correct option would be C, I think the answer is D", "D"),
        ("Die Antwort lautet 12.", "12."),
        ("La réponse est Paris", "Paris"),
        ("La respuesta es: Madrid", "Madrid"),
        ("答案是：42", "42"),  # noqa: RUF001 - the colon of Chinese
        ("Ответ: 5", "5"),
        ("**Answer:**\n\n12", "12"),
        ("Paris", None),
        (r"\boxed{never closed", None),
        ("The answer is C because the other option is wrong", "C because the other option is wrong"),
        ("so the result is 7", "7"),
        ("my answers vary", None),
        ("", None),
    ],
)
def test_the_last_mark_says_the_result(text: str, found: str | None) -> None:
    """A box before hashes, hashes before words; of several the last."""
    assert final_answer(text) == found


@pytest.mark.parametrize(
    ("text", "first"),
    [("Paris. It is nice.", "Paris."), ("3.14", "3.14"), ("(B). Since", "(B)."), ("no end", "no end"), ("", "")],
)
def test_a_sentence_ends_at_its_mark(text: str, first: str) -> None:
    """A point inside a number is none."""
    assert first_sentence(text) == first


@pytest.mark.parametrize(("text", "last"), [("a\n\nb \n\n", "b"), ("a", "a"), (" \n ", "")])
def test_the_last_line_has_something_in_it(text: str, last: str) -> None:
    """Blank ones are passed over."""
    assert last_line(text) == last


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"\frac{1}{2}", "1/2"),
        (r"\dfrac{-3}{4}", "-3/4"),
        (r"\frac12", "1/2"),
        (r"\frac{x+1}{2}", "(x+1)/(2)"),
        (r"$\text{Paris}$", "Paris"),
        (r"\$1{,}000", "1,000"),
        (r"50\%", "50%"),
        (r"90^\circ", "90°"),
        (r"\(x\)", "x"),
        (r"3 \times 10^5", "3 × 10^5"),  # noqa: RUF001 - the sign of multiplication is meant
        ("as it is", "as it is"),
    ],
)
def test_what_latex_does_to_looks_is_taken_away(text: str, plain: str) -> None:
    """What it says stays."""
    assert without_latex(text) == plain


@given(text=st.text(alphabet=r"\boxed{}#$ answeris:.12%^" + "\n", max_size=200))
def test_no_text_breaks_the_search(text: str) -> None:
    """Something, or nothing, and never blank."""
    found = final_answer(text)
    assert found is None or found.strip()
    assert isinstance(without_latex(text), str)
