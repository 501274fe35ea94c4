"""Rules of learning a job's patterns, and of what their requests share."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pytest

from modelroute_cli.base.described import NO_HINT, TASK_TYPES
from modelroute_cli.base.schema import Message, Request, TaskType
from modelroute_cli.features.classify import Classifier
from modelroute_cli.features.finals import Finals
from modelroute_cli.features.judging import Answer, Judge, Judged, most, verdict
from modelroute_cli.features.kin import LEAST_VOTERS, Kin, Pattern
from modelroute_cli.features.learning import Learner
from modelroute_cli.features.likeness import likeness
from modelroute_cli.features.mining import mined
from modelroute_cli.features.numbers import Numbers
from modelroute_cli.features.prompt_text import Context, PromptText, prompt_text
from modelroute_cli.features.sample import Sample, Sampled, mark, sampled, seed
from modelroute_cli.features.seeing import Seeing
from modelroute_cli.features.shelves import Shelves
from modelroute_cli.features.skeletons import Skeleton
from modelroute_cli.features.slots import Member, Slots, slots
from modelroute_cli.features.systems import Systems

NOWHERE = Context("", "", images=False, given=None)
EMAIL, CODE, OTHER = map(TASK_TYPES.index, (TaskType.EMAIL, TaskType.CODE, TaskType.OTHER))
MAIL = Skeleton(NOWHERE, "Write a short e-mail to ", (), " about the delay.", 34, "0" * 8, "Write a short e-mail to ")


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The judge that ships."""
    return Judge(Classifier.load())


def ask(prompt: str, system: str | None = None) -> Request:
    """A request."""
    return Request(custom_id="r", prompt=prompt, system=system)


def kept(prompt: str, system: str | None = None) -> Sampled:
    """A request as a sample keeps it."""
    request = ask(prompt, system)
    text = prompt_text(request)
    return sampled(mark(text.text, seed(text.context)), request, text)


def judged(task_type: int, confidence: float = 0.9, hint: int = NO_HINT) -> Judged:
    """A vote."""
    return Judged(Answer(task_type, "en", "text"), confidence, "en", hint, frozenset(), "write a mail")


def test_the_type_with_most_confidence_wins() -> None:
    """And its confidence is the mean over all votes."""
    found = verdict([judged(EMAIL, 0.8), judged(EMAIL, 0.8), judged(CODE, 0.9)], None)
    assert (found.answer.task_type, round(found.confidence, 3), round(found.agreed, 3)) == (EMAIL, 0.533, 0.667)


def test_who_does_not_know_does_not_outvote_who_does() -> None:
    """`other` wins only where it is the most of all votes."""
    assert verdict([judged(OTHER), judged(EMAIL)], None).answer.task_type == EMAIL
    assert verdict([judged(OTHER), judged(OTHER), judged(EMAIL)], None).answer.task_type == OTHER


def test_what_the_rows_say_is_not_voted_on() -> None:
    """It is certain."""
    found = verdict([judged(EMAIL)], TaskType.CODE)
    assert (found.answer.task_type, found.confidence) == (CODE, 1.0)


def test_of_equally_many_the_least_is_taken() -> None:
    """So that order does not matter."""
    assert most(["b", "a", "b", "a", "c"]) == "a"


def test_a_request_is_judged_once(judge: Judge) -> None:
    """By its mark, whatever is asked for it later."""
    requests = [ask("Write a haiku."), ask("Summarize the report.")]
    found = judge.recall([1, 2], requests)
    assert found == judge.judge(requests)
    assert judge.recall([2, 1], [requests[0], requests[0]]) == [found[1], found[0]]


def test_a_sample_is_the_same_in_any_order() -> None:
    """The least marks, each text once."""
    each = [kept(f"Write about {number}.") for number in range(50)]
    one, other = Sample(8), Sample(8)
    one.update(each)
    other.update([*reversed(each), *each])
    assert one.all() == other.all() == sorted(each, key=lambda sampled: sampled.mark)[:8]
    assert one.below == one.all()[-1].mark


def test_of_a_long_request_only_what_is_read_is_kept() -> None:
    """Its beginning and its end; images and metadata not at all."""
    turns = (Message("user", "a" * 9_000),)
    request = Request(custom_id="r", messages=turns, images=("data:" + "x" * 9_000,), metadata={"a": 1})
    made = sampled(0, request, prompt_text(request))
    assert made.request.images == ("-",)
    assert made.request.metadata == {}
    assert len(made.text.text) == len((made.request.messages or ())[0].content) == 4_002


def test_marks_depend_on_the_context() -> None:
    """The same words under another system message are another text."""
    assert kept("Write.").mark != kept("Write.", "Be brief.").mark
    assert kept("Write.").mark == kept("Write.").mark


def test_a_system_message_is_context_once_it_is_shared() -> None:
    """Before that it is part of the text."""
    systems = Systems()
    text = PromptText(NOWHERE._replace(system="Be brief."), "Write.")
    assert [systems.meet(text).context.system for _ in range(5)] == ["", "", "", "Be brief.", "Be brief."]
    assert Systems([text] * 4).placed(text) == text
    assert Systems([text] * 3).placed(text) == text.joined()


def test_what_is_seen_of_a_request_is_its_text_and_its_context() -> None:
    """Joined with its system message as long as few have that."""
    seen = Seeing(Shelves(), Systems()).see([ask("Write.", "Be brief.") for _ in range(5)])
    assert [text == "Write." for text in seen.texts] == [False, False, False, True, True]
    assert len(set(seen.marks)) == 1
    assert seen.sampled(0) == kept("Write.", "Be brief.")


def test_kin_ask_ever_fewer_of_their_requests() -> None:
    """The first ones, then each that doubles their number."""
    kin = Kin(0, MAIL)
    asked = [kin.wanted(10, ())]
    kin.vote(judged(EMAIL), ())
    asked += [kin.wanted(10, ()) for _ in range(3)]
    assert asked == [[0, 1, 2, 3, 7], [5], [], [1]]  # of 40: the first four, the 8th, 16th and 32nd
    assert Kin(0, MAIL).wanted(40, ()) == [0, 1, 2, 3, 7, 15, 31]


def test_kin_share_once_enough_have_voted_alike() -> None:
    """Type, confidence, language and length hint."""
    kin = Kin(3, MAIL)
    for _ in range(LEAST_VOTERS - 1):
        kin.vote(judged(EMAIL, 0.5, hint=80), ())
    assert kin.tells(()) is None
    kin.vote(judged(EMAIL, 0.5, hint=80), ())
    told = kin.tells(())
    assert told is not None
    assert (told.number, told.task_type, told.confidence, told.language, told.hint) == (3, EMAIL, 0.5, "en", 80)


def test_kin_that_disagree_share_nothing() -> None:
    """Each of their requests is read."""
    kin = Kin(0, MAIL)
    for place in range(2 * LEAST_VOTERS):
        kin.vote(judged(place % 4), ())
    assert kin.tells(()) is None


def test_kin_whose_votes_are_unsure_share_what_they_have() -> None:
    """Reading each of them would gain nothing."""
    kin = Kin(0, MAIL)
    for place in range(2 * LEAST_VOTERS):
        kin.vote(judged(place % 4, 0.2), ())
    told = kin.tells(())
    assert told is not None
    assert told.confidence <= 0.2


def test_no_kin_are_read_for_ever() -> None:
    """When enough were read the verdict is shared, whatever the votes say."""
    kin = Kin(0, MAIL)
    for place in range(2 * LEAST_VOTERS):
        kin.vote(judged(place % 4), ())
    assert kin.tells(()) is None
    kin.spent(kin.spare())
    assert kin.spare() == 0
    assert kin.tells(()) is not None
    assert kin.tells(("a size never met",)) is not None


def test_another_size_is_read_once() -> None:
    """Then it is known to all of the kin that ask for it."""
    kin = Kin(0, MAIL)
    for _ in range(LEAST_VOTERS):
        kin.vote(judged(EMAIL, hint=80), ("80",))
    kin.wanted(LEAST_VOTERS, ("80",))
    assert kin.wanted(3, ("90",)) == [0]
    kin.vote(judged(EMAIL, hint=90), ("90",))
    assert kin.wanted(3, ("90",)) == []
    told = kin.tells(("90",))
    assert told is not None
    assert told.hint == 90


def test_a_pattern_asks_by_its_asking_fields() -> None:
    """And has sizes by its sizing ones; before they are known by none."""
    fields = ("Ann", "French", "40")
    assert (Pattern(MAIL).asked(fields), Pattern(MAIL).sized(fields)) == ((), ())
    pattern = Pattern(MAIL, Slots(asking=(1,), sizing=(2,)))
    assert (pattern.asked(fields), pattern.sized(fields)) == (("French",), ("40",))


def members(pattern: str, values: Sequence[tuple[str, ...]]) -> tuple[Skeleton, list[Member]]:
    """A skeleton, and requests that fit it."""
    each = [kept(pattern.format(*value)) for value in values]
    skeleton = max(mined([one.text for one in each], lambda _: False), key=lambda found: found.weight)
    return skeleton, [Member(one, skeleton.fields(one.text.text) or ()) for one in each]


def test_languages_translated_into_are_asking_fields(judge: Judge) -> None:
    """Even where each request names another one."""
    languages = ("French", "German", "Spanish", "Italian", "Polish", "Dutch", "Swedish", "Turkish")
    values = [(language, f"the {number} chairs") for number, language in enumerate(languages * 4)]
    skeleton, found = members("Translate the following text into {0} for our customers: {1} arrive today", values)
    assert slots(judge, skeleton, found, sizing=True).asking == (0,)


def test_numbers_of_words_are_sizing_fields(judge: Judge) -> None:
    """Other numbers are not."""
    values = [(f"customer{number}", str(20 + 10 * (number % 8))) for number in range(32)]
    skeleton, found = members("Write a friendly note to {0} about our new store, in {1} words, and sign it", values)
    assert slots(judge, skeleton, found, sizing=True).sizing == (1,)


def test_words_for_other_tasks_are_asking_fields(judge: Judge) -> None:
    """And tones of voice are not, nor the countries of customers."""
    things, tones = ("headline", "description"), ("warm", "dry", "formal")
    values = [(things[n % 2], f"Kalo{n}", tones[n % 3]) for n in range(36)]
    skeleton, found = members("Write a product {0} for {1}, our new article, in a {2} voice of your own.", values)
    assert slots(judge, skeleton, found, sizing=True).asking == (0,)


def test_a_value_that_all_have_may_be_a_field_still(judge: Judge) -> None:
    """Requests with another one are kept apart until it is known what it changes."""
    skeleton, found = members(
        "Write a short e-mail to {0} about the delay of order {1}.", [(f"Ann{n}", str(n)) for n in range(32)]
    )
    alike = [Member(each.sampled, ("Ann", *each.fields[1:])) for each in found]
    pattern = Pattern(skeleton, slots(judge, skeleton, alike, sizing=True))
    assert pattern.slots is not None
    assert pattern.slots.same == (0,)
    assert pattern.asked(("Bo", "1")) != pattern.asked(("Ann", "1"))
    assert not pattern.plain


def test_requests_that_agree_have_no_fields_that_matter(judge: Judge) -> None:
    """Nothing is tried."""
    skeleton, found = members(
        "Write a short e-mail to {0} about the delay of order {1}.", [(f"Ann{n}", str(n)) for n in range(32)]
    )
    assert slots(judge, skeleton, found, sizing=True) == Slots()


def test_a_pattern_that_two_share_is_parted(judge: Judge) -> None:
    """What both begin with is not taken for the pattern of either."""
    numbers = Numbers()
    learner = Learner(judge, numbers, Systems())
    sample = Sample()
    waiting: list[Sampled] = []
    tails = ("sum up this letter in a kind way for the board", "name all the dates in this mail as a bare list")
    for number in range(1_100):
        each = kept(f"You help the support team of a small shop: {tails[number % 2]}: paper{number}")
        waiting.append(each)
        sample.add(each)
    learner.wait(len(waiting), lambda most: waiting[-most:])
    assert learner.learn(sample)
    fits = [learner.known.find(each.text) for each in sample.least(40)]
    assert len({fit.kept.skeleton.name for fit in fits if fit}) == 2


def test_a_pool_where_nothing_repeats_is_mined_less_and_less(judge: Judge) -> None:
    """Nothing learned from the first means a longer wait for the next."""
    learner = Learner(judge, Numbers(), Systems())
    mined_at = []
    for number in range(6_000):
        text = " ".join(chr(97 + (number * step) % 26) * (1 + number % step) for step in range(3, 9))
        learner.wait(1, partial(lambda said, _most: [kept(said)], text))
        if number % 500 == 499:
            before = learner._need
            learner.learn(Sample())
            mined_at += [number + 1] if learner._need != before else []
    assert len(mined_at) <= 2


def test_final_templates_come_of_the_sample(judge: Judge) -> None:
    """A text that fits none of them is of none."""
    sample = sorted(
        (kept(f"Write a short e-mail to customer{n} about the delay.") for n in range(40)), key=lambda s: s.mark
    )
    finals = Finals(judge, sample)
    named = finals.of([sample[0].text, sample[1].text])
    assert named is not None
    assert (named.task_type, named.answer.language) == (EMAIL, "en")
    assert finals.of([kept("What is a chair?").text]) is None


def test_requests_that_fit_nothing_are_likened_by_words_and_by_looks() -> None:
    """What they ask for and where counts for both."""
    text = PromptText(NOWHERE, "Write a mail.")
    one, other = likeness(text, judged(EMAIL)), likeness(text, judged(CODE))
    assert one == likeness(PromptText(NOWHERE, "Write a mail to Ann."), judged(EMAIL))
    assert len({one.words, one.looks, other.words, other.looks}) == 4


def test_numbers_stand_for_what_they_were_given_for() -> None:
    """And count rows and remember the first one."""
    numbers = Numbers()
    kin = numbers.kin(MAIL)
    numbers.meet(np.array([0, 0], np.int32), 0)
    numbers.meet(np.array([0], np.int32), 2)
    assert (kin.number, kin.rows, numbers.first, numbers.groups) == (0, 3, [0], [kin])
