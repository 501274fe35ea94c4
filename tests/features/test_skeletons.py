"""Rules of skeletons and of the shelves they stand on."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.prompt_text import Context, PromptText
from modelroute_cli.features.shelves import MOST_LOOSE, Fit, Shelf, Shelves, by_context
from modelroute_cli.features.skeletons import Skeleton

NOWHERE = Context("", "", images=False, given=None)


def skeleton(*constant: str, context: Context = NOWHERE) -> Skeleton:
    """A skeleton of these constant parts."""
    weight = sum(map(len, constant))
    return Skeleton(context, constant[0], constant[1:-1], constant[-1], weight, "0" * 8, max(constant, key=len))


def test_fields_are_what_stands_between() -> None:
    """In order; None where a constant part is missing or in another order."""
    mail = skeleton("Dear ", ", your order ", " is late.")
    assert mail.fields("Dear Ann, your order 12 is late.") == ("Ann", "12")
    assert mail.fields("Dear Ann, your order 12 is here.") is None
    assert skeleton("", " at ", "").fields("tea at nine") == ("tea", "nine")
    assert skeleton("aba", "aba").fields("aba") is None


@given(st.lists(st.text("xyz", max_size=5), min_size=2, max_size=2))
def test_what_was_taken_apart_is_put_together_again(fields: list[str]) -> None:
    """For any values that hold no constant part."""
    mail = skeleton("Dear ", ", your order ", " is late.")
    assert mail.fields(mail.filled(fields)) == tuple(fields)


def test_a_strong_skeleton_says_much_and_where_people_say_it() -> None:
    """At the beginning or at the end."""
    assert skeleton("Write a short mail to our customers about", "").strong
    assert not skeleton("", "Write a short mail to our people", "").strong
    assert skeleton("", "Write a short mail to our customers about the new store", "").strong
    assert not skeleton("Write a", "").strong


def test_the_skeleton_with_most_constant_text_is_found() -> None:
    """Of those that begin alike."""
    shelf: Shelf[str] = Shelf()
    assert shelf.add(skeleton("Write a mail to ", ""), "any")
    assert shelf.add(skeleton("Write a mail to ", ", who is angry"), "angry")
    assert shelf.find("Write a mail to Ann, who is angry") == Fit("angry", ("Ann",))
    assert shelf.find("Write a mail to Ann") == Fit("any", ("Ann",))
    assert shelf.find("Write to Ann") is None


def test_skeletons_are_found_by_their_end_and_by_what_is_inside() -> None:
    """Where a field begins or ends the text."""
    shelf: Shelf[str] = Shelf()
    shelf.add(skeleton("", ": translate this into French"), "end")
    shelf.add(skeleton("", " means the same as ", ""), "inside")
    assert shelf.find("tea: translate this into French") == Fit("end", ("tea",))
    assert shelf.find("tea means the same as thé") == Fit("inside", ("tea", "thé"))


def test_a_shelf_keeps_each_skeleton_once_and_few_that_must_all_be_tried() -> None:
    """So that a text which fits nothing is done with soon."""
    shelf: Shelf[int] = Shelf()
    assert shelf.add(skeleton("", "a0", ""), 0)
    assert not shelf.add(skeleton("", "a0", ""), 1)
    assert [shelf.add(skeleton("", f"b{place}", ""), place) for place in range(MOST_LOOSE)].count(
        True
    ) == MOST_LOOSE - 1


def test_contexts_have_shelves_of_their_own() -> None:
    """A text is only looked up on that of its context."""
    brief = NOWHERE._replace(system="Be brief.")
    shelves: Shelves[str] = Shelves()
    shelves.add(skeleton("Write a mail to ", "", context=brief), "brief")
    assert shelves.find(PromptText(brief, "Write a mail to Ann")) == Fit("brief", ("Ann",))
    assert shelves.find(PromptText(NOWHERE, "Write a mail to Ann")) is None
    assert len(shelves) == 1


def test_texts_are_dealt_out_by_context() -> None:
    """In order."""
    brief = NOWHERE._replace(system="Be brief.")
    said = [PromptText(NOWHERE, "a"), PromptText(brief, "b"), PromptText(NOWHERE, "c")]
    assert by_context(said) == {NOWHERE: ["a", "c"], brief: ["b"]}
