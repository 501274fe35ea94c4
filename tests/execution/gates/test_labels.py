"""Labels, however models dress them up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.base.schema import GateRules, Request
from modelroute_cli.execution.gates.labels import label_form, read_label
from modelroute_cli.execution.gates.subject import Read, Subject

MOODS = ("Positive", "negative", "very_mixed")


def _read(output: str, labels: tuple[str, ...] = MOODS) -> Read:
    return read_label(Subject(Request(custom_id="r", prompt="x"), GateRules(labels=labels), output))


@pytest.mark.parametrize(
    "text",
    [
        "Positive",
        "positive",
        "POSITIVE.",
        " 'positive' \n",
        "**Positive**",
        "`positive`",
        '"positive",',
        "Label: positive.",
        "The sentiment of this review is: **positive**",
        "Sentiment = positive",
        "标签：positive",  # noqa: RUF001 - the colon of Chinese
        "- positive",
        "„Positive“",
        "# Positive",
        "Positive\n\nThe customer praises the lamp and its colour.",
        "Answer: positive\nReason: she likes it.",
        "Posítive",
    ],
)
def test_a_dressed_label_is_that_label(text: str) -> None:
    """The output is the label as the request writes it."""
    assert _read(text) == Read("Positive")


@pytest.mark.parametrize("text", ["very mixed", "Very-Mixed", "very_mixed", "VERY  MIXED"])
def test_blanks_hyphens_and_underscores_inside_are_one(text: str) -> None:
    """Models write `very mixed` for `very_mixed`."""
    assert _read(text).output == "very_mixed"


@pytest.mark.parametrize(
    "text",
    [
        "not positive",
        "It is positive",
        "positive or negative",
        "positive, negative",
        "Positive\nnegative",
        "positive\nBut one could call it negative.",
        "neutral",
        "",
        "positiv",
        "I would say that the label is positive since she praises it",
    ],
)
def test_a_text_that_is_no_single_label_fails(text: str) -> None:
    """A sentence that has the label somewhere may deny it; nothing is guessed."""
    shown = " ".join(text.split())[:60]
    assert _read(text) == Read(text, f"`{shown}` is none of `Positive`, `negative`, `very_mixed`")


def test_labels_of_marks_and_numbers_are_labels() -> None:
    """Signs are kept where they are all there is, or stand before a digit."""
    assert [_read(text, ("-1", "0", "1")).output for text in ("-1", "1.", "Score: -1", "0")] == ["-1", "1", "-1", "0"]
    assert [_read(text, ("+", "-")).output for text in ("+", " - ", "'+'")] == ["+", "-", "+"]
    assert [_read(text, ("C", "C++")).output for text in ("C++", "c", "`C++`")] == ["C++", "C", "C++"]


def test_a_label_with_a_colon_is_found_whole() -> None:
    """What stands before a colon is left out only where the whole is no label."""
    assert _read("disk: full", ("disk: full", "full")).output == "disk: full"


@given(st.sampled_from(MOODS), st.sampled_from(["{}", "{}.", "**{}**", '"{}"', "Label: {}", "- {}\n", "`{}`"]))
def test_every_label_is_found_in_every_dress(label: str, dress: str) -> None:
    """Whatever the case."""
    for said in (label, label.upper(), label.lower()):
        assert _read(dress.format(said)) == Read(label)


@given(st.text())
def test_a_form_is_its_own_form_and_never_lost(text: str) -> None:
    """Comparing forms twice changes nothing, and only blank text has an empty one."""
    assert (label_form(text) == "") is (text.strip() == "")


@given(st.text())
def test_an_answer_is_a_label_or_a_fault(text: str) -> None:
    """Nothing else comes out, and nothing raises."""
    read = _read(text)
    assert (read.output in MOODS and read.fault is None) or (read.output == text and read.fault is not None)
