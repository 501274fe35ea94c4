"""Rules of skeletons."""

from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.grouping import Group, groups, runs
from modelroute_cli.features.prompt_text import Context
from modelroute_cli.features.skeletons import Skeleton, Skeletons, skeleton

PLAIN = Context("", "", images=False)
NAMES = ("Alba", "Bo", "Cleo", "Dara", "Edo", "Fay", "Gus", "Hedda")


def of(texts: list[str]) -> Skeleton | None:
    """The skeleton of the one group of texts."""
    (group,) = groups([runs(text) for text in texts])
    return skeleton(PLAIN, texts, group)


def made(segment: str) -> Skeleton:
    """A skeleton that is a beginning."""
    return Skeleton(PLAIN, (segment,), begins=True, ends=False, constant=frozenset(runs(segment)), weight=len(segment))


def test_a_skeleton_is_what_stays_the_same() -> None:
    """The segments around the fields, and whether they begin and end the text."""
    found = of([f"Write a card for {name}, who is {len(name)}9 years old. Be kind." for name in NAMES])
    assert found is not None
    assert (found.segments, found.begins, found.ends) == (
        ("Write a card for", ", who is", "years old. Be kind."),
        True,
        True,
    )


def test_fields_are_what_stands_between() -> None:
    """In order, the parts before the first and behind the last segment included."""
    found = of([f"{name}: write a birthday card in verse about {name[::-1]}" for name in NAMES])
    assert found is not None
    assert found.fields("Ida: write a birthday card in verse about sea") == ("Ida", " sea")
    assert found.fields("Ida: write a birthday card about the sea") is None


def test_words_that_stand_inside_many_texts_are_no_skeleton() -> None:
    """Too little is constant, or it neither begins nor ends them."""
    texts = [f"{name[::-1]} {name} which of the following {name} {name[::-1]}" for name in NAMES]
    inside = Group(tuple(range(8)), frozenset(runs("which of the following")[2:-2]))
    assert skeleton(PLAIN, texts, inside) is None


def test_the_most_constant_skeleton_is_found() -> None:
    """Of two that a text fits, the longer."""
    known = Skeletons()
    short, long = known.add(made("Write a card")), known.add(made("Write a card for my mother"))
    assert known.find(PLAIN, "Write a card for my mother Ida") == (long, ("", " Ida"))
    assert known.find(PLAIN, "Write a card for Ida") == (short, ("", " for Ida"))
    assert known.find(Context("s", "", images=False), "Write a card for Ida") is None


def test_another_wording_of_a_skeleton_keeps_its_name() -> None:
    """A field that only later rows change makes no other template."""
    known = Skeletons()
    first = known.add(made("Write a short and friendly card in verse for the birthday of our aunt"))
    assert known.add(made("Write a short and friendly card in verse for the birthday of our")).name == first.name
    assert known.add(made("Translate this into Spanish and keep every name")).name != first.name


def test_names_do_not_depend_on_what_came_before() -> None:
    """The same skeleton has the same name in every job."""
    one, other = Skeletons(), Skeletons()
    one.add(made("Translate this into Spanish and keep every name"))
    assert one.add(made("Write a card for my aunt")).name == other.add(made("Write a card for my aunt")).name


def test_skeletons_are_bounded() -> None:
    """The least recently met is forgotten, and met no more."""
    known = Skeletons(most=3)
    for card in ("Write a card for my aunt", "Praise the green tea of Assam", "Name all rivers of Spain"):
        known.add(made(card))
    assert known.find(PLAIN, "Write a card for my aunt Ida") is not None
    known.add(made("Tell me about the sea"))
    assert len(known) == 3
    assert known.find(PLAIN, "Write a card for my aunt Ida") is not None
    assert known.find(PLAIN, "Praise the green tea of Assam, please") is None


@given(st.lists(st.text("ab ", min_size=1, max_size=5), min_size=1, max_size=4), st.text("abc ", max_size=30))
def test_segments_and_fields_make_the_text(segments: list[str], text: str) -> None:
    """Put together in turn, they are the text again."""
    fits = Skeleton(PLAIN, tuple(segments), begins=False, ends=False, constant=frozenset(), weight=0)
    fields = fits.fields(text)
    if fields is not None:
        assert "".join(field + part for field, part in zip(fields, [*segments, ""], strict=True)) == text
