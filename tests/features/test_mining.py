"""Rules of mining: runs, groups, and the skeletons that come of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelroute_cli.features.grouping import LEAST_TEXTS, groups
from modelroute_cli.features.mining import mined
from modelroute_cli.features.prompt_text import Context, PromptText
from modelroute_cli.features.runs import READ_CHARS, ends, runs, spoken
from modelroute_cli.features.skeletons import Skeleton

NOWHERE = Context("", "", images=False, given=None)
NAMES = ("Ann", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal")


def texts(pattern: str, context: Context = NOWHERE) -> list[PromptText]:
    """One text for each name."""
    return [PromptText(context, pattern.format(name=name, number=len(name) * 7)) for name in NAMES]


def test_numbers_are_one_word() -> None:
    """And the ends of a text are words."""
    assert spoken("Pay 12 now") == ["\x02", "\x02", "Pay", "0", "now", "\x03", "\x03"]
    assert spoken("Pay 7 now") == spoken("Pay 12 now")


def test_of_a_long_text_both_ends_are_read() -> None:
    """The middle is material."""
    text = f"{'a' * READ_CHARS}{'b' * 1_000}{'c' * READ_CHARS}"
    assert ends(text) == f"{'a' * READ_CHARS}\x1f{'c' * READ_CHARS}"


def test_runs_that_are_shared_have_numbers() -> None:
    """Others are -1; the order of texts and runs is kept."""
    said = runs(["one two three", "one two three", "four five"], 2)
    assert said.of(0).tolist() == said.of(1).tolist()
    assert set(said.of(2).tolist()) == {-1}
    assert (said.texts, said.kinds, len(said.of(0))) == (3, 4, 4)


def test_texts_of_two_patterns_are_two_groups() -> None:
    """Each with the runs that nearly all of its texts have."""
    one, other = texts("Write a short mail to {name} about the delay."), texts("Sum up what {name} said at the fair.")
    found = groups(runs([text.text for text in (*one, *other)], LEAST_TEXTS))
    assert sorted(group.members.tolist() for group in found) == [list(range(8)), list(range(8, 16))]
    assert all(np.count_nonzero(group.constant) > 4 for group in found)


def nothing_asks(_text: str) -> bool:
    """For texts that are told apart by nothing but what they share."""
    return False


def writing_asks(text: str) -> bool:
    """For texts that ask when they tell to write."""
    return "rite" in text


def constants(found: list[Skeleton]) -> list[tuple[str, ...]]:
    """What is constant in each, in order."""
    return sorted(each.constant for each in found)


def test_a_skeleton_is_what_is_around_the_fields() -> None:
    """A field inside, at the beginning, and at the end."""
    assert constants(list(mined(texts("Write a short mail to {name} about the delay."), nothing_asks))) == [
        ("Write a short mail to", "about the delay.")
    ]
    assert constants(list(mined(texts("{name}: answer this customer of ours in a kind way."), nothing_asks))) == [
        ("", ": answer this customer of ours in a kind way.")
    ]
    assert constants(list(mined(texts("Please tell all our customers about {name}"), nothing_asks))) == [
        ("Please tell all our customers about", "")
    ]


def test_other_contexts_are_other_skeletons() -> None:
    """Under another system message the same text is another pattern."""
    pattern = "Write a short mail to {name} about the delay."
    found = list(mined([*texts(pattern), *texts(pattern, NOWHERE._replace(system="Be brief."))], nothing_asks))
    assert [each.context.system for each in found] == ["", "Be brief."]
    assert len({each.name for each in found}) == 2


LABELS = NOWHERE._replace(system="You write one word about what customers say.")
SAID = ("The handle of this chair came off in May", "Your shop was closed on all of my free days")


def test_material_that_repeats_is_no_pattern_where_the_system_message_says_it_all() -> None:
    """The message itself is the pattern, and whatever is said under it fits."""
    said = [PromptText(LABELS, f"{SAID[place % 2]}, says {name}.") for place, name in enumerate(NAMES * 2)]
    (found,) = mined(said, writing_asks)
    assert found.bare
    assert found.strong
    assert found.fields("Anything at all.") == ("Anything at all.",)


def test_patterns_under_a_system_message_stand_where_they_ask_themselves() -> None:
    """Then the message is only their context."""
    said = [
        PromptText(LABELS, f"{said} for {name}.")
        for name in NAMES
        for said in ("Write a short mail about our delay", "Write two lines about the new store in town")
    ]
    assert constants(list(mined(said, writing_asks))) == [
        ("Write a short mail about our delay for", ""),
        ("Write two lines about the new store in town for", ""),
    ]


def test_sentences_that_stand_in_several_patterns_part_none() -> None:
    """They are material, at the end of one and inside the others."""
    tails = ("The lift in the east wing is out of order.", "I ordered two lamps and got three of them.")
    said = [
        PromptText(NOWHERE, text)
        for place, name in enumerate(NAMES * 8)
        for text in (
            f"Answer this question of {name} in one sentence: {tails[place % 2]}",
            f"Sum up what {name} wrote to us.\n\n{name} said. {tails[place % 2]} And more by {name}{place}.",
            f"List all names in this note of {name}:\n{name}{place} came. {tails[place % 2]} Then {name} left.",
        )
    ]
    assert [each for each in mined(said, nothing_asks) if tails[0] in "".join(each.constant)] == []


def test_words_between_two_fields_are_constant() -> None:
    """Too short for a run, but in every text."""
    into = ("French", "Polish", "German", "Danish")
    said = [
        PromptText(NOWHERE, f"Translate this label for our shop in {name} into {into[place % 4]}, keep it short.")
        for place, name in enumerate(NAMES)
    ]
    assert constants(list(mined(said, nothing_asks))) == [
        ("Translate this label for our shop in", " into ", ", keep it short.")
    ]


def test_a_field_that_is_left_out_leaves_the_rest_of_the_pattern() -> None:
    """A constant part that not all texts have counts as far as all have it."""
    said = [
        PromptText(NOWHERE, f'Write the entry of this article.\n{{{note}"name":"{name}","price":{place}}}')
        for place, name in enumerate(NAMES * 4)
        for note in ("", '"colour":"red",')
    ]
    assert {each.prefix for each in mined(said, nothing_asks)} == {'Write the entry of this article.\n{"'}


def test_too_few_texts_are_no_pattern() -> None:
    """Three may be alike by chance."""
    assert list(mined(texts("Write a short mail to {name} about the delay.")[: LEAST_TEXTS - 1], nothing_asks)) == []


def test_a_frequent_value_makes_no_skeleton_of_its_own() -> None:
    """It is a case of the skeleton whose field it stands in."""
    tones = ("very dry", "warm", "plain", "formal")
    said = [
        PromptText(
            NOWHERE, f"Write a {tones[max(0, number % 8 - 4)]} mail to customer {name}{number} about our delays."
        )
        for number in range(64)
        for name in NAMES
    ]
    assert len(list(mined(said, nothing_asks))) == 1


def test_a_name_is_pinned_and_does_not_depend_on_the_values() -> None:
    """Results of other runs are found by it."""
    pattern = "Write a short mail to {name} about the delay."
    one, other = mined(texts(pattern)[:4], nothing_asks), mined(texts(pattern)[4:], nothing_asks)
    assert [each.name for each in one] == [each.name for each in other] == ["2161c06d"]


@pytest.mark.parametrize("order", [1, -1])
def test_skeletons_do_not_depend_on_the_order_of_texts(order: int) -> None:
    """Groups and names."""
    said = [*texts("Write a short mail to {name} about the delay."), *texts("{name}: what is the price of this chair?")]
    found = {(each.name, each.constant) for each in mined(said[::order], nothing_asks)}
    assert found == {(each.name, each.constant) for each in mined(said, nothing_asks)}


@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_texts_can_be_mined(said: list[str]) -> None:
    """And what is found fits at least one of them."""
    for skeleton in mined([PromptText(NOWHERE, text) for text in said * 3], nothing_asks):
        assert any(skeleton.fields(text) is not None for text in said)
