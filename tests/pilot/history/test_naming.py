"""Which templates of the past are which of today's."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.pilot.history.naming import known_as, lasts

MATH, QUESTION = "math-en-83533868", "question_answering-en-83533868"


def test_a_name_stands_for_itself() -> None:
    """And what nobody asks for is left out."""
    assert known_as(frozenset({MATH}), [MATH, "email-en-1234abcd"]) == {MATH: MATH}


def test_the_same_words_under_another_task_type_are_the_same_template() -> None:
    """The vote on the task type fell otherwise on the requests of that day."""
    assert known_as(frozenset({MATH}), [QUESTION]) == {QUESTION: MATH}


def test_a_name_that_is_known_needs_no_other() -> None:
    """Templates that are told apart today may share words."""
    assert known_as(frozenset({MATH}), [MATH, QUESTION]) == {MATH: MATH}


def test_all_names_that_a_template_had_count() -> None:
    """It was named otherwise more than once."""
    assert known_as(frozenset({MATH}), [QUESTION, "other-en-83533868"]) == {QUESTION: MATH, "other-en-83533868": MATH}


def test_between_two_of_the_same_words_nothing_is_guessed() -> None:
    """Either could be meant."""
    assert known_as(frozenset({MATH, QUESTION}), ["other-en-83533868"]) == {}


def test_a_name_that_is_asked_for_is_not_given_away() -> None:
    """It is another template today."""
    assert known_as(frozenset({MATH, QUESTION}), [QUESTION]) == {QUESTION: QUESTION}


def test_another_language_is_another_template() -> None:
    """A model may be good in one and bad in the other."""
    assert known_as(frozenset({"math-de-83533868"}), [MATH]) == {}


def test_names_of_another_make_are_taken_whole() -> None:
    """An imported history may name its templates as it likes."""
    assert known_as(frozenset({"mails"}), ["letters", "mails"]) == {"mails": "mails"}


def test_groups_that_each_batch_makes_anew_are_never_taken_for_each_other() -> None:
    """The third group of questions is another one tomorrow."""
    group = "question_answering-en~3"
    assert (lasts(MATH), lasts(group)) == (True, False)
    assert known_as(frozenset({group}), [group]) == {}


names = st.builds("{}-{}-{}".format, st.sampled_from("abc"), st.sampled_from(["en", "de"]), st.sampled_from("012"))


@given(st.frozensets(names), st.frozensets(names))
def test_each_stored_name_is_at_most_one_of_todays(asked: frozenset[str], stored: frozenset[str]) -> None:
    """Every name that both have is itself, and no other is given to one that has itself."""
    found = known_as(asked, stored)
    assert set(found) <= stored
    assert set(found.values()) <= asked
    assert all(found[name] == name for name in asked & stored)
    assert all(found[name] not in stored for name in found.keys() - asked)
